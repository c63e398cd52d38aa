"""Whether any node could take a pod: a pool that the pod names and tolerates, with nodes that are large enough."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cubec.model import cards, taints
from cubec.model.model import Placement, Site
from cubec.model.quantity import ZERO, Quantity, whole
from cubec.model.types import NodePool, Taint
from cubec.rehearsal import amounts
from cubec.rehearsal.findings import Finding, Outcome

_HOST = "kubernetes.io/hostname"
_STAGE = "pool"


def judged(placement: Placement, pod: Mapping[str, Any], *, placed: bool) -> tuple[tuple[NodePool, ...], list[Finding]]:
    """The pools where the pod can run, and what is to be said of them; of one that is refused, only what is too much for a node."""
    site = placement.site
    named = tuple(_named(site, pod))
    open_to = [pool for pool in named if not _kept_off(pool, pod)]
    short = {pool.name: list(_short(pool, pod)) for pool in open_to}
    fitting = tuple(pool for pool in open_to if not short[pool.name])
    if fitting:
        said = [_fits(pool) for pool in fitting]
    elif open_to:
        said = [_too_small(pool, short[pool.name], _larger(placement, pod)) for pool in open_to]
    else:
        said = [_nowhere(named, pod)] if placed else []
    return fitting, [*said, *_unknown(site, pod)]


def _named(site: Site, pod: Mapping[str, Any]) -> Iterator[NodePool]:
    """The pools that the node selector leaves."""
    selector = pod["spec"].get("nodeSelector", {})
    ours = {pool.label_key for pool in site.pools}
    for pool in site.pools:
        own = {pool.label_key: pool.label_value}
        host = selector.get(_HOST)
        if all(own.get(key) == value for key, value in selector.items() if key in ours) and (
            host is None or not pool.node_names or host in pool.node_names
        ):
            yield pool


def _kept_off(pool: NodePool, pod: Mapping[str, Any]) -> list[Taint]:
    tolerations = pod["spec"].get("tolerations", ())
    return [
        taint
        for taint in taints.taints(pool)
        if taint.effect != "PreferNoSchedule" and not any(_tolerates(one, taint) for one in tolerations)
    ]


def _tolerates(toleration: Mapping[str, Any], taint: Taint) -> bool:
    everything = toleration.get("operator") == "Exists"
    return (
        toleration.get("effect", taint.effect) == taint.effect
        and (toleration.get("key", "") == taint.key or (everything and "key" not in toleration))
        and (everything or toleration.get("value", "") == taint.value)
    )


def _short(pool: NodePool, pod: Mapping[str, Any]) -> Iterator[tuple[str, Quantity, Quantity]]:
    """Resources of which the pod asks more than one node has."""
    has = _of_node(pool)
    for resource, amount in amounts.asked(pod, "requests").items():
        there = has.get(resource, ZERO)
        if there is not None and amount > there:
            yield resource, amount, there


def _of_node(pool: NodePool) -> dict[str, Quantity | None]:
    """None: the document does not say how much."""
    has: dict[str, Quantity | None] = {
        "cpu": pool.cpu,
        "memory": pool.memory,
        "ephemeral-storage": pool.ephemeral_storage,
    }
    if pool.accelerator:
        resource, count = cards.units(pool.accelerator, cards.capacity(pool) / pool.count)
        has[resource] = whole(count)
    return has


def _fits(pool: NodePool) -> Finding:
    nodes = f"{pool.count} node{'' if pool.count == 1 else 's'}"
    has = ", ".join(f"{amount} {resource}" for resource, amount in _of_node(pool).items() if amount is not None)
    message = f"{pool.name}: {nodes}, each with {has}"
    return Finding(_STAGE, Outcome.PASSED, message, source=pool.origin.at())


def _too_small(pool: NodePool, short: Sequence[tuple[str, Quantity, Quantity]], larger: Sequence[NodePool]) -> Finding:
    parts = [f"{amount} {resource}, a node of {pool.name} has {there or 'none'}" for resource, amount, there in short]
    message = f"the pod never starts: it asks for {' and '.join(parts)}"
    ways = " or ".join(f'{other.label_key}: "{other.label_value}"' for other in larger)
    hint = f"write under nodeSelector of the pod or of its template: {ways}" if ways else "ask for what one node has"
    return Finding(_STAGE, Outcome.STUCK, message, hint, source=pool.origin.at("spec", "capacity"))


def _larger(placement: Placement, pod: Mapping[str, Any]) -> list[NodePool]:
    """The group's own pools whose nodes have all that the pod asks for."""
    return [pool for pool in placement.pools if not any(_short(pool, pod))]


def _nowhere(named: Sequence[NodePool], pod: Mapping[str, Any]) -> Finding:
    if not named:
        message = "the pod never starts: no pool has all that its nodeSelector asks for"
        return Finding(_STAGE, Outcome.STUCK, message, "name one pool under nodeSelector, or leave it out")
    pool = named[0]
    missing = " and ".join(f"{taint.key}={taint.value}" if taint.value else taint.key for taint in _kept_off(pool, pod))
    message = f"the pod never starts: it does not tolerate {missing}, which keeps it off {pool.name}"
    return Finding(_STAGE, Outcome.STUCK, message, f"add a toleration of {missing}", source=pool.origin.at())


def _unknown(site: Site, pod: Mapping[str, Any]) -> Iterator[Finding]:
    """What decides where a pod runs, and no document says."""
    ours = {_HOST, *(pool.label_key for pool in site.pools)}
    others = [key for key in pod["spec"].get("nodeSelector", {}) if key not in ours]
    if others:
        message = f"whether nodes have the label {' and '.join(others)} is not known offline"
        yield Finding(_STAGE, Outcome.NOTE, message)
    if pod["spec"].get("affinity"):
        yield Finding(
            _STAGE, Outcome.NOTE, "affinity is left to the scheduler: it can narrow the choice, never widen it"
        )
