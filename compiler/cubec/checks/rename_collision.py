"""A group's earlier name is the name of another group, or its earlier name, too.

`previously` says under which names a group was known, so that a rename moves nothing: its namespace and its volumes keep
the oldest name. If another group bears that name, or says that it once did, it is open whose data is whose.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: vision}
    spec:
      gid: 10003
      owners: ["@example/vision"]
      previously: [dev2]
      members: [{user: bob, role: developer}]
      placements: [{cluster: ack, pools: [gpu-t4]}]

Good:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: vision}
    spec:
      gid: 10003
      owners: ["@example/vision"]
      previously: [sight]
      members: [{user: bob, role: developer}]
      placements: [{cluster: ack, pools: [gpu-t4]}]
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Position, Related, Rule, Severity
from cubec.model.model import Model
from cubec.model.tenants import Group

RULE = Rule("rename-collision", Severity.ERROR, "a group's earlier name is that of another group, too", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    seen: dict[str, tuple[Group, int]] = {}
    for group in model.groups.values():
        for n, old in enumerate(group.previously):
            first, at = seen.setdefault(old, (group, n))
            if old in model.groups and old != group.name:
                bearer = Related(model.groups[old].origin.at("metadata", "name"), f'group "{old}" is declared')
                hint = "remove it here, or give the other group another name"
                yield RULE.at(_place(group, n), f'"{old}" is the name of another group', hint=hint, related=[bearer])
            elif first is not group:
                hint = "keep it in the group that had it, and remove it from the other"
                related = [Related(_place(first, at), f'group "{first.name}" lists it')]
                message = f'group "{first.name}" was called "{old}", too'
                yield RULE.at(_place(group, n), message, hint=hint, related=related)


def _place(group: Group, n: int) -> Position:
    return group.origin.at("spec", "previously", n)
