"""Which namespaces a registry's login has to reach, cluster by cluster, and what of it is there."""

from collections.abc import Mapping

from cubec.model.model import Model
from cubec.model.tenants import Registry
from cubec.model.types import Cluster

Reach = Mapping[tuple[str, str], tuple[str, ...]]  # names of registry and cluster to namespaces


def reach(model: Model) -> Reach:
    found: dict[tuple[str, str], list[str]] = {}
    for placement in model.placements:
        for registry in placement.registries:
            key = (registry.name, placement.site.cluster.name)
            found.setdefault(key, []).extend(namespace.name for namespace in placement.namespaces)
    return {key: tuple(names) for key, names in sorted(found.items())}


def mode(cluster: Cluster) -> str:
    """How logins reach the cluster; empty where it does not say."""
    return cluster.secrets.mode if cluster.secrets else ""


def unsealed(registry: Registry, cluster: Cluster, namespaces: tuple[str, ...]) -> tuple[str, ...]:
    """The namespaces whose encrypted login is not there; with SOPS one text serves them all."""
    match mode(cluster):
        case "sops":
            return () if cluster.name in registry.sops else namespaces
        case "sealed-secrets":
            sealed = registry.sealed.get(cluster.name, {})
            return tuple(namespace for namespace in namespaces if namespace not in sealed)
        case _:
            return ()
