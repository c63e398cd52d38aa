"""How pools and quotas are called in cube-studio's own terms."""

from collections.abc import Iterable

from cubec.model.types import NodePool

PUBLIC = "public"  # the resource group that cube-studio falls back to

# Its setting for the namespace of each kind of work, and what that is for here.
NAMESPACES = (
    ("NOTEBOOK_NAMESPACE", "notebook"),
    ("PIPELINE_NAMESPACE", "train"),
    ("SERVICE_NAMESPACE", "service"),
    ("AUTOML_NAMESPACE", "train"),
)


def org(pool: NodePool) -> str:
    """The resource group that a pool's nodes are labelled with: everybody's, or one of the pool's own."""
    return pool.labels.get("org") or (PUBLIC if pool.groups is None else pool.name)


def orgs(pools: Iterable[NodePool]) -> str:
    """What a project selects, in the order of the pools."""
    return ",".join(dict.fromkeys(org(pool) for pool in pools)) or PUBLIC
