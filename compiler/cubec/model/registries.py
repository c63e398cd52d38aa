"""Which namespaces a registry's login has to reach, cluster by cluster."""

from collections.abc import Mapping

from cubec.model.model import Model

Reach = Mapping[tuple[str, str], tuple[str, ...]]  # names of registry and cluster to namespaces


def reach(model: Model) -> Reach:
    found: dict[tuple[str, str], list[str]] = {}
    for placement in model.placements:
        for registry in placement.registries:
            key = (registry.name, placement.site.cluster.name)
            found.setdefault(key, []).extend(namespace.name for namespace in placement.namespaces)
    return {key: tuple(names) for key, names in sorted(found.items())}
