"""A group takes a namespace that is kept for the cluster or the platform.

Whoever may start pods in a namespace can act as every account in it, so that a group in `kube-system` or `argocd` would
own the cluster. Kept are a built-in list (`default`, `kube-*`, `openshift-*`, `argocd`, `cubec-*` and others where a
cluster's controllers live), the Platform's `reservedNamespaces`, and each namespace that the documents of the Platform and
the clusters name. The Platform's own namespaces, on the other hand, cannot be those of a controller.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      members: [{user: bob, role: developer}]
      namespaces: [{name: kube-system}]
      placements: [{cluster: ack, pools: [gpu-t4]}]

Good:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      members: [{user: bob, role: developer}]
      namespaces: [{name: dev1-system}]
      placements: [{cluster: ack, pools: [gpu-t4]}]
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model import namespaces
from cubec.model.model import Model
from cubec.model.namespaces import Entry
from cubec.model.tenants import Group, GroupNamespace
from cubec.model.types import Platform

RULE = Rule("reserved-namespace", Severity.ERROR, "a namespace is kept for the cluster or the platform", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    yield from _of_platform(model.platform)
    reserved = namespaces.reserved(model)
    for group in model.groups.values():
        for namespace in group.namespaces:
            entry = reserved.holding(namespace.name)
            if entry:
                yield _refused(group, namespace, entry)


def _of_platform(platform: Platform) -> Iterator[Diagnostic]:
    """The compiler sets limits on its own namespaces that would stop a controller which lives there."""
    for own in namespaces.own(platform):
        entry = namespaces.BUILT_IN.holding(own.pattern)
        if entry and own.place and entry.pattern != namespaces.OWN:
            yield RULE.at(
                own.place.at(),
                f'namespace "{own.pattern}" is reserved: {_held(own.pattern, entry)}',
                hint='name one that nothing else uses, such as "cubec-users" or "cubec-system"',
            )


def _refused(group: Group, namespace: GroupNamespace, entry: Entry) -> Diagnostic:
    if namespace.origin.pointer:
        hint = f'write another name, such as "{group.name}-work"'
    else:
        hint = "list other names under namespaces, or name the group differently: its oldest name is its namespace"
    message = f'namespace "{namespace.name}" is reserved: {_held(namespace.name, entry)}'
    return RULE.at(namespaces.place(group, namespace), message, hint=hint, related=entry.related())


def _held(name: str, entry: Entry) -> str:
    return entry.holder if entry.pattern == name else f'{entry.holder} as "{entry.pattern}"'
