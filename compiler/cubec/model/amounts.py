"""What a quota limits, field by field, in the words of the document: everything but cards, which pools must be asked about."""

from collections.abc import Iterator, Mapping, Sequence

from cubec.model.quantity import Quantity, whole
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


def amount(quota: Quota, key: str) -> Quantity | None:
    """What the quota says at ``key``; None where it says nothing."""
    value = getattr(quota, FIELDS[key])
    return value if value is None or isinstance(value, Quantity) else whole(value)


def stated(quota: Quota) -> Iterator[tuple[Pointer, Quantity]]:
    """Each amount that a quota limits, with its place in the quota."""
    for key in FIELDS:
        value = amount(quota, key)
        if value is not None:
            yield (key,), value
    for kind, count in quota.jobs.items():
        yield ("jobs", kind), whole(count)


def held(key: str, pools: Sequence[NodePool]) -> Quantity | None:
    """What the nodes of all pools hold together; None where one of them does not say."""
    total = Quantity(0)
    for pool in pools:
        value = getattr(pool, FIELDS[key])
        if value is None:
            return None
        total += (value if isinstance(value, Quantity) else whole(value)) * pool.count
    return total
