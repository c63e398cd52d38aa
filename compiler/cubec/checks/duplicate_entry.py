"""A list has two entries for the same thing.

A member, a volume, a grant, a priority, a role or a category stands in its list once. Of two entries for one thing it
would be open which holds: a member who is viewer in one line and owner in the next is an owner, and a reviewer who reads
only the first line does not know.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      members:
        - {user: bob, role: viewer}
        - {user: bob, role: owner}
      placements: [{cluster: ack, pools: [gpu-t4]}]

Good:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      members:
        - {user: bob, role: owner}
      placements: [{cluster: ack, pools: [gpu-t4]}]
"""

from collections.abc import Iterable, Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model
from cubec.model.tenants import Group, Volume
from cubec.model.types import Platform
from cubec.source.document import Origin
from cubec.source.quoting import quoted

RULE = Rule("duplicate-entry", Severity.ERROR, "a list has two entries for the same thing", __doc__ or "")

_Entry = tuple[str, str, Origin, str]  # name, what tells it from others of that name, place, the field of the name


def check(model: Model) -> Iterator[Diagnostic]:
    yield from _of_platform(model.platform)
    for volume in model.volumes.values():
        yield from _of_volume(volume)
    for group in model.groups.values():
        yield from _of_group(group)


def _of_platform(platform: Platform) -> Iterator[Diagnostic]:
    categories = platform.origin.child("spec", "templateCategories")
    named = enumerate(platform.template_categories)
    yield from _twice("priority", ((item.name, "", item.origin, "name") for item in platform.priorities))
    yield from _twice("role", ((item.name, "", item.origin, "name") for item in platform.roles))
    yield from _twice("category", ((name, "", categories.child(n), "name") for n, (name, _) in named))


def _of_volume(volume: Volume) -> Iterator[Diagnostic]:
    yield from _twice("grant to group", ((item.group, item.claim, item.origin, "group") for item in volume.grants))


def _of_group(group: Group) -> Iterator[Diagnostic]:
    if len(group.members) > 1:
        people = ((item.user, "", item.origin, "user") for item in group.members if item.user)
        others = ((item.oidc_group, "", item.origin, "oidcGroup") for item in group.members if item.oidc_group)
        yield from _twice("member", people)
        yield from _twice("member", others)
    if len(group.volumes) > 1:
        yield from _twice("volume", ((item.volume, item.claim, item.origin, "volume") for item in group.volumes))


def _twice(what: str, entries: Iterable[_Entry]) -> Iterator[Diagnostic]:
    seen: dict[tuple[str, str], Origin] = {}
    for name, detail, origin, field in entries:
        first = seen.setdefault((name, detail), origin)
        if first is not origin:
            yield RULE.at(
                origin.at(field),
                f"{what} {quoted(name)} is listed twice",
                hint="keep the entry that is meant, and remove the other",
                related=[Related(first.at(field), "first entry stands")],
            )
