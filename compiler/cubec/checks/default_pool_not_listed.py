"""The default pool of a placement is not one of its pools.

Pods that name no pool go to `defaultPool`. It must be one of the placement's `pools`, or they would be sent to nodes that
the group may not use, and would wait for ever.

Bad:
    apiVersion: cubec.io/v1
    kind: NodePool
    metadata: {name: cpu}
    spec:
      cluster: ack
      nodes: {names: [worker09]}
      capacity: {cpu: 8, memory: 60Gi}
    ---
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
          defaultPool: cpu

Good:
    apiVersion: cubec.io/v1
    kind: NodePool
    metadata: {name: cpu}
    spec:
      cluster: ack
      nodes: {names: [worker09]}
      capacity: {cpu: 8, memory: 60Gi}
    ---
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      members: [{user: bob, role: developer}]
      placements:
        - cluster: ack
          pools: [gpu-t4, cpu]
          defaultPool: cpu
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model

RULE = Rule(
    "default-pool-not-listed", Severity.ERROR, "the default pool of a placement is not one of its pools", __doc__ or ""
)


def check(model: Model) -> Iterator[Diagnostic]:
    for group in model.groups.values():
        for placement in group.placements:
            name = placement.default_pool
            # a pool that does not exist is another matter
            if placement.pools and name not in placement.pools and name in model.pools:
                yield RULE.at(
                    placement.origin.at("defaultPool"),
                    f'default pool "{name}" is not among the pools of the placement',
                    hint=f'add "{name}" to pools, or write one that is there: {", ".join(placement.pools)}',
                    related=[Related(placement.origin.at("pools"), "pools of the placement are listed")],
                )
