"""Who has which role in which group, and why: a row for each person, each group of the provider, and for everybody."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cubec.model.model import Model
from cubec.model.tenants import User
from cubec.plan.answer import Held
from cubec.plan.who import USER, Who
from cubec.report.access import at

PLATFORM = ""  # the column of what belongs to no group
_USUAL = "developer"  # what most cells hold
_WIDEST = 64  # characters of a matrix's head


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of a tenant file and the bindings that came of it on one cluster. ``where`` is empty: everywhere."""

    role: str
    cluster: str
    where: str
    binding: str
    line: str
    until: date | None
    flags: str


@dataclass(frozen=True, slots=True)
class Cell:
    group: str
    roles: str
    until: date | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """``ended`` is the last day of somebody whose access is over; ``cells`` has the groups that they have a role in."""

    name: str
    kind: str
    user: User | None
    ended: date | None
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Matrix:
    """``columns`` are the groups, none where they are too many for a table."""

    columns: tuple[str, ...]
    platform: bool
    people: tuple[Person, ...]


def matrix(model: Model, held: Iterable[Held]) -> Matrix:
    found: dict[tuple[int, str], dict[str, list[Held]]] = {}
    known: dict[tuple[int, str], Who] = {}
    for user in model.users.values():
        who = Who(USER, user.name, "")
        found[who.order[:2]], known[who.order[:2]] = {}, who
    for item in held:
        key = item.who.order[:2]
        known.setdefault(key, item.who)
        found.setdefault(key, {}).setdefault(item.group, []).append(item)
    people = tuple(_person(model, known[key], found[key]) for key in sorted(found))
    columns = tuple(sorted(model.groups))
    fits = sum(max(len(name), len(_USUAL)) for name in columns) <= _WIDEST
    return Matrix(columns if fits else (), any(PLATFORM in person.cells for person in people), people)


def _person(model: Model, who: Who, groups: Mapping[str, Sequence[Held]]) -> Person:
    user = model.users.get(who.name) if who.kind == USER else None
    return Person(
        name=who.name,
        kind=who.kind,
        user=user,
        ended=user.expires if user and model.expired(user.expires) else None,
        cells={group: _cell(group, groups[group]) for group in sorted(groups)},
    )


def _cell(group: str, held: Sequence[Held]) -> Cell:
    alike: dict[tuple[str, str, str], list[Held]] = {}
    for item in held:
        alike.setdefault((item.grant.role.preset, item.cluster, item.grant.kind), []).append(item)
    return Cell(
        group=group,
        roles=", ".join(dict.fromkeys(item.grant.role.preset for item in held)),
        until=held[0].until,  # of one membership, or of one person's platform role
        reasons=tuple(map(_reason, alike.values())),
    )


def _reason(held: Sequence[Held]) -> Reason:
    """What differs in the namespace alone is one reason."""
    first = held[0]
    position = first.position
    return Reason(
        role=first.grant.role.preset,
        cluster=first.cluster,
        where=", ".join(item.grant.namespace for item in held),
        binding=f"{first.grant.kind} {first.grant.binding}",
        line=at(position) if position else "",
        until=first.until,
        flags=", ".join(dict.fromkeys(flag for item in held for flag in item.flags)),
    )
