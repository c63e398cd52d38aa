"""A placement names a pool that other groups have for themselves.

A pool with a list of `groups` belongs to those groups alone, and the list is the word of whoever runs the pool. A group
cannot let itself in: its placement and the pool's list must agree.

Bad:
    apiVersion: cubec.io/v1
    kind: NodePool
    metadata: {name: gpu-v100}
    spec:
      cluster: ack
      nodes: {names: [worker09]}
      capacity: {cpu: 8, memory: 60Gi}
      accelerator: {model: V100, count: 4}
      groups: [dev2]
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
          pools: [gpu-t4, gpu-v100]

Good:
    apiVersion: cubec.io/v1
    kind: NodePool
    metadata: {name: gpu-v100}
    spec:
      cluster: ack
      nodes: {names: [worker09]}
      capacity: {cpu: 8, memory: 60Gi}
      accelerator: {model: V100, count: 4}
      groups: [dev1, dev2]
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
          pools: [gpu-t4, gpu-v100]
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model
from cubec.model.tenants import Group, PlacementSpec

RULE = Rule("pool-not-granted", Severity.ERROR, "a placement names a pool that is not open to the group", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    closed = {name: frozenset(pool.groups) for name, pool in model.pools.items() if pool.groups is not None}
    for group in model.groups.values() if closed else ():
        for placement in group.placements:
            for name, where in _named(placement):
                if name in closed and group.name not in closed[name]:
                    yield _refused(model, group, name, placement, where)


def _named(placement: PlacementSpec) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    for n, name in enumerate(placement.pools):
        yield name, ("pools", n)
    if placement.default_pool not in placement.pools:
        yield placement.default_pool, ("defaultPool",)


def _refused(
    model: Model, group: Group, name: str, placement: PlacementSpec, where: tuple[str | int, ...]
) -> Diagnostic:
    return RULE.at(
        placement.origin.at(*where),
        f'pool "{name}" is not open to group "{group.name}"',
        hint=f'ask the owners of the pool to add "{group.name}" to its groups, or leave the pool out',
        related=[Related(model.pools[name].origin.at("spec", "groups"), f'groups of pool "{name}" are listed')],
    )
