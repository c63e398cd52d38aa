"""A document names a cluster that is not declared.

Pools, placements, volumes and sealed credentials say on which cluster they are, by the name of a document of kind Cluster.
A name that no Cluster has would leave the group, the pool or the volume out of every cluster without a word, so it is
refused.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      members: [{user: bob, role: developer}]
      placements:
        - cluster: akc
          pools: [gpu-t4]

Good:
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
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Position, Rule, Severity
from cubec.model import reference
from cubec.model.model import Model
from cubec.model.tenants import Registry

RULE = Rule("unknown-cluster", Severity.ERROR, "a document names a cluster that is not declared", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    if not model.complete:
        return
    for name, place in _unknown(model):
        yield reference.unknown(RULE, "Cluster", name, place, model.clusters)
    for registry in model.registries.values():
        for name, place in _sealed(registry, model):
            # ciphertext may stand on the same line
            yield reference.unknown(RULE, "Cluster", name, place, model.clusters, excerpt=False)


def _unknown(model: Model) -> Iterator[tuple[str, Position]]:
    for pool in model.pools.values():
        if pool.cluster not in model.clusters:
            yield pool.cluster, pool.origin.at("spec", "cluster")
    for volume in model.volumes.values():
        for n, name in enumerate(volume.clusters or ()):
            if name not in model.clusters:
                yield name, volume.origin.at("spec", "clusters", n)
    for group in model.groups.values():
        for placement in group.placements:
            if placement.cluster not in model.clusters:
                yield placement.cluster, placement.origin.at("cluster")


def _sealed(registry: Registry, model: Model) -> Iterator[tuple[str, Position]]:
    for name in (*registry.sealed, *registry.sops):
        if name not in model.clusters:
            yield name, registry.origin.key("spec", "credentials", "sealed", name)
