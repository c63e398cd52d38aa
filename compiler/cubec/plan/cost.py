"""What the guaranteed cards of each group cost in a month, before and after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from cubec.model import cards
from cubec.model.model import Model

HOURS = 720  # in the month that prices are told for


@dataclass(frozen=True, slots=True)
class Part:
    """Cards of one model, at the price of one of them for an hour."""

    model: str
    cards: Decimal
    price: Decimal

    @property
    def amount(self) -> Decimal:
        return self.cards * self.price * HOURS


@dataclass(frozen=True, slots=True)
class Line:
    """A group's month."""

    group: str
    before: tuple[Part, ...]
    after: tuple[Part, ...]

    @property
    def amounts(self) -> tuple[Decimal, Decimal]:
        return _sum(self.before), _sum(self.after)


@dataclass(frozen=True, slots=True)
class Costs:
    """``currencies`` before and after; equal but where the change is one of them."""

    currencies: tuple[str, str]
    lines: tuple[Line, ...]

    @property
    def totals(self) -> tuple[Decimal, Decimal]:
        before = _sum(part for line in self.lines for part in line.before)
        return before, _sum(part for line in self.lines for part in line.after)

    @property
    def changed(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.before != line.after)


def compare(before: Model, after: Model, renamed: Mapping[str, str]) -> Costs | None:
    """Every group that pays on either side, under its new name; None where neither side has prices."""
    if not before.platform.prices and not after.platform.prices:
        return None
    old, new = _groups(before, renamed), _groups(after, {})
    lines = [Line(name, old.get(name, ()), new.get(name, ())) for name in sorted({*old, *new})]
    return Costs((before.platform.currency, after.platform.currency), tuple(lines))


def _groups(model: Model, renamed: Mapping[str, str]) -> Mapping[str, tuple[Part, ...]]:
    counts: dict[str, dict[str, Decimal]] = {}
    for placement in model.placements:
        group = renamed.get(placement.group.name, placement.group.name)
        for namespace in placement.namespaces:
            for pool, count in namespace.share.cards.items():
                accelerator = model.pools[pool].accelerator
                if accelerator and count:
                    own = counts.setdefault(group, {})
                    own[accelerator.model] = own.get(accelerator.model, cards.NONE) + count
    return {name: tuple(_parts(own, model.platform.prices)) for name, own in counts.items()}


def _parts(counts: Mapping[str, Decimal], prices: Mapping[str, float]) -> list[Part]:
    return [Part(name, counts[name], Decimal(repr(prices[name]))) for name in sorted(counts) if prices.get(name)]


def _sum(parts: Iterable[Part]) -> Decimal:
    return sum((part.amount for part in parts), cards.NONE)
