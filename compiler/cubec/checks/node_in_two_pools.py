"""A node belongs to two pools.

A node carries the label and the taint of one pool, and its cards are counted once. In two pools it would be promised twice, and
the upkeep job could not say whose it is. Nodes are compared by name; of two selectors on one cluster neither may be the same
as the other or the beginning of it: what matches {type: gpu, rack: r1} matches {type: gpu}, too.

Bad:
    apiVersion: cubec.io/v1
    kind: NodePool
    metadata:
      name: spare
    spec:
      cluster: ack
      nodes: {names: [worker03]}
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
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model
from cubec.model.types import NodePool

RULE = Rule("node-in-two-pools", Severity.ERROR, "a node belongs to two pools", __doc__ or "")
_Item = tuple[str, str]


def check(model: Model) -> Iterator[Diagnostic]:
    for site in model.sites.values():
        yield from _names(site.pools)
        yield from _selectors([pool for pool in site.pools if pool.node_selector])


def _names(pools: Sequence[NodePool]) -> Iterator[Diagnostic]:
    first: dict[str, tuple[NodePool, int]] = {}
    for pool in pools:
        for n, name in enumerate(pool.node_names):
            other, m = first.setdefault(name, (pool, n))
            if other is not pool:
                yield RULE.at(
                    pool.origin.at("spec", "nodes", "names", n),
                    f'node "{name}" belongs to pool "{other.name}", too',
                    hint="name the node in one of the two pools only",
                    related=[
                        Related(other.origin.at("spec", "nodes", "names", m), f'pool "{other.name}" names the node')
                    ],
                )


def _selectors(pools: Sequence[NodePool]) -> Iterator[Diagnostic]:
    """Each selector is looked up under its rarest label, so that pools that share only common ones are not compared."""
    rarity = Counter(item for pool in pools for item in pool.node_selector.items())
    by_rarest: Mapping[_Item, list[NodePool]] = defaultdict(list)
    for pool in pools:
        by_rarest[min(pool.node_selector.items(), key=lambda item: (rarity[item], item))].append(pool)
    for pool in pools:
        items = pool.node_selector.items()
        for wider in (other for item in items for other in by_rarest.get(item, ())):
            same = wider.node_selector == pool.node_selector
            if (wider is not pool and wider.node_selector.items() <= items) and not (same and wider.name > pool.name):
                yield RULE.at(
                    pool.origin.at("spec", "nodes", "selector"),
                    f'every node of pool "{pool.name}" belongs to pool "{wider.name}", too',
                    hint="make the selectors differ in the value of one label, or name the nodes",
                    related=[
                        Related(wider.origin.at("spec", "nodes", "selector"), f'the selector of pool "{wider.name}"')
                    ],
                )
