"""The page about a whole platform: pools, access, volumes, what ends, and a section for each group."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cubec.model.model import Model
from cubec.model.phrase import number
from cubec.plan import answer, cost, ledger, state
from cubec.plan.ledger import Line
from cubec.report.page import bars, endings, groups, mounts, people
from cubec.report.page.page import fill
from cubec.report.plan_sections import money

_OPEN = 8  # groups whose sections are open from the start


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the first line, what it counts, and what else there is to say."""

    number: str
    what: str
    more: str = ""
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    figures: tuple[Figure, ...]
    clusters: tuple[bars.Cluster, ...]
    access: people.Matrix
    volumes: tuple[mounts.Row, ...]
    calendar: endings.Calendar
    groups: tuple[groups.Section, ...]


def html(model: Model) -> str:
    """The page. The model must be free of errors."""
    return fill(
        "report.html",
        {
            "platform": model.platform,
            "as_of": model.as_of,
            "report": of(model),
            "unfolded": len(model.groups) <= _OPEN,
        },
    )


def of(model: Model) -> Report:
    lines = ledger.compare(model, model, {})
    costs = cost.compare(model, model, {})
    months = {line.group: line.amounts[1] for line in costs.lines} if costs else {}
    calendar = endings.calendar(model)
    return Report(
        figures=_figures(model, lines, calendar, sum(months.values(), Decimal(0))),
        clusters=bars.clusters(model, lines),
        access=people.matrix(model, answer.matrix(state.of(model))),
        volumes=mounts.rows(model),
        calendar=calendar,
        groups=groups.sections(model, months),
    )


def _figures(model: Model, lines: Sequence[Line], calendar: endings.Calendar, month: Decimal) -> tuple[Figure, ...]:
    stands = [line.after for line in lines if line.after]
    there = sum((stand.cards for stand in stands), Decimal(0))
    promised = sum((stand.guaranteed for stand in stands), Decimal(0))
    over, free = (sum((getattr(stand, part) for stand in stands), Decimal(0)) for part in ("over", "free"))
    idle = sum(group.state != "active" for group in model.groups.values())
    gone = sum(model.expired(user.expires) for user in model.users.values())
    found = [
        _counted(len(model.groups), "group", "groups", f"{idle} not active" if idle else ""),
        _counted(len(model.users) - gone, "person", "people", f"{gone} more have left" if gone else ""),
        Figure(
            f"{promised.normalize():,f} of {there:,f}",
            "cards promised",
            f"{number(over)} over-committed" if over else f"{number(free)} free",
            bad=bool(over),
        ),
        _counted(len(model.volumes), "volume", "volumes"),
    ]
    if month:
        found.append(Figure(money(month), f"{model.platform.currency} a month", "for promised cards"))
    if calendar.day:
        found.append(_counted(calendar.soon, "ending", "endings", f"within {endings.AHEAD} days"))
    return tuple(found)


def _counted(amount: int, one: str, many: str, more: str = "") -> Figure:
    return Figure(f"{amount:,}", one if amount == 1 else many, more)
