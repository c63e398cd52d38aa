"""A pool lists its groups and lets everybody's pods in.

A pool that lists groups has a taint that keeps all other pods off its nodes. With reserved: false the taint is gone: groups
under cubec are still held to their pools, but pods in other namespaces of the cluster, which nobody holds to anything, may
land on these nodes and take the room of the groups that are listed.

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
      reserved: false

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

RULE = Rule("pool-reserved-open", Severity.WARNING, "a pool lists groups and keeps nobody off", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for pool in model.pools.values():
        if pool.groups is not None and not pool.reserved:
            yield RULE.at(
                pool.origin.at("spec", "reserved"),
                f'pods of anybody else may run on the nodes of pool "{pool.name}"',
                hint="leave reserved out, so that a taint keeps them off, or leave groups out to open the pool",
                related=[Related(pool.origin.at("spec", "groups"), "the groups that it is kept for")],
            )
