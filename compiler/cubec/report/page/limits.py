"""What a namespace may use, as amounts and words: cards first, then what its quota limits; what is unlimited says so."""

from collections.abc import Iterator
from dataclasses import dataclass

from cubec.model.model import Placement, Share
from cubec.model.phrase import cards, number
from cubec.model.quotas import Limits, Quota

_COUNTS = (
    ("storage", "storage"),
    ("claims", "claims"),
    ("pods", "pods"),
    ("services", "services"),
    ("config_maps", "config maps"),
    ("secrets", "secrets"),
    ("node_ports", "node ports"),
    ("load_balancers", "load balancers"),
)
UNLIMITED = "unlimited"


@dataclass(frozen=True, slots=True)
class Limit:
    amount: str
    of: str


def limits(placement: Placement, share: Share) -> Iterator[Limit]:
    models = {pool.name: pool.accelerator.model for pool in placement.pools if pool.accelerator}
    for pool, count in sorted(share.cards.items()):
        if count:
            yield Limit(number(count), f"{models[pool]} of {pool}")
    if not any(share.cards.values()):
        yield Limit("no", "cards")
    for pool, count in sorted(share.borrowed.items()):
        if count:
            yield Limit(f"+{number(count)}", f"{models[pool]} of {pool} to borrow")
    yield from _compute(share)
    if share.per_pod:
        yield Limit(", ".join(f"{limit.amount} {limit.of}" for limit in _of(share.per_pod)), "in one pod")


def _compute(share: Share | Quota) -> Iterator[Limit]:
    for amount, of in ((share.cpu, "cpu"), (share.memory, "memory")):
        yield Limit(UNLIMITED if amount is None else str(amount), of)
    if share.ephemeral_storage is not None:
        yield Limit(str(share.ephemeral_storage), "disk on the node")
    for field, of in _COUNTS:
        value = getattr(share, field)
        if value or (value is not None and field not in {"node_ports", "load_balancers"}):
            yield Limit(str(value), of)
    for kind, count in share.jobs.items():
        yield Limit(str(count), kind)


def _of(largest: Limits) -> Iterator[Limit]:
    for item in largest.gpu or ():
        yield Limit(*cards(item.cards, item.model).split(" ", 1))
    for amount, of in ((largest.cpu, "cpu"), (largest.memory, "memory")):
        if amount is not None:
            yield Limit(str(amount), of)


def envelope(quota: Quota) -> Iterator[Limit]:
    """How far the group's owners may raise their quota by themselves; what it does not state they may not raise."""
    yield from _of(Limits(quota.cpu, quota.memory, quota.gpu))
    yield from (limit for limit in _compute(quota) if limit.of not in {"cpu", "memory"})
