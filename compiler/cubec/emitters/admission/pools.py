"""What the policies know of a cluster's pools, and of those that a namespace may use.

Pools need not have their label's key in common, so the policies hold a table of them; which of them a namespace may
use stands in the namespace's annotations.
"""

from collections.abc import Iterator

from cubec.emitters.admission import cel
from cubec.model import taints
from cubec.model.model import Site
from cubec.model.types import Taint


def variables(site: Site) -> Iterator[cel.Variable]:
    yield cel.variable("notes", "namespaceObject.metadata.?annotations.orValue({})")
    # splitting '' gives [''], which a pod that names no pool would be found in
    yield cel.variable("pools", "variables.notes[?'cubec.io/pools'].orValue('').split(',').filter(p, p != '')")
    rows = ({"name": pool.name, "key": pool.label_key, "value": pool.label_value} for pool in site.pools)
    yield cel.variable("table", cel.table(rows))
    yield cel.variable("selector", "object.spec.?nodeSelector.orValue({})")
    held = taints.holders(site.pools)
    if held:
        yield cel.variable("taints", cel.table(_row(taint, holders) for taint, holders in held.items()))
        own = "variables.taints.filter(o, o.pools.split(',').exists(p, p in variables.pools))"
        yield cel.variable("ownTaints", own)


def tainted(site: Site) -> bool:
    """Whether ``ownTaints`` is among the variables."""
    return any(taints.taints(pool) for pool in site.pools)


def _row(taint: Taint, holders: tuple[str, ...]) -> dict[str, str]:
    return {"pools": ",".join(holders), "key": taint.key, "value": taint.value, "effect": taint.effect}
