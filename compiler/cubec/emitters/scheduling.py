"""The queues of a group: what its jobs are sure to get, what they may borrow, and what others may borrow of it.

A ClusterQueue has the name of its namespace, so that queue and ResourceQuota of a namespace hold the same numbers.
Processors and memory are counted wherever they are; cards are counted by pool. What the group does not limit is as much as
its pools have, and is neither borrowed nor lent. Whatever a job may ask for must be covered, or it would wait for ever.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from cubec.manifest import Manifest
from cubec.model import cards, names, queues
from cubec.model.model import Namespace, Placement, Share
from cubec.model.quantity import ZERO, Quantity, whole
from cubec.model.quotas import Limits
from cubec.model.types import NodePool
from cubec.yaml_text import Shared

FILE = "scheduling.yaml"

# Lent cards come back to whom they belong; among a group's own jobs it is as the platform's priorities say.
_PREEMPTION = {
    preempts: Shared(
        {
            "reclaimWithinCohort": "Any",
            "borrowWithinCohort": {"policy": "Never"},
            "withinClusterQueue": "LowerPriority" if preempts else "Never",
        }
    )
    for preempts in (False, True)
}


def emit(placement: Placement) -> Iterator[Manifest]:
    if not placement.site.kueue:
        return
    asked = names.source(placement.group.origin, "placements", placement.site.cluster.name, "quota")
    root, own = queues.cluster_cohort(placement.site), queues.group_cohort(placement)
    if own:
        yield Manifest("Cohort", own, "", asked, {"spec": {"parentName": root}})
    for namespace in placement.namespaces:
        entry = ("namespaces", namespace.name, "quota")
        origin = names.source(placement.group.origin, *entry) if namespace.spec.quota else asked
        queue = _queue(placement, namespace, own or root)
        yield Manifest("ClusterQueue", namespace.name, "", origin, {"spec": queue})
        local = {"spec": {"clusterQueue": namespace.name}}
        yield Manifest("LocalQueue", queues.LOCAL_QUEUE, namespace.name, origin, local)


def _queue(placement: Placement, namespace: Namespace, cohort: str) -> dict[str, Any]:
    weight = namespace.share.weight
    return {
        "cohortName": cohort,
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace.name}},
        "queueingStrategy": "BestEffortFIFO",
        "preemption": _PREEMPTION[any(priority.preempts for priority in placement.site.platform.priorities)],
        **({"fairSharing": {"weight": str(weight)}} if weight is not None else {}),
        "resourceGroups": [_anywhere(placement, namespace.share), *_by_pool(placement, namespace.share)],
        **({"stopPolicy": "Hold"} if placement.group.state != "active" else {}),
    }


def _anywhere(placement: Placement, share: Share) -> dict[str, Any]:
    borrow, lend = share.borrow or Limits(), share.lend or Limits()
    cpu, memory, storage = queues.everything(placement.pools)
    resources = [
        _counted("cpu", share.cpu, cpu, borrow.cpu, lend.cpu),
        _counted("memory", share.memory, memory, borrow.memory, lend.memory),
        _counted("ephemeral-storage", share.ephemeral_storage, storage, None, None),
    ]
    if share.pods is not None:
        resources.append(_resource("pods", whole(share.pods), ZERO, None))
    return _resource_group([(queues.ANY_FLAVOR, resources)])


def _counted(
    name: str, limit: Quantity | None, everything: Quantity, borrowed: Quantity | None, lent: Quantity | None
) -> dict[str, str]:
    if limit is None:
        return _resource(name, everything, ZERO, ZERO)
    return _resource(name, limit, borrowed or ZERO, lent)


def _by_pool(placement: Placement, share: Share) -> Iterator[dict[str, Any]]:
    """One resource group for each kind of card: a flavor, and so a pool, may be in one only, and each pool has one kind."""
    by_resource: dict[str, list[NodePool]] = {}
    for pool in queues.flavored(placement.pools):
        by_resource.setdefault(queues.resource(pool), []).append(pool)
    for name, pools in by_resource.items():
        yield _resource_group([(pool.name, [_cards(name, pool, share)]) for pool in pools])


def _cards(name: str, pool: NodePool, share: Share) -> dict[str, str]:
    lent = None if share.lent is None else _units(pool, share.lent.get(pool.name, cards.NONE))
    sure = _units(pool, share.cards.get(pool.name, cards.NONE))
    return _resource(name, sure, _units(pool, share.borrowed.get(pool.name, cards.NONE)), lent)


def _units(pool: NodePool, count: Decimal) -> Quantity:
    return whole(cards.units(pool.accelerator, count)[1]) if pool.accelerator else ZERO


def _resource(name: str, nominal: Quantity, borrowed: Quantity, lent: Quantity | None) -> dict[str, str]:
    # nobody can lend more than there is, and Kueue refuses a limit that says so
    lending = {} if lent is None else {"lendingLimit": str(min(lent, nominal))}
    return {"name": name, "nominalQuota": str(nominal), "borrowingLimit": str(borrowed), **lending}


def _resource_group(flavors: list[tuple[str, list[dict[str, str]]]]) -> dict[str, Any]:
    return {
        "coveredResources": [resource["name"] for resource in flavors[0][1]],
        "flavors": [{"name": name, "resources": resources} for name, resources in flavors],
    }
