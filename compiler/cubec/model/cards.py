"""Cards of a group laid over the pools that it may use: which pool guarantees how many.

A quota says how many cards of which model; queues, and the ledger of what is promised, need them per pool. The rule is
one that a person can follow: cards are taken from the pools in the order in which the placement lists them, whole cards
first from pools that offer whole cards, up to what each pool holds; what fits nowhere stays on the last pool of the
model, where the check of capacity finds it. No pool ever gets a part of a slice.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from cubec.model.gpu import Gpu
from cubec.model.types import Accelerator, NodePool


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an item could not be laid over any pool. ``kind`` is model, ambiguous or fraction."""

    kind: str
    item: Gpu
    models: tuple[str, ...]


Spread = dict[str, Decimal]  # pool name, or model, to cards
NONE = Decimal(0)


def models(pools: Iterable[NodePool]) -> tuple[str, ...]:
    """The models that the pools offer, each once, in the order of the pools."""
    return tuple(dict.fromkeys(pool.accelerator.model for pool in pools if pool.accelerator))


def capacity(pool: NodePool) -> Decimal:
    """How many cards the pool has, over-commit not counted."""
    return Decimal(pool.accelerator.count * pool.count) if pool.accelerator else NONE


def units(accelerator: Accelerator, cards: Decimal) -> tuple[str, int]:
    """The extended resource and how many of it that many cards are."""
    if accelerator.slice_resource:
        return accelerator.slice_resource, int(cards * accelerator.per_card)
    return accelerator.resource, int(cards)


def spread(
    items: Sequence[Gpu],
    pools: Sequence[NodePool],
    taken: Mapping[str, Decimal] | None = None,
    room: Mapping[str, Decimal] | None = None,
) -> tuple[Spread, list[Problem]]:
    """Lay ``items`` over ``pools``, each up to its ``room``, by default all of its cards, less what is ``taken`` already."""
    result: Spread = {}
    problems = []
    free = {pool.name: capacity(pool) if room is None else room.get(pool.name, NONE) for pool in pools}
    for name, cards in (taken or {}).items():
        free[name] = max(free.get(name, NONE) - cards, NONE)
    for item in items:
        offers = [pool for pool in pools if _offers(pool, item)]
        reason = _problem(item, pools, offers)
        if reason:
            problems.append(reason)
            continue
        for pool, cards in _fill(item.cards, offers, free):
            result[pool] = result.get(pool, NONE) + cards
            free[pool] = max(free[pool] - cards, NONE)
    return result, problems


def _offers(pool: NodePool, item: Gpu) -> bool:
    accelerator = pool.accelerator
    return accelerator is not None and item.model in ("", accelerator.model) and fits(accelerator, item.cards)


def fits(accelerator: Accelerator, cards: Decimal) -> bool:
    """Whether that many cards are whole cards, or whole slices where cards are shared."""
    return (cards * (accelerator.per_card if accelerator.slice_resource else 1)) % 1 == 0


def problem(item: Gpu, pools: Sequence[NodePool]) -> Problem | None:
    """Why the pools cannot give an item; None where one of them can."""
    if item.model and any(_offers(pool, item) for pool in pools):
        return None
    return _problem(item, pools, [pool for pool in pools if _offers(pool, item)])


def _problem(item: Gpu, pools: Sequence[NodePool], offers: Sequence[NodePool]) -> Problem | None:
    offered = models(pools)
    if item.model and item.model not in offered:
        return Problem("model", item, offered)
    if not item.model and len(offered) > 1:
        return Problem("ambiguous", item, offered)
    if not offers:
        return Problem("fraction" if offered else "model", item, offered)
    return None


def _fill(wanted: Decimal, offers: Sequence[NodePool], free: Mapping[str, Decimal]) -> Iterator[tuple[str, Decimal]]:
    left = wanted
    by_wholeness = sorted(offers, key=lambda pool: bool(pool.accelerator and pool.accelerator.slice_resource))
    for pool in by_wholeness:
        cards = min(left, free[pool.name])
        if not all(fits(other.accelerator, left - cards) for other in offers if other.accelerator):
            cards -= cards % 1  # the next pools cut their cards differently; whole ones they all have
        if cards:
            yield pool.name, cards
            left -= cards
    if left:
        yield by_wholeness[-1].name, left


def by_model(items: Iterable[Gpu], pools: Sequence[NodePool]) -> Spread:
    """How many cards of each model the items are; an item that the pools cannot give is left out."""
    offered = models(pools)
    sums: Spread = {}
    for item in items:
        if problem(item, pools) is None:
            model = item.model or offered[0]
            sums[model] = sums.get(model, NONE) + item.cards
    return sums


def resources(offered: Iterable[NodePool], used: Iterable[NodePool], *spreads: Mapping[str, Decimal]) -> dict[str, int]:
    """Cards by pool, summed up as extended resources: every resource that ``offered`` pools have, 0 where none is used."""
    amounts = dict(_offered(tuple(offered)))
    for pool in used:
        if pool.accelerator:
            for laid in spreads:
                resource, count = units(pool.accelerator, laid.get(pool.name, NONE))
                amounts[resource] += count
    return dict(sorted(amounts.items()))


@lru_cache(maxsize=64)  # a cluster's pools are the same for all its groups
def _offered(pools: tuple[NodePool, ...]) -> Mapping[str, int]:
    return {units(pool.accelerator, NONE)[0]: 0 for pool in pools if pool.accelerator}
