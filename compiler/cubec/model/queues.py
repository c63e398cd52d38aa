"""How Kueue's cluster-wide objects are called, and what a queue counts. The names of documents never hold ``--``."""

from collections.abc import Iterable
from functools import lru_cache

from cubec.model import cards
from cubec.model.model import Placement, Site
from cubec.model.quantity import ZERO, Quantity, parse
from cubec.model.types import NodePool

ANY_FLAVOR = "any--pool"  # for cpu and memory, which are counted wherever they are
LOCAL_QUEUE = "default"  # where Kueue puts a job that names no queue

_BOUNDLESS = parse("1Ei")  # for what a pool does not say how much it has of


def cluster_cohort(site: Site) -> str:
    return f"cluster--{site.cluster.name}"


def flavored(pools: Iterable[NodePool]) -> tuple[NodePool, ...]:
    """The pools that have a flavor of their own: those with cards."""
    return tuple(pool for pool in pools if pool.accelerator)


def resource(pool: NodePool) -> str:
    """The extended resource that a pool's cards are counted in."""
    return cards.units(pool.accelerator, cards.NONE)[0] if pool.accelerator else ""


def group_cohort(placement: Placement) -> str:
    """The cohort in which a group's own namespaces share first; empty where there is one namespace only."""
    return placement.group.name if len(placement.namespaces) > 1 else ""


@lru_cache(maxsize=256)  # groups share their pools with others
def everything(pools: tuple[NodePool, ...]) -> tuple[Quantity, Quantity, Quantity]:
    """All processors, memory and ephemeral storage of the pools' nodes."""
    return (
        _total([pool.cpu * pool.count for pool in pools]),
        _total([pool.memory * pool.count for pool in pools]),
        _total([pool.ephemeral_storage and pool.ephemeral_storage * pool.count for pool in pools]),
    )


def _total(amounts: list[Quantity | None]) -> Quantity:
    if None in amounts:
        return _BOUNDLESS
    return sum((amount for amount in amounts if amount), ZERO)
