"""Who gains and loses which access, as the lines of a plan and for machines: what is the same for many is said once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cubec.diagnostics import Position
from cubec.model.names import TENANTS
from cubec.plan.access import GAINS, LOSES, UNTIL, AccessChange
from cubec.plan.words import words
from cubec.source.quoting import printable

_SIGNS = {GAINS: "+", LOSES: "-", UNTIL: "~"}
_FEW = 4
_WIDEST = 64  # a longer cell does not push the next column any further
# Roles whose rights are many and well known; those of all others are told.
_KNOWN = {
    "developer": "a developer",
    "operator": "an operator",
    "owner": "an owner",
    "platform-admin": "a platform admin",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a plan. ``flags`` are what a review must not overlook."""

    sign: str
    who: str
    where: str
    what: str
    why: str
    flags: tuple[str, ...]


def text(changes: Iterable[AccessChange]) -> str:
    """The lines, in columns; empty where nobody's access changes."""
    found = rows(changes)
    widths = [
        min(_WIDEST, max((len(cell) for cell in column), default=0)) for column in zip(*map(_cells, found), strict=True)
    ]
    return "".join(f"{_line(row, widths)}\n" for row in found)


def _cells(row: Row) -> tuple[str, str, str]:
    return row.who, row.where, row.what


def _line(row: Row, widths: Sequence[int]) -> str:
    cells = "   ".join(cell.ljust(width) for cell, width in zip(_cells(row), widths, strict=True))
    flags = f"   ! {', '.join(row.flags)}" if row.flags else ""
    return f"  {row.sign} {cells}   {row.why}{flags}".rstrip()


def rows(changes: Iterable[AccessChange]) -> tuple[Row, ...]:
    """Changes that differ in the namespace alone are one row; so are those of all who have a role that was changed."""
    found: dict[tuple[object, ...], list[AccessChange]] = {}
    for change in changes:
        found.setdefault(_same(change), []).append(change)
    return tuple(map(_row, found.values()))


def _same(change: AccessChange) -> tuple[object, ...]:
    """What two changes have in common that are told together."""
    what = (change.kind, change.role, change.was, change.rights, change.because)
    if change.who.kind == "account":
        return change.kind, change.who.kind, change.cluster
    if change.of_role:
        return (*what, change.cluster)
    return (*what, change.who, change.position, change.until, change.was_until)


def _row(alike: Sequence[AccessChange]) -> Row:
    first = alike[0]
    who = list(dict.fromkeys(str(change.who) for change in alike))
    many = first.who.kind == "account" and len(who) > 1
    return Row(
        sign=_SIGNS[first.kind],
        who=f"{len(who)} accounts of the platform" if many else printable(_listed(who)),
        where=_where(alike),
        what=f"what they need: {_listed(change.role for change in alike)}" if many else _what(first),
        why=_why(first),
        flags=tuple(dict.fromkeys(flag for change in alike for flag in change.flags)),
    )


def _where(alike: Sequence[AccessChange]) -> str:
    places: dict[str, list[str]] = {}
    for change in alike:
        places.setdefault(change.cluster, []).append(change.namespace)
    return ", ".join(f"{_listed(names) if all(names) else 'everywhere'} ({name})" for name, names in places.items())


def _listed(items: Iterable[str]) -> str:
    """A few by name, of many the number."""
    found = list(dict.fromkeys(items))
    more = f" and {len(found) - _FEW} more" if len(found) > _FEW else ""
    return f"{', '.join(found[:_FEW])}{more}"


def _what(change: AccessChange) -> str:
    if change.kind == UNTIL:
        return f"{_day(change)}, before that {_last(change.was_until)}"
    if not change.rights:
        return "nothing more" if change.kind == GAINS else "nothing that another role does not give"
    if change.whole and change.role in _KNOWN:
        return f"everything {_KNOWN[change.role]} may"
    return words(change.rights)


def _day(change: AccessChange) -> str:
    return _last(change.until)


def _last(day: object) -> str:
    return f"until {day}" if day else "without an end"


def _why(change: AccessChange) -> str:
    place = [at(change.position)] if change.position else []
    if change.kind == LOSES:
        return ", ".join([change.because, *place])
    role = f"{change.role} instead of {change.was}" if change.was else change.role
    until = [f"until {change.until}"] if change.until and change.kind == GAINS and not change.of_role else []
    because = [change.because] if change.because else []
    return ", ".join([*([] if change.of_role else [role]), *because, *place, *until])


def at(position: Position, *, column: bool = False) -> str:
    """A place as people say it, below ``tenants/``."""
    path = printable(position.path.removeprefix(TENANTS))
    return f"{path}:{position.line}:{position.column}" if column else f"{path}:{position.line}"


def as_json(changes: Iterable[AccessChange]) -> list[dict[str, Any]]:
    """Every change by itself, with its rights one by one."""
    return [
        {
            "change": change.kind,
            "who": who(change),
            "cluster": change.cluster,
            "namespace": change.namespace,
            "group": change.group,
            "role": change.role,
            "otherRole": change.was,
            "summary": _what(change),
            "rights": [
                {"verb": verb, "apiGroup": group, "resource": resource, "name": name}
                for verb, group, resource, name in change.rights
            ],
            "because": change.because,
            "position": place(change.position),
            "until": change.until and change.until.isoformat(),
            "wasUntil": change.was_until and change.was_until.isoformat(),
            "sensitive": list(change.flags),
        }
        for change in changes
    ]


def who(change: AccessChange) -> Mapping[str, str]:
    return {"kind": change.who.kind, "name": change.who.name, "login": change.who.login}


def place(position: Position | None) -> dict[str, Any] | None:
    if position is None:
        return None
    return {"path": position.path, "line": position.line, "column": position.column}
