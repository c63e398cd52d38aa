"""The nodes of one pool carry the label that stands for another pool.

Pods are sent to a pool by its label. Two pools of a cluster with the same label are one pool to Kubernetes, and a pool whose
further labels contain another pool's label takes in that pool's pods. Give each pool a label of its own, or leave label
out: then the upkeep job sets one that no other pool has.

Bad:
    apiVersion: cubec.io/v1
    kind: NodePool
    metadata:
      name: spot
    spec:
      cluster: ack
      nodes: {selector: {cloud.example.com/market: spot}, count: 2}
      capacity: {cpu: 4, memory: 30Gi}
      label: {cloud.example.com/pool: cpu}
    ---
    apiVersion: cubec.io/v1
    kind: NodePool
    metadata:
      name: steady
    spec:
      cluster: ack
      nodes: {selector: {cloud.example.com/market: steady}, count: 2}
      capacity: {cpu: 4, memory: 30Gi}
      label: {cloud.example.com/pool: cpu}

Good:
    apiVersion: cubec.io/v1
    kind: NodePool
    metadata:
      name: spot
    spec:
      cluster: ack
      nodes: {selector: {cloud.example.com/market: spot}, count: 2}
      capacity: {cpu: 4, memory: 30Gi}
      label: {cloud.example.com/pool: spot}
    ---
    apiVersion: cubec.io/v1
    kind: NodePool
    metadata:
      name: steady
    spec:
      cluster: ack
      nodes: {selector: {cloud.example.com/market: steady}, count: 2}
      capacity: {cpu: 4, memory: 30Gi}
      label: {cloud.example.com/pool: steady}
"""

from collections.abc import Iterator, Mapping

from cubec.diagnostics import Diagnostic, Position, Related, Rule, Severity
from cubec.model.model import Model
from cubec.model.types import NodePool

RULE = Rule("pool-label-clash", Severity.ERROR, "nodes carry the label of another pool", __doc__ or "")
_Label = tuple[str, str]


def check(model: Model) -> Iterator[Diagnostic]:
    for site in model.sites.values():
        holders: dict[_Label, NodePool] = {}
        for pool in site.pools:
            other = holders.setdefault((pool.label_key, pool.label_value), pool)
            if other is not pool:
                yield _clash(pool, other, pool.origin.at("spec", "label", pool.label_key))
        for pool in site.pools:
            yield from _further(pool, holders)


def _further(pool: NodePool, holders: Mapping[_Label, NodePool]) -> Iterator[Diagnostic]:
    for label in (*pool.labels.items(), *pool.node_selector.items()):
        other = holders.get(label)
        if other and other.name != pool.name and label != (pool.label_key, pool.label_value):
            field = ("labels",) if label in pool.labels.items() else ("nodes", "selector")
            yield _clash(pool, other, pool.origin.at("spec", *field, label[0]))


def _clash(pool: NodePool, other: NodePool, place: Position) -> Diagnostic:
    return RULE.at(
        place,
        f'the nodes of pool "{pool.name}" carry the label of pool "{other.name}"',
        hint="give each pool a label of its own, or leave label out and let the upkeep job set one",
        related=[Related(other.origin.at("spec", "label", other.label_key), f'the label of pool "{other.name}"')],
    )
