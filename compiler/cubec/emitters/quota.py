"""ResourceQuota and LimitRange of each namespace.

Cards of every kind that the cluster has are always in the quota, 0 where none are given: cards are never unlimited. Where
Kueue queues the work, the quota is a ceiling of what is guaranteed and what may be borrowed, and speaks of requests
only, as Kueue does: a job that Kueue has admitted must not be refused afterwards.
"""

from collections.abc import Iterator
from functools import lru_cache

from cubec.manifest import Manifest
from cubec.model import cards, names
from cubec.model.model import Namespace, Placement, Share
from cubec.model.quantity import ZERO, whole
from cubec.model.quotas import Compute
from cubec.yaml_text import Shared

FILE = "quota.yaml"

_COUNTS = (
    ("persistentvolumeclaims", "claims"),
    ("pods", "pods"),
    ("services", "services"),
    ("services.nodeports", "node_ports"),
    ("services.loadbalancers", "load_balancers"),
    ("configmaps", "config_maps"),
    ("secrets", "secrets"),
)


def emit(placement: Placement) -> Iterator[Manifest]:
    for namespace in placement.namespaces:
        origin = names.source(placement.group.origin, *_entry(placement, namespace))
        hard = _hard(placement, namespace.share)
        yield Manifest("ResourceQuota", "quota", namespace.name, origin, {"spec": {"hard": hard}})
        limits = _limits(placement.site.platform.container, *_largest(namespace.share))
        yield Manifest("LimitRange", "defaults", namespace.name, origin, limits)


def _entry(placement: Placement, namespace: Namespace) -> tuple[str, ...]:
    if namespace.spec.quota is not None:
        return "namespaces", namespace.name, "quota"
    return "placements", placement.site.cluster.name, "quota"


def _hard(placement: Placement, share: Share) -> dict[str, str]:
    hard: dict[str, str] = {}
    borrowed = {"cpu": share.borrow and share.borrow.cpu, "memory": share.borrow and share.borrow.memory}
    for resource, amount in (
        ("cpu", share.cpu),
        ("memory", share.memory),
        ("ephemeral-storage", share.ephemeral_storage),
    ):
        if amount is None:
            continue
        ceiling = str(amount + (borrowed.get(resource) or ZERO))
        hard[f"requests.{resource}"] = ceiling
        if not placement.site.kueue:
            hard[f"limits.{resource}"] = ceiling
    for resource, count in cards.resources(placement.site.pools, placement.pools, share.cards, share.borrowed).items():
        hard[f"requests.{resource}"] = str(whole(count))
    if share.storage is not None:
        hard["requests.storage"] = str(share.storage)
    for name, field in _COUNTS:
        count = getattr(share, field)
        if count is not None:
            hard[name] = str(whole(count))
    for kind, count in sorted(share.jobs.items()):
        hard[f"count/{kind}"] = str(whole(count))
    if placement.group.state != "active":
        hard["pods"] = "0"  # what runs goes on, nothing new starts
    return hard


def _largest(share: Share) -> tuple[tuple[str, str], ...]:
    """What the containers of one pod may have together, by resource, where the quota says so."""
    limits = share.per_pod
    if limits is None or not (limits.cpu or limits.memory):
        return ()
    amounts = (("cpu", limits.cpu), ("memory", limits.memory))
    return tuple((name, str(amount)) for name, amount in amounts if amount is not None)


@lru_cache(maxsize=256)
def _limits(container: Compute, *largest: tuple[str, str]) -> Shared:
    """Defaults for containers that state nothing. An extended resource under Container would become a default itself."""
    limits: list[dict[str, object]] = [
        {
            "type": "Container",
            "default": {"cpu": str(container.cpu.limit), "memory": str(container.memory.limit)},
            "defaultRequest": {"cpu": str(container.cpu.request), "memory": str(container.memory.request)},
        }
    ]
    if largest:
        limits.append({"type": "Pod", "max": dict(largest)})
    return Shared({"spec": {"limits": limits}})
