"""Borrowing, lending or a weight is set where no Kueue is there to do it.

Kubernetes' own quota is a fixed ceiling: what one group leaves idle stays idle. Borrowing, lending and weights are done by
Kueue, which a cluster declares in its capabilities. Without it these fields would do nothing. Those in the quota of a
namespace or in an envelope hold on all clusters of the group, so one of them must have Kueue.

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
    kind: Group
    metadata:
      name: dev1
    spec:
      gid: 10001
      volumes: [{volume: department1}]
      placements:
        - cluster: ack
          pools: [gpu-t4]
          quota:
            gpu: 1
            borrow: {gpu: 1}

Good:
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev1
    spec:
      gid: 10001
      volumes: [{volume: department1}]
      placements:
        - cluster: ack
          pools: [gpu-t4]
          quota:
            gpu: 1
            borrow: {gpu: 1}
"""

from collections.abc import Iterator, Sequence

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model
from cubec.model.quotas import Quota
from cubec.model.types import Cluster

RULE = Rule("kueue-only", Severity.ERROR, "a field needs Kueue, and the cluster has none", __doc__ or "")
_FIELDS = ("borrow", "lend", "weight")


def check(model: Model) -> Iterator[Diagnostic]:
    for group in model.groups.values():
        clusters = [model.clusters[item.cluster] for item in group.placements if item.cluster in model.clusters]
        for placement in group.placements:
            yield from _judge(placement.quota, [item for item in clusters if item.name == placement.cluster])
        if len(clusters) == len(group.placements):
            quotas = [group.envelope, *(namespace.quota for namespace in group.namespaces)]
            for quota in quotas:
                if quota is not None:
                    yield from _judge(quota, clusters)


def _judge(quota: Quota, clusters: Sequence[Cluster]) -> Iterator[Diagnostic]:
    if not clusters or any("kueue" in cluster.capabilities for cluster in clusters):
        return
    for field in _FIELDS:
        if getattr(quota, field) is not None:
            first = clusters[0]
            whose = (
                f'cluster "{first.name}" does not declare' if len(clusters) == 1 else "no cluster of the group declares"
            )
            yield RULE.at(
                quota.origin.key(field),
                f'"{field}" does nothing: {whose} Kueue',
                hint=f'remove it, or install Kueue and list "kueue" in the capabilities of cluster "{first.name}"',
                related=[
                    Related(first.origin.at("spec", "capabilities"), f'the capabilities of cluster "{first.name}"')
                ],
            )
