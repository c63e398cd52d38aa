"""A pool that is open to everybody is used by no group.

No placement names the pool, so its nodes stand idle, except for what nobody manages. It may be on its way in or out; if not, a
placement was forgotten. Pools that carry components of cube-studio are in use without a group, and those that list groups are
judged group by group (pool-groups-unused).

Bad:
    apiVersion: cubec.io/v1
    kind: NodePool
    metadata:
      name: spare
    spec:
      cluster: ack
      nodes: {names: [worker04]}
      capacity: {cpu: 4, memory: 30Gi}

Good:
    apiVersion: cubec.io/v1
    kind: NodePool
    metadata:
      name: spare
    spec:
      cluster: ack
      nodes: {names: [worker04]}
      capacity: {cpu: 4, memory: 30Gi}
    ---
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev1
    spec:
      gid: 10001
      volumes: [{volume: department1}]
      placements:
        - cluster: ack
          pools: [gpu-t4, spare]
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model

RULE = Rule("pool-unused", Severity.WARNING, "an open pool is used by no group", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    if not model.complete:
        return
    used = {pool.name for placement in model.placements for pool in placement.pools}
    for name, pool in model.pools.items():
        meant = pool.groups is None and not pool.components and pool.cluster in model.clusters
        if meant and name not in used:
            yield RULE.at(
                pool.origin.at("metadata", "name"),
                f'no group uses pool "{name}"',
                hint=f"add it to the pools of a group's placement on cluster {pool.cluster}, or remove the pool",
            )
