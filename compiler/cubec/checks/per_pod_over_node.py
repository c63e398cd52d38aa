"""The largest single pod may be larger than any node.

A pod runs on one node, so a pod that is larger than every node of its pools waits for ever. perPod is there to say so at once:
write what the largest node offers, or less, since every node keeps a little for itself.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev2
    spec:
      gid: 10002
      volumes: [{volume: department1}]
      placements:
        - cluster: ack
          pools: [gpu-t4]
          quota:
            cpu: 8
            perPod: {cpu: 8}

Good:
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev2
    spec:
      gid: 10002
      volumes: [{volume: department1}]
      placements:
        - cluster: ack
          pools: [gpu-t4]
          quota:
            cpu: 8
            perPod: {cpu: 4}
"""

from collections.abc import Iterator, Sequence

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model import asked, cards, phrase
from cubec.model.model import Model
from cubec.model.quotas import Quota
from cubec.model.types import NodePool

RULE = Rule("per-pod-over-node", Severity.WARNING, "one pod may be larger than any node", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for placement in model.placements:
        if placement.spec.quota.per_pod and asked.settled(model, placement):
            yield from _judge(placement.spec.quota, placement.pools)
    for group, placements in asked.by_group(model):
        pools = [pool for placement in placements for pool in placement.pools]
        for namespace in group.namespaces:
            if namespace.quota and namespace.quota.per_pod:
                yield from _judge(namespace.quota, pools)


def _judge(quota: Quota, pools: Sequence[NodePool]) -> Iterator[Diagnostic]:
    largest = quota.per_pod
    if largest is None or not pools:
        return
    for resource in ("cpu", "memory"):
        one, node = getattr(largest, resource), max(pools, key=lambda pool: getattr(pool, resource))
        most = getattr(node, resource)
        if one is not None and one > most:
            yield _over(quota, resource, (f"{resource} {one}", str(most)), node, ("capacity", resource))
    for model, count in cards.by_model(largest.gpu or (), pools).items():
        with_model = [pool for pool in pools if pool.accelerator and pool.accelerator.model == model]
        node = max(with_model, key=lambda pool: pool.accelerator.count if pool.accelerator else 0)
        most = node.accelerator.count if node.accelerator else 0
        if count > most:
            yield _over(quota, "gpu", (phrase.cards(count, model), str(most)), node, ("accelerator", "count"))


def _over(quota: Quota, resource: str, words: tuple[str, str], node: NodePool, field: tuple[str, str]) -> Diagnostic:
    one, most = words
    return RULE.at(
        quota.origin.at("perPod", resource),
        f"one pod may have {one}, and the largest node has {most}",
        hint=f"write {most} or less, or add a pool with larger nodes",
        related=[Related(node.origin.at("spec", *field), f'a node of pool "{node.name}" has {most}')],
    )
