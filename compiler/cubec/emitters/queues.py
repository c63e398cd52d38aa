"""What all queues of a cluster refer to: the flavors that stand for its pools, and the cohort in which groups lend and borrow."""

from collections.abc import Iterator
from typing import Any

from cubec.manifest import Manifest
from cubec.model import names, queues, taints
from cubec.model.model import Site
from cubec.model.types import NodePool

FILE = "platform/queues.yaml"


def emit(site: Site) -> Iterator[Manifest]:
    if not site.kueue:
        return
    asked = names.source(site.cluster.origin, "capabilities")
    yield Manifest("Cohort", queues.cluster_cohort(site), "", asked, {"spec": {}})
    yield Manifest("ResourceFlavor", queues.ANY_FLAVOR, "", asked, {"spec": {}})
    for pool in queues.flavored(site.pools):
        yield Manifest("ResourceFlavor", pool.name, "", names.source(pool.origin), {"spec": _flavor(pool)})


def _flavor(pool: NodePool) -> dict[str, Any]:
    """A job that is admitted to a pool's cards is sent to the pool's nodes, and through its taints."""
    tolerations = [taints.toleration(taint) for taint in taints.taints(pool)]
    return {
        "nodeLabels": {pool.label_key: pool.label_value},
        **({"tolerations": tolerations} if tolerations else {}),
    }
