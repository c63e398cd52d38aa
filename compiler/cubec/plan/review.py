"""Who has to look at a change: what a group's owners may decide on their own, and what needs the platform's owners, and why.

Owners decide about members up to the role of a developer, and about quotas up to the group's envelope. The envelope and the
owners are those of the base: nobody widens what they may do in the same breath.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cubec.model.model import Model
from cubec.model.tenants import Group
from cubec.plan import ownership, quota_raises, renames
from cubec.plan.slices import changed, documents

SELF_SERVICE_ROLES = frozenset({"viewer", "operator", "developer"})
NEW, REMOVED = "is new", "is removed"  # reasons of a whole document

_FREE = frozenset({"description"})
# Fields of a group that only the platform's owners decide on, and what they mean to a reader.
_PLATFORM = {
    "allTemplates": "which templates it is offered",
    "envelope": "how far its owners may go",
    "gid": "the Linux id on its files",
    "network": "who can reach it",
    "owners": "who decides on its file",
    "podSecurity": "how far its pods are confined",
    "previously": "its name",
    "reason": "its end",
    "state": "whether it works",
    "templates": "which templates it is offered",
    "until": "its end",
    "volumes": "which data it sees",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One part of the change. ``owners`` are who may decide, where it is self-service."""

    kind: str
    name: str
    part: str
    self_service: bool
    reason: str
    owners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    items: tuple[Item, ...]

    @property
    def platform(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if not item.self_service)

    @property
    def self_service(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.self_service)


def judge(before: Model, after: Model) -> Review:
    """Every changed document, part by part."""
    renamed = {new: old for old, new in renames.find(before, after).items()}
    touched = changed(before, after)
    found: list[Item] = []
    for kind, name in sorted(touched):
        if kind == "Group" and name in after.groups and renamed.get(name, name) in before.groups:
            found += _group(before, after, before.groups[renamed.get(name, name)], after.groups[name])
        elif not (kind == "Group" and name in renamed.values()):
            found.append(_document(before, after, kind, name))
    return Review(tuple(found))


def _document(before: Model, after: Model, kind: str, name: str) -> Item:
    old, new = documents(before).get((kind, name)), documents(after).get((kind, name))
    if old is None:
        return Item(kind, name, "", self_service=False, reason=NEW)
    if new is None:
        return Item(kind, name, "", self_service=False, reason=REMOVED)
    parts = _differing(old[1]["spec"], new[1]["spec"]) or ["file"]
    return Item(kind, name, ", ".join(parts), self_service=False, reason="is the platform's to decide")


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return [key for key in {**old, **new} if old.get(key) != new.get(key)]


def _group(before: Model, after: Model, old: Group, new: Group) -> Iterator[Item]:
    owners = ownership.of_file(before, old)
    alone = "the group has no owners" if not old.owners else "its file holds what others own, too"

    def item(part: str, reasons: Sequence[str], said: str) -> Item:
        why = list(reasons) if owners else [*reasons, alone]
        if why:
            return Item("Group", new.name, part, self_service=False, reason="; ".join(why))
        return Item("Group", new.name, part, self_service=True, reason=said, owners=owners)

    if old.origin.document.path != new.origin.document.path:
        yield item("file", ["another file may have other reviewers"], "")
    for part in _differing(old.origin.document.value["spec"], new.origin.document.value["spec"]):
        if part == "members":
            come, go, why = _members(old, new)
            said = ", ".join([*(f"+{name}" for name in come), *(f"-{name}" for name in go)])
            yield item(part, why, said or "the same in another order")
        elif part in {"placements", "namespaces"}:
            yield item(part, quota_raises.reasons(before, after, old, new, part), "nothing above the envelope")
        elif part in _FREE:
            yield item(part, [], "a text")
        else:
            yield item(part, [_PLATFORM[part]], "")


def _members(old: Group, new: Group) -> tuple[list[str], list[str], list[str]]:
    """Who comes, who goes, and what of it the group's owners may not decide."""
    was, now = _entries(old), _entries(new)
    come, go = sorted(now - was), sorted(was - now)
    why = []
    for user, oidc_group, role, _ in come:
        if role not in SELF_SERVICE_ROLES:
            why.append(f"{user or oidc_group} as {role}")
        elif oidc_group:
            why.append(f"{oidc_group} is a group of the directory, whose people no file names")
    return [entry[0] or entry[1] for entry in come], [entry[0] or entry[1] for entry in go], why


def _entries(group: Group) -> set[tuple[str, str, str, str]]:
    return {(item.user, item.oidc_group, item.role, str(item.expires or "")) for item in group.members}
