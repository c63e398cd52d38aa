"""Cards of a group laid over the pools that it may use: which pool guarantees how many.

A quota says how many cards of which model; queues, and the ledger of what is promised, need them per pool. The rule is
one that a person can follow: cards are taken from the pools in the order in which the placement lists them, whole cards
first from pools that offer whole cards, up to what each pool holds; what fits nowhere stays on the last pool of the model, where
the check of capacity finds it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cubec.model.gpu import Gpu
from cubec.model.types import Accelerator, NodePool


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an item could not be laid over any pool. ``kind`` is model, ambiguous or fraction."""

    kind: str
    item: Gpu
    models: tuple[str, ...]


Spread = dict[str, Decimal]  # pool name to cards
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
    items: Sequence[Gpu], pools: Sequence[NodePool], taken: Spread | None = None
) -> tuple[Spread, list[Problem]]:
    """Lay ``items`` over ``pools``; ``taken`` are cards that another namespace of the group already has."""
    result: Spread = {}
    problems = []
    used = dict(taken or {})
    for item in items:
        offers = [pool for pool in pools if _offers(pool, item)]
        problem = _problem(item, pools, offers)
        if problem:
            problems.append(problem)
            continue
        for pool, cards in _fill(item.cards, offers, used):
            result[pool] = result.get(pool, NONE) + cards
            used[pool] = used.get(pool, NONE) + cards
    return result, problems


def _offers(pool: NodePool, item: Gpu) -> bool:
    accelerator = pool.accelerator
    if accelerator is None or (item.model and accelerator.model != item.model):
        return False
    if not accelerator.slice_resource:
        return item.whole
    sliced = item.cards * accelerator.per_card
    return sliced == sliced.to_integral_value()


def _problem(item: Gpu, pools: Sequence[NodePool], offers: Sequence[NodePool]) -> Problem | None:
    offered = models(pools)
    if item.model and item.model not in offered:
        return Problem("model", item, offered)
    if not item.model and len(offered) > 1:
        return Problem("ambiguous", item, offered)
    if not offers:
        return Problem("fraction" if offered else "model", item, offered)
    return None


def _fill(wanted: Decimal, offers: Sequence[NodePool], used: Spread) -> Iterable[tuple[str, Decimal]]:
    left = wanted
    by_wholeness = sorted(offers, key=lambda pool: bool(pool.accelerator and pool.accelerator.slice_resource))
    for pool in by_wholeness:
        free = max(capacity(pool) - used.get(pool.name, NONE), NONE)
        cards = min(left, free)
        if cards:
            yield pool.name, cards
            left -= cards
    if left:
        yield by_wholeness[-1].name, left


def resources(offered: Iterable[NodePool], used: Iterable[NodePool], *spreads: Mapping[str, Decimal]) -> dict[str, int]:
    """Cards by pool, summed up as extended resources: every resource that ``offered`` pools have, 0 where none is used."""
    amounts = {units(pool.accelerator, NONE)[0]: 0 for pool in offered if pool.accelerator}
    for pool in used:
        if pool.accelerator:
            for laid in spreads:
                resource, count = units(pool.accelerator, laid.get(pool.name, NONE))
                amounts[resource] += count
    return dict(sorted(amounts.items()))
