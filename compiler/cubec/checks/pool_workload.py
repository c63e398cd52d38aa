"""A namespace is for work that none of its pools is for.

A pool may say what it is for: train, notebook or service. A namespace that is for notebooks only, in a group whose pools are all
for training, has nowhere to run them. Namespaces that do not say what they are for take what the pools offer.

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
      workloads: [train]
    ---
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev1
    spec:
      gid: 10001
      volumes: [{volume: department1}]
      namespaces:
        - {name: dev1, workloads: [notebook]}
      placements:
        - {cluster: ack, pools: [gpu-t4]}

Good:
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev1
    spec:
      gid: 10001
      volumes: [{volume: department1}]
      namespaces:
        - {name: dev1, workloads: [notebook]}
      placements:
        - {cluster: ack, pools: [gpu-t4]}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model import asked, written
from cubec.model.model import Model

RULE = Rule("pool-workload", Severity.WARNING, "a namespace is for work that no pool is for", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for group, placements in asked.by_group(model):
        pools = [pool for placement in placements for pool in placement.pools]
        served = {workload for pool in pools for workload in pool.workloads}
        for namespace in group.namespaces:
            for n, workload in enumerate(namespace.workloads):
                stated = workload not in served and pools and written.value(namespace.origin, "workloads")
                if stated:
                    yield RULE.at(
                        namespace.origin.at("workloads", n),
                        f'namespace "{namespace.name}" is for {workload}, and no pool of group "{group.name}" is',
                        hint=f"add {workload} to the workloads of a pool, add a pool that has it, or take it out here",
                        related=[
                            Related(pool.origin.at("spec", "workloads"), f'what pool "{pool.name}" is for')
                            for pool in pools[:3]
                        ],
                    )
