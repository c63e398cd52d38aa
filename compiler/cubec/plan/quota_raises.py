"""Where a group's quota rises beyond what its envelope allows, and which other parts of a placement are not its owners' to change."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cubec.model import cards, phrase
from cubec.model.gpu import Gpu
from cubec.model.model import Model
from cubec.model.quantity import ZERO, Quantity, whole
from cubec.model.quota_fields import FIELDS, amount
from cubec.model.quotas import Limits, Quota
from cubec.model.tenants import Group, GroupNamespace, PlacementSpec
from cubec.model.types import NodePool

_ORDINARY = whole(1)  # the weight of a group that states none

Cards = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class _Stated:
    """A quota, and the pools that say which cards it means."""

    quota: Quota
    pools: Sequence[NodePool]

    def cards(self, items: Sequence[Gpu]) -> Cards:
        return cards.by_model(items, self.pools)


def reasons(before: Model, after: Model, old: Group, new: Group, part: str) -> list[str]:
    """Why placements, or namespaces, need the platform's owners; nothing where they stay within the envelope."""
    found = _placements(before, after, old, new) if part == "placements" else _namespaces(before, after, old, new)
    return list(dict.fromkeys(found))


def _placements(before: Model, after: Model, old: Group, new: Group) -> Iterator[str]:
    was = {spec.cluster: spec for spec in old.placements}
    now = {spec.cluster: spec for spec in new.placements}
    yield from (f"cluster {name} is new to it" for name in now if name not in was)
    yield from (f"it leaves cluster {name}" for name in was if name not in now)
    for name, spec in now.items():
        if name not in was:
            continue
        if (was[name].pools, was[name].default_pool) != (spec.pools, spec.default_pool):
            yield "other pools"
        one = _Stated(was[name].quota, _pools(before, old, was[name]))
        yield from _raised(old, one, _Stated(spec.quota, _pools(after, new, spec)))


def _pools(model: Model, group: Group, spec: PlacementSpec) -> tuple[NodePool, ...]:
    found = (item.pools for item in model.placements if item.group is group and item.spec is spec)
    return next(found, ())


def _namespaces(before: Model, after: Model, old: Group, new: Group) -> Iterator[str]:
    was, now = _by_name(old.namespaces), _by_name(new.namespaces)
    if {name: item.workloads for name, item in was.items()} != {name: item.workloads for name, item in now.items()}:
        yield "other namespaces, or other work in them"
        return
    old_pools = [pool for spec in old.placements for pool in _pools(before, old, spec)]
    new_pools = [pool for spec in new.placements for pool in _pools(after, new, spec)]
    for name, item in now.items():
        one = _Stated(was[name].quota or Quota(old.origin), old_pools)
        yield from _raised(old, one, _Stated(item.quota or Quota(new.origin), new_pools))


def _by_name(items: Sequence[GroupNamespace]) -> Mapping[str, GroupNamespace]:
    return {item.name: item for item in items}


def _raised(group: Group, old: _Stated, new: _Stated) -> Iterator[str]:
    whose = f"{group.name}'s envelope"
    may = _Stated(group.envelope or Quota(group.origin), new.pools)
    for key in FIELDS:
        limit = amount(may.quota, key) if group.envelope else None
        yield from _amount(key, whose, amount(old.quota, key), amount(new.quota, key), limit)
    for kind in {**old.quota.jobs, **new.quota.jobs}:
        yield from _amount(kind, whose, *(_jobs(side.quota, kind) for side in (old, new, may)))
    weights = (old.quota.weight or _ORDINARY, new.quota.weight or _ORDINARY, may.quota.weight)
    yield from _amount("weight", whose, *weights)
    yield from _cards("", whose, *(side.cards(side.quota.gpu) for side in (old, new, may)))
    borrows = [side.quota.borrow or Limits() for side in (old, new, may)]
    for key in ("cpu", "memory"):
        was, now, limit = (getattr(limits, key) for limits in borrows)
        yield from _amount(f"borrowed {key}", whose, was or ZERO, now or ZERO, limit)
    borrowed = (side.cards(limits.gpu or ()) for side, limits in zip((old, new, may), borrows, strict=True))
    yield from _cards("borrowed ", whose, *borrowed)
    yield from _per_pod(whose, *((side, side.quota.per_pod or Limits()) for side in (old, new, may)))
    if _lent(old) != _lent(new):
        yield "what it lends to others"


def _per_pod(whose: str, *sides: tuple[_Stated, Limits]) -> Iterator[str]:
    """The largest pod: what is absent is not limited."""
    for key in ("cpu", "memory"):
        yield from _amount(f"{key} of a pod", whose, *(getattr(limits, key) for _, limits in sides))
    was, now, may = (None if limits.gpu is None else side.cards(limits.gpu) for side, limits in sides)
    if was is not None and now is None:
        yield "cards of a pod no longer limited"
    elif was is not None and now is not None:
        yield from _cards("a pod of ", whose, was, now, may or {})


def _lent(side: _Stated) -> tuple[object, ...] | None:
    limits = side.quota.lend
    if limits is None:
        return None
    return limits.cpu, limits.memory, None if limits.gpu is None else side.cards(limits.gpu)


def _jobs(quota: Quota, kind: str) -> Quantity | None:
    return whole(quota.jobs[kind]) if kind in quota.jobs else None


def _amount(key: str, whose: str, old: Quantity | None, new: Quantity | None, limit: Quantity | None) -> Iterator[str]:
    """What is absent is not limited, so nothing is more; but an envelope allows only what it names."""
    if old is None or (new is not None and new <= old):
        return
    if new is None:
        yield f"{key} no longer limited"
    elif limit is None:
        yield f"{key} {new}, of which {whose} says nothing"
    elif new > limit:
        yield f"{key} {new} above {whose} of {limit}"


def _cards(what: str, whose: str, old: Cards, new: Cards, allowed: Cards) -> Iterator[str]:
    for model, count in new.items():
        limit = allowed.get(model, cards.NONE)
        if count > old.get(model, cards.NONE) and count > limit:
            yield f"{what}{phrase.cards(count, model)} above {whose} of {phrase.number(limit)}"
