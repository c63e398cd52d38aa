"""How cube-studio finds nodes: by labels for the kind of machine, the kind of work, the resource group and the card."""

from cubec.model.types import NodePool

PROFILE = "cube-studio"
PUBLIC = "public"  # the resource group of whoever has none


def org(pool: NodePool) -> str:
    """The resource group that a pool stands for. cube-studio's selectors cannot name several, so each pool is in one."""
    if pool.groups is None:
        return PUBLIC
    return pool.groups[0] if len(pool.groups) == 1 else pool.name


def machine(pool: NodePool) -> str:
    if pool.accelerator is None:
        return "cpu"
    return "vgpu" if pool.accelerator.slice_resource else "gpu"


def node_labels(pool: NodePool) -> dict[str, str]:
    labels = dict.fromkeys((machine(pool), *sorted(pool.workloads), *sorted(pool.components)), "true")
    labels["org"] = org(pool)
    if pool.accelerator:
        labels["gpu-type"] = pool.accelerator.model
    return labels
