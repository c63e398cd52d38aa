"""What keeps pods off a pool's nodes, and what a pod must tolerate to run there."""

from collections.abc import Iterable

from cubec.model.types import NodePool, Taint

RESERVED = "cubec.io/pool"  # the taint of a reserved pool; its value is the pool's name


def taints(pool: NodePool) -> tuple[Taint, ...]:
    """The taints that the upkeep job puts on the pool's nodes: the one that reserves it, then those of its document."""
    reserved = (Taint(RESERVED, pool.name, "NoSchedule"),) if pool.reserved else ()
    return (*reserved, *pool.taints)


def toleration(taint: Taint) -> dict[str, str]:
    value = {"value": taint.value} if taint.value else {}
    return {"key": taint.key, "operator": "Equal", **value, "effect": taint.effect}


def holders(pools: Iterable[NodePool]) -> dict[Taint, tuple[str, ...]]:
    """Each taint once, with the names of the pools that have it."""
    found: dict[Taint, tuple[str, ...]] = {}
    for pool in pools:
        for taint in dict.fromkeys(taints(pool)):
            found[taint] = (*found.get(taint, ()), pool.name)
    return found
