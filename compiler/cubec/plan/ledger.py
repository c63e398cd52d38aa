"""The cards of every pool, before and after: how many there are, who is sure of how many, what may be borrowed, what is free."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from cubec.model import cards
from cubec.model.model import Model
from cubec.model.types import NodePool


@dataclass(frozen=True, slots=True)
class Stand:
    """One pool at one time. ``borrowable`` is what groups lend of their guaranteed cards while they do not use them."""

    cards: Decimal
    guaranteed: Decimal
    borrowable: Decimal
    holders: Mapping[str, Decimal]  # group to guaranteed cards

    @property
    def free(self) -> Decimal:
        return max(self.cards - self.guaranteed, cards.NONE)

    @property
    def over(self) -> Decimal:
        """How many more are promised than there are."""
        return max(self.guaranteed - self.cards, cards.NONE)


@dataclass(frozen=True, slots=True)
class Line:
    """A pool of one cluster. A side is None where there is no such pool."""

    cluster: str
    pool: str
    model: str
    before: Stand | None
    after: Stand | None

    @property
    def groups(self) -> tuple[tuple[str, Decimal, Decimal], ...]:
        """Each holder with its cards before and after, those who lose most first."""
        old = self.before.holders if self.before else {}
        new = self.after.holders if self.after else {}
        rows = [(name, old.get(name, cards.NONE), new.get(name, cards.NONE)) for name in sorted({*old, *new})]
        return tuple(sorted(rows, key=lambda row: row[2] - row[1]))

    @property
    def changed(self) -> bool:
        return self.before != self.after

    @property
    def shrinks(self) -> bool:
        return self.before is not None and (self.after is None or self.after.cards < self.before.cards)


def compare(before: Model, after: Model, renamed: Mapping[str, str]) -> tuple[Line, ...]:
    """Every pool with cards, in order of cluster and pool; a group that was renamed has its new name on both sides."""
    old, new = dict(_stands(before, renamed)), dict(_stands(after, {}))
    return tuple(Line(*key, old.get(key), new.get(key)) for key in sorted({*old, *new}))


def _stands(model: Model, renamed: Mapping[str, str]) -> Iterator[tuple[tuple[str, str, str], Stand]]:
    holders: dict[str, dict[str, Decimal]] = {}
    lent: dict[str, Decimal] = {}
    for placement in model.placements:
        group = renamed.get(placement.group.name, placement.group.name)
        for namespace in placement.namespaces:
            share = namespace.share
            for pool, count in share.cards.items():
                own = holders.setdefault(pool, {})
                own[group] = own.get(group, cards.NONE) + count
                lends = count if share.lent is None else min(share.lent.get(pool, cards.NONE), count)
                lent[pool] = lent.get(pool, cards.NONE) + (lends if placement.site.kueue else cards.NONE)
    for item in model.pools.values():
        if item.accelerator:
            key = (item.cluster, item.name, item.accelerator.model)
            yield key, _stand(item, holders.get(item.name, {}), lent.get(item.name, cards.NONE))


def _stand(pool: NodePool, holders: Mapping[str, Decimal], borrowable: Decimal) -> Stand:
    held = {name: count for name, count in holders.items() if count}
    return Stand(cards.capacity(pool), sum(held.values(), cards.NONE), borrowable, held)
