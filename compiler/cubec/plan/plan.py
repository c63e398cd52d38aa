"""What merging a change will do, as one value: reports only print it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cubec.diagnostics import Diagnostic, Severity
from cubec.model.model import Model
from cubec.plan import access, cost, destruction, guard, ledger, renames, review
from cubec.plan.access import AccessChange
from cubec.plan.cost import Costs
from cubec.plan.destruction import Destruction
from cubec.plan.ledger import Line
from cubec.plan.objects import Action, ObjectChange
from cubec.plan.review import Review


@dataclass(frozen=True, slots=True)
class Base:
    """What a change is compared with: as people named it, and the commit that it is."""

    name: str
    commit: str


@dataclass(frozen=True, slots=True)
class Plan:
    """``warnings`` are those that the base does not have; ``refused`` is what the guard says; ``notes`` are about the tree itself."""

    base: Base
    as_of: date
    access: tuple[AccessChange, ...]
    ledger: tuple[Line, ...]
    costs: Costs | None
    objects: tuple[ObjectChange, ...]
    destruction: Destruction
    review: Review
    warnings: tuple[Diagnostic, ...]
    refused: tuple[Diagnostic, ...]
    notes: tuple[str, ...]

    @property
    def counts(self) -> Mapping[Action, int]:
        found = Counter(change.action for change in self.objects)
        return {action: found[action] for action in Action}

    def __bool__(self) -> bool:
        """Whether merging does anything."""
        ledger_moves = any(line.changed for line in self.ledger)
        costs_move = self.costs is not None and bool(self.costs.changed)
        return bool(self.access or self.objects or self.review.items or ledger_moves or costs_move or self.refused)


def make(
    before: Model,
    after: Model,
    objects: Iterable[ObjectChange],
    *,
    base: Base,
    warnings: tuple[Sequence[Diagnostic], Sequence[Diagnostic]] = ((), ()),
    notes: Iterable[str] = (),
) -> Plan:
    """Judge two platforms that are free of errors. ``warnings`` are what was said of each."""
    changes = tuple(objects)
    lost = destruction.find(before, after, changes)
    renamed = renames.find(before, after)
    return Plan(
        base=base,
        as_of=after.as_of,
        access=tuple(access.compare(before, after)),
        ledger=ledger.compare(before, after, renamed),
        costs=cost.compare(before, after, renamed),
        objects=changes,
        destruction=lost,
        review=review.judge(before, after),
        warnings=_new(*warnings),
        refused=guard.judge(before, after, lost),
        notes=tuple(notes),
    )


def _new(before: Sequence[Diagnostic], after: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """What was not said before, wherever the line has moved to."""
    known = Counter((item.code, item.position.path, item.message) for item in before)
    found = []
    for item in after:
        key = (item.code, item.position.path, item.message)
        if item.severity is not Severity.ERROR and not known[key]:
            found.append(item)
        known[key] -= 1
    return tuple(found)
