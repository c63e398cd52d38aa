"""More cpu or memory is promised to groups than their pools may promise.

Quotas of cpu and memory are not bounded by the pools unless a pool says so: overcommit.cpu: 150% lets the quotas of those who
depend on the pool add up to one and a half times its cores. A quota of cpu is not tied to one pool, so what is judged are
groups that have no other choice: for each set of pools that some group is given, and for all bounded pools of a cluster
together, the quotas of the groups that can use only pools of that set may not add up to more than the set may promise.
Groups without a quota of cpu are promised nothing, and groups with a pool that sets no bound can always go there.

Bad:
    apiVersion: cubec.io/v1
    kind: NodePool
    metadata:
      name: gpu-t4
    spec:
      cluster: ack
      nodes:
        names: [worker01, worker02, worker03]
      capacity: {cpu: 4, memory: 30Gi}
      accelerator: {model: T4, count: 1}
      overcommit: {cpu: 50%}

Good:
    apiVersion: cubec.io/v1
    kind: NodePool
    metadata:
      name: gpu-t4
    spec:
      cluster: ack
      nodes:
        names: [worker01, worker02, worker03]
      capacity: {cpu: 4, memory: 30Gi}
      accelerator: {model: T4, count: 1}
      overcommit: {cpu: 100%}
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model import phrase
from cubec.model.model import Model, Placement
from cubec.model.quantity import ZERO, Quantity
from cubec.model.types import NodePool

RULE = Rule(
    "over-commit-compute", Severity.ERROR, "more cpu or memory is promised than pools may promise", __doc__ or ""
)
_SHOWN = 10
_Set = frozenset[str]  # of pools


def check(model: Model) -> Iterator[Diagnostic]:
    for resource in ("cpu", "memory"):
        bounds = {
            name: Quantity(getattr(pool, resource).nano * pool.count * share // 100, getattr(pool, resource).binary)
            for name, pool in model.pools.items()
            if (share := getattr(pool, f"overcommit_{resource}")) is not None
        }
        if bounds:
            yield from _judge(model, resource, bounds)


def _judge(model: Model, resource: str, bounds: Mapping[str, Quantity]) -> Iterator[Diagnostic]:
    bound_to: dict[_Set, list[Placement]] = defaultdict(list)
    for placement in model.placements:
        pools = frozenset(pool.name for pool in placement.pools)
        if pools and pools <= bounds.keys() and getattr(placement.spec.quota, resource) is not None:
            bound_to[pools].append(placement)
    beginning: dict[str, list[_Set]] = defaultdict(list)
    for pools in bound_to:
        beginning[min(pools)].append(pools)
    told: list[_Set] = []
    for pools in sorted({*bound_to, *_whole_clusters(model, bounds)}, key=lambda names: (len(names), sorted(names))):
        inside = [other for name in pools for other in beginning.get(name, ()) if other <= pools]
        placements = [placement for other in inside for placement in bound_to[other]]
        promised = sum((getattr(placement.spec.quota, resource) for placement in placements), ZERO)
        most = sum((bounds[name] for name in pools), ZERO)
        if promised > most and not any(smaller <= pools for smaller in told):
            told.append(pools)
            yield _over([model.pools[name] for name in sorted(pools)], resource, (promised, most), placements)


def _whole_clusters(model: Model, bounds: Mapping[str, Quantity]) -> Iterator[_Set]:
    for site in model.sites.values():
        yield frozenset(pool.name for pool in site.pools if pool.name in bounds)


def _over(
    pools: Sequence[NodePool], resource: str, amounts: tuple[Quantity, Quantity], placements: Sequence[Placement]
) -> Diagnostic:
    names = phrase.pools((pool.name for pool in pools), "these")
    largest = sorted(
        placements, key=lambda placement: (-getattr(placement.spec.quota, resource).nano, placement.group.name)
    )
    return RULE.at(
        pools[0].origin.at("spec", "overcommit", resource),
        f"{resource} {amounts[0]} is promised to groups that have only {names}, which may promise {amounts[1]}",
        hint=f"lower one of the quotas, add a node, or raise overcommit.{resource} of the pool",
        related=[
            Related(
                placement.spec.quota.origin.at(resource),
                f'group "{placement.group.name}" is promised {getattr(placement.spec.quota, resource)}',
            )
            for placement in largest[:_SHOWN]
        ],
    )
