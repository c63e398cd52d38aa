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

RULE = Rule("rename-collision", Severity.ERROR, "a group's earlier name is that of another group, too", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    seen: dict[str, tuple[str, Position]] = {}
    for group in model.groups.values():
        for n, old in enumerate(group.previously):
            place = group.origin.at("spec", "previously", n)
            first, other = seen.setdefault(old, (group.name, place))
            if old in model.groups and old != group.name:
                bearer = model.groups[old].origin.at("metadata", "name")
                yield _collision(place, f'"{old}" is the name of another group', Related(bearer, "it is the name"))
            elif first != group.name:
                yield _collision(place, f'group "{first}" was called "{old}", too', Related(other, "it is listed"))


def _collision(place: Position, message: str, other: Related) -> Diagnostic:
    hint = "list the name in the one group that had it, and remove it here; a name that is free again needs a new group name"
    return RULE.at(place, message, hint=hint, related=[other])
