"""A placement names a pool of another cluster.

A pool is a set of nodes of one cluster, and a placement says where a group runs on one cluster, so the pools of a placement
must be that cluster's. For work on another cluster the group needs a placement of its own there.

Bad:
    apiVersion: cubec.io/v1
    kind: Cluster
    metadata: {name: dev}
    spec:
      kubernetes: "1.36"
      server: https://dev.example.com:6443
    ---
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      members: [{user: bob, role: developer}]
      placements:
        - cluster: dev
          pools: [gpu-t4]

Good:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      members: [{user: bob, role: developer}]
      placements:
        - cluster: ack
          pools: [gpu-t4]
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model import reference
from cubec.model.model import Model
from cubec.model.tenants import PlacementSpec
from cubec.model.types import NodePool

RULE = Rule("foreign-pool", Severity.ERROR, "a placement names a pool of another cluster", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for group in model.groups.values():
        for placement in group.placements:
            if placement.cluster in model.clusters:
                yield from _foreign(placement, model)


def _foreign(placement: PlacementSpec, model: Model) -> Iterator[Diagnostic]:
    default = () if placement.default_pool in placement.pools else (placement.default_pool,)
    for n, name in enumerate((*placement.pools, *default)):
        pool = model.pools.get(name)
        if pool and pool.cluster != placement.cluster:
            where = ("pools", n) if n < len(placement.pools) else ("defaultPool",)
            yield RULE.at(
                placement.origin.at(*where),
                f'pool "{name}" is in cluster "{pool.cluster}", not in "{placement.cluster}"',
                hint=_hint(placement, pool, model),
                related=[Related(pool.origin.at("spec", "cluster"), f'pool "{name}" names its cluster')],
            )


def _hint(placement: PlacementSpec, pool: NodePool, model: Model) -> str:
    own = {name: item for name, item in model.pools.items() if item.cluster == placement.cluster}
    instead = f"write a pool of this cluster ({reference.listing(own)})" if own else "leave it out"
    return f'{instead}, or add a placement for cluster "{pool.cluster}"'
