"""A network rule names a namespace that nobody declares.

`allowFrom` and `allowTo` name namespaces. One that is no group's, and that no platform document names, may exist all
the same, but most often it is misspelt, and then the rule lets nobody through. A namespace that is not made from
these files is made known by the platform's `reservedNamespaces`, which also keeps groups from taking its name.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev2
    spec:
      gid: 10002
      placements:
        - {cluster: ack, pools: [gpu-t4]}
      volumes:
        - volume: department1
      network:
        allowFrom: [dve1]

Good:
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev2
    spec:
      gid: 10002
      placements:
        - {cluster: ack, pools: [gpu-t4]}
      volumes:
        - volume: department1
      network:
        allowFrom: [dev1, shared-services]
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model
from cubec.model.peers import is_address
from cubec.near import near_miss

RULE = Rule(
    "unknown-namespace", Severity.WARNING, "a network rule names a namespace that nobody declares", __doc__ or ""
)

_KUBERNETES = frozenset({"default", "kube-public", "kube-system"})


def check(model: Model) -> Iterator[Diagnostic]:
    if not model.complete:
        return
    known = _known(model)
    exact = frozenset(name for name in known if not name.endswith("*"))
    prefixes = tuple(name.rstrip("*") for name in known if name.endswith("*"))
    for group in model.groups.values():
        for field, names in (("allowFrom", group.allow_from), ("allowTo", group.allow_to)):
            for n, name in enumerate(names):
                if is_address(name) or name in exact or name.startswith(prefixes):
                    continue
                near = near_miss(name, exact)
                hint = (
                    f'did you mean "{near}"?'
                    if near
                    else "list it under reservedNamespaces of the Platform, if it exists"
                )
                yield RULE.at(
                    group.origin.at("spec", "network", field, n), f'no document declares namespace "{name}"', hint=hint
                )


def _known(model: Model) -> frozenset[str]:
    """Namespaces, and prefixes of namespaces, that a document names."""
    own = {namespace.name for group in model.groups.values() for namespace in group.namespaces}
    sites = {name for site in model.sites.values() for name in site.platform_namespaces}
    entries = {
        name
        for cluster in model.clusters.values()
        for name in (*cluster.ingress_namespaces, *cluster.monitoring_namespaces)
    }
    return frozenset(own | sites | entries | _KUBERNETES | {*model.platform.reserved_namespaces})
