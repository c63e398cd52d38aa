"""What ends on a day: memberships, people's access, groups, migrations; the next 90 days by month, and what is over already."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cubec.diagnostics import Position
from cubec.model.expiry import when
from cubec.model.model import Model
from cubec.report.access import at
from cubec.source.document import Origin

AHEAD = 90  # days


@dataclass(frozen=True, slots=True)
class Ending:
    """``day`` is the last on which it holds."""

    day: date
    what: str
    then: str
    when: str
    line: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """``later`` is how many end after the 90 days, ``next`` the first of those; ``day`` is None where nothing ever ends."""

    day: date | None
    months: tuple[tuple[str, tuple[Ending, ...]], ...]
    over: tuple[Ending, ...]
    later: int
    next: date | None

    @property
    def soon(self) -> int:
        return sum(len(endings) for _, endings in self.months)


_Entry = tuple[
    date, str, str, str, Origin
]  # last day, what, what happens then, what happened then, where it is written


def calendar(model: Model) -> Calendar:
    found = sorted(_all(model), key=lambda entry: entry[:3])
    months: dict[str, list[Ending]] = {}
    over, later = [], []
    for entry in found:
        ahead = (entry[0] - model.as_of).days
        if ahead < 0:
            over.append(_ending(model, entry))
        elif ahead <= AHEAD:
            months.setdefault(f"{entry[0]:%B %Y}", []).append(_ending(model, entry))
        else:
            later.append(entry[0])
    return Calendar(
        day=model.as_of if found else None,
        months=tuple((month, tuple(endings)) for month, endings in months.items()),
        over=tuple(over),
        later=len(later),
        next=later[0] if later else None,
    )


def _ending(model: Model, entry: _Entry) -> Ending:
    day, what, then, since, origin = entry
    past = model.expired(day)
    ago = (model.as_of - day).days
    told = f"{ago} day{'' if ago == 1 else 's'} ago" if past else when(day, model.as_of)
    place: Position = origin.at()
    return Ending(day, what, since if past else then, told, at(place))


def _all(model: Model) -> Iterator[_Entry]:
    for user in model.users.values():
        if user.expires:
            place = user.origin.child("spec", "expires")
            yield user.expires, user.name, "loses all access", "has lost all access", place
    for group in model.groups.values():
        for member in group.members:
            if member.expires:
                who = member.user or f"group {member.oidc_group}"
                role, place = f"{member.role} of {group.name}", member.origin.child("expires")
                yield member.expires, who, f"stops being {role}", f"is no longer {role}", place
        if group.until:
            place = group.origin.child("spec", "until")
            yield group.until, group.name, "may be removed", "may be removed now", place
    for volume in model.volumes.values():
        if volume.migration_until:
            place = volume.origin.child("spec", "migration", "until")
            yield volume.migration_until, volume.name, "ends its migration", "has ended its migration", place
