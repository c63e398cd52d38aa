"""A group may use a pool and does not.

A pool that lists groups is kept for them. A group that is on the list and has no placement with the pool cannot use it, so the
pool is set aside for nobody, or the group's file lacks a line.

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
      groups: [dev1, dev2]
    ---
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev1
    spec:
      gid: 10001
      volumes: [{volume: department1}]

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
      groups: [dev1, dev2]
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model

RULE = Rule("pool-groups-unused", Severity.WARNING, "a group may use a pool and does not", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    used = {(pool.name, placement.group.name) for placement in model.placements for pool in placement.pools}
    for pool in model.pools.values():
        for n, name in enumerate(pool.groups or ()):
            group = model.groups.get(name)
            if group and (pool.name, name) not in used and pool.cluster in model.clusters:
                yield RULE.at(
                    pool.origin.at("spec", "groups", n),
                    f'group "{name}" may use pool "{pool.name}", and no placement of it does',
                    hint=f"add the pool to the group's placement on cluster {pool.cluster}, or take the group off the list",
                    related=[Related(group.origin.at("spec", "placements"), f'the placements of group "{name}"')],
                )
