"""Cards of several models count as one resource, so that a quota cannot tell them apart.

A device plugin offers all cards of a vendor under one name, such as nvidia.com/gpu, and Kubernetes' quota counts that name: who
has 2(T4) and may also use a V100 pool can take two V100 cards. Kueue keeps the models apart. Without it, make a group for
each model, or let the device plugin name the models differently (accelerator.resource).

Bad:
    apiVersion: cubec.io/v1
    kind: Cluster
    metadata:
      name: ack
    spec:
      kubernetes: "1.36"
      server: https://ack.example.com:6443
      secrets: {mode: external-secrets, store: {name: vault}}
      capabilities: [kubeflow-training, external-secrets]
    ---
    apiVersion: cubec.io/v1
    kind: NodePool
    metadata:
      name: gpu-v100
    spec:
      cluster: ack
      nodes: {names: [worker11]}
      capacity: {cpu: 32, memory: 256Gi}
      accelerator: {model: V100, count: 4}
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
          pools: [gpu-t4, gpu-v100]
          quota: {gpu: 1(T4)}

Good:
    apiVersion: cubec.io/v1
    kind: NodePool
    metadata:
      name: gpu-v100
    spec:
      cluster: ack
      nodes: {names: [worker11]}
      capacity: {cpu: 32, memory: 256Gi}
      accelerator: {model: V100, count: 4}
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
          pools: [gpu-t4, gpu-v100]
          quota: {gpu: 1(T4)}
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model import cards, phrase
from cubec.model.model import Model, Placement
from cubec.model.types import NodePool

RULE = Rule(
    "gpu-models-not-separable", Severity.WARNING, "a quota cannot tell the models of cards apart", __doc__ or ""
)


def check(model: Model) -> Iterator[Diagnostic]:
    for placement in model.placements:
        if not placement.site.kueue and len(cards.models(placement.pools)) > 1:
            yield from _judge(placement)


def _judge(placement: Placement) -> Iterator[Diagnostic]:
    by_resource: Mapping[str, dict[str, NodePool]] = defaultdict(dict)
    for pool in placement.pools:
        if pool.accelerator:
            resource, _ = cards.units(pool.accelerator, cards.NONE)
            by_resource[resource].setdefault(pool.accelerator.model, pool)
    for resource, models in by_resource.items():
        for namespace in placement.namespaces:
            laid = namespace.share.cards
            if len(models) > 1 and any(pool.name in laid for pool in placement.pools if _counts(pool, resource)):
                names = phrase.joined(models)
                yield RULE.at(
                    namespace.share.origin.at("gpu"),
                    f'{names} all count as {resource} on cluster "{placement.site.cluster.name}": '
                    "the quota can only hold their sum",
                    hint='make a group for each model, or install Kueue and list "kueue" in the capabilities of the cluster',
                    related=[
                        Related(pool.origin.at("spec", "accelerator"), f'pool "{pool.name}" has {name}')
                        for name, pool in models.items()
                    ],
                )


def _counts(pool: NodePool, resource: str) -> bool:
    return pool.accelerator is not None and cards.units(pool.accelerator, cards.NONE)[0] == resource
