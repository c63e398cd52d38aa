"""What a quota limits, field by field, in the words of the document: everything but cards, which pools must be asked about."""

from collections.abc import Iterator, Mapping, Sequence

from cubec.model.model import Namespace
from cubec.model.quantity import Quantity, whole
from cubec.model.types import NodePool, Quota
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


def stated(quota: Quota | Namespace) -> Iterator[tuple[Pointer, Quantity]]:
    """Yield each amount that a quota, or the share of a namespace, limits, with its place in the quota."""
    limits = quota.share if isinstance(quota, Namespace) else quota
    for key, field in FIELDS.items():
        amount = getattr(limits, field)
        if amount is not None:
            yield (key,), amount if isinstance(amount, Quantity) else whole(amount)
    for kind, count in limits.jobs.items():
        yield ("jobs", kind), whole(count)


def held(pools: Sequence[NodePool]) -> dict[str, Quantity]:
    """What the nodes of all pools hold together; a field that one of them does not state is left out."""
    sums: dict[str, Quantity] = {}
    for key in ("cpu", "memory", "ephemeralStorage", "pods"):
        figures = [getattr(pool, FIELDS[key]) for pool in pools]
        if pools and None not in figures:
            amounts = [figure if isinstance(figure, Quantity) else whole(figure) for figure in figures]
            each = [amount * pool.count for amount, pool in zip(amounts, pools, strict=True)]
            sums[key] = sum(each[1:], each[0])
    return sums
