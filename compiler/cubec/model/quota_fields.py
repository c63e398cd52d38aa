"""What a quota limits, field by field, in the words of the document: everything but cards, which pools must be asked about."""

from collections.abc import Iterator, Mapping, Sequence

from cubec.model.quantity import ZERO, Quantity, whole
from cubec.model.quotas import Quota
from cubec.model.types import NodePool
from cubec.source.document import Pointer

FIELDS: Mapping[str, str] = {
    "cpu": "cpu",
    "memory": "memory",
    "ephemeralStorage": "ephemeral_storage",
    "storage": "storage",
    "claims": "claims",
    "pods": "pods",
    "services": "services",
    "nodePorts": "node_ports",
    "loadBalancers": "load_balancers",
    "configMaps": "config_maps",
    "secrets": "secrets",
}


def amount(limits: Quota | NodePool, key: str) -> Quantity | None:
    """One amount of a quota, or of a node; None where it is not limited, or not said."""
    value = getattr(limits, FIELDS[key])
    return value if value is None or isinstance(value, Quantity) else whole(value)


def stated(quota: Quota) -> Iterator[tuple[Pointer, Quantity]]:
    """Yield each amount that a quota limits, with its place in the quota."""
    for key in FIELDS:
        found = amount(quota, key)
        if found is not None:
            yield (key,), found
    for kind, count in quota.jobs.items():
        yield ("jobs", kind), whole(count)


def held(key: str, pools: Sequence[NodePool]) -> Quantity | None:
    """How much of a resource the nodes of all pools hold together; None where one of them does not say."""
    total = ZERO
    for pool in pools:
        one = amount(pool, key)
        if one is None:
            return None
        total += one * pool.count
    return total
