"""Two groups take one namespace.

A namespace belongs to one group, on every cluster: its members, its quota and its volumes are that group's. Two groups in
one namespace would share everything, Secrets included. Without `namespaces` a group has one of its own name, or of the
oldest name that it ever had.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      members: [{user: bob, role: developer}]
      namespaces: [{name: dev2}]
      placements: [{cluster: ack, pools: [gpu-t4]}]

Good:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      members: [{user: bob, role: developer}]
      namespaces: [{name: dev1-train}]
      placements: [{cluster: ack, pools: [gpu-t4]}]
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model import namespaces
from cubec.model.model import Model
from cubec.model.tenants import Group, GroupNamespace

RULE = Rule("namespace-collision", Severity.ERROR, "two groups take one namespace", __doc__ or "")

_Taken = tuple[Group, GroupNamespace]


def check(model: Model) -> Iterator[Diagnostic]:
    seen: dict[str, _Taken] = {}
    for group in model.groups.values():
        for namespace in group.namespaces:
            taken = seen.setdefault(namespace.name, (group, namespace))
            if taken[1] is not namespace and not _renamed(namespace.name, group, taken[0]):
                yield _collision((group, namespace), taken)


def _renamed(name: str, *groups: Group) -> bool:
    """Whether both groups bear the name, or bore it: that is said of the name, and once is enough."""
    return groups[0] is not groups[1] and all(name == group.name or name in group.previously for group in groups)


def _collision(second: _Taken, first: _Taken) -> Diagnostic:
    # whoever takes the name of another group is the one to yield, in whatever order they are met
    if second[1].origin.pointer == () and first[1].origin.pointer:
        second, first = first, second
    group, namespace = second
    same = group is first[0]
    whose = "this group lists it twice" if same else f'group "{first[0].name}" has it'
    instead = "remove one of them" if same else 'write another one under namespaces, such as "{}"'
    return RULE.at(
        namespaces.place(group, namespace),
        f'namespace "{namespace.name}" is taken: {whose}',
        hint=instead.format(group.name if group.name != namespace.name else f"{group.name}-2"),
        related=[Related(namespaces.place(*first), "it is taken")],
    )
