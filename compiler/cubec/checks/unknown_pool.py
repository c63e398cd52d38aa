"""A placement names a pool that is not declared.

`pools` and `defaultPool` of a placement are names of documents of kind NodePool: the nodes on which the group's pods may
run. A misspelt pool would leave the group with fewer nodes than its document says, so it is refused.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      members: [{user: bob, role: developer}]
      placements:
        - cluster: ack
          pools: [gpu-t44]

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
from cubec.model.tenants import PlacementSpec

RULE = Rule("unknown-pool", Severity.ERROR, "a placement names a pool that is not declared", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for group in model.groups.values() if model.complete else ():
        for placement in group.placements:
            for name, place in _unknown(placement, model):
                yield reference.unknown(RULE, "NodePool", name, place, _near_by(placement, model))


def _unknown(placement: PlacementSpec, model: Model) -> Iterator[tuple[str, Position]]:
    for n, name in enumerate(placement.pools):
        if name not in model.pools:
            yield name, placement.origin.at("pools", n)
    default = placement.default_pool
    if default and default not in model.pools and default not in placement.pools:
        yield default, placement.origin.at("defaultPool")


def _near_by(placement: PlacementSpec, model: Model) -> dict[str, reference.Declared]:
    """The cluster's pools; all pools where it has none, or is not known itself."""
    own = {name: pool for name, pool in model.pools.items() if pool.cluster == placement.cluster}
    return {**(own or model.pools)}
