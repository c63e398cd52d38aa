"""The namespaces of a group: Pod Security, and the annotations that the admission policies read.

No preset may change a Namespace, so what stands in its annotations is the platform's word.
"""

from collections.abc import Iterator

from cubec.manifest import Manifest
from cubec.model import cards, names, roles
from cubec.model.model import Namespace, Placement
from cubec.model.placement import offered

FILE = "namespace.yaml"


def emit(placement: Placement) -> Iterator[Manifest]:
    group = placement.group
    leaving = group.state == "decommissioned"
    for namespace in placement.namespaces:
        yield Manifest(
            "Namespace",
            namespace.name,
            "",
            names.source(group.origin, *(("namespaces", namespace.name) if len(placement.namespaces) > 1 else ())),
            body={},
            labels=_labels(placement, protected=not leaving),
            annotations=_annotations(placement, namespace),
            confirm=not leaving,
        )


def _labels(placement: Placement, *, protected: bool) -> dict[str, str]:
    platform, version = placement.site.platform, f"v{placement.site.cluster.version}"
    enforced = placement.group.pod_security or platform.pod_security
    labels = dict(sorted(platform.namespace_labels.items()))
    if protected:
        labels["cubec.io/protected"] = "true"
    for mode, level in (("enforce", enforced), ("audit", "restricted"), ("warn", "restricted")):
        labels[f"pod-security.kubernetes.io/{mode}"] = level
        labels[f"pod-security.kubernetes.io/{mode}-version"] = version
    return labels


def _annotations(placement: Placement, namespace: Namespace) -> dict[str, str]:
    site, group = placement.site, placement.group
    annotations = {
        "cubec.io/pools": ",".join(pool.name for pool in placement.pools),
        "cubec.io/default-pool": placement.default_pool.name if placement.default_pool else "",
        "cubec.io/priorities": ",".join(priority.name for priority in site.platform.priorities),
        "cubec.io/uids": ",".join(map(str, _uids(placement))),
        "cubec.io/gids": str(group.gid),
    }
    largest = _largest_pod(placement, namespace)
    if largest:
        annotations["cubec.io/cards-per-pod"] = largest
    if site.cluster.secrets and site.cluster.secrets.mode == "sync" and placement.registries:
        annotations["cubec.io/pull-secrets"] = ",".join(registry.name for registry in placement.registries)
    return annotations


def _uids(placement: Placement) -> list[int]:
    """The ids that pods may run as: of members who can start pods, since nobody else should find files in their name."""
    members = ((binding.user, binding.member.role) for binding in placement.bindings)
    return sorted({user.uid for user, role in members if user and roles.starts_pods(placement.site, role)})


def _largest_pod(placement: Placement, namespace: Namespace) -> str:
    """``nvidia.com/gpu=2`` for each resource, where the quota says how many cards one pod may have.

    A pod runs in one pool, so each pool that offers the cards may give all of them.
    """
    limits = namespace.share.per_pod
    if limits is None or limits.gpu is None:
        return ""
    amounts = cards.resources(placement.site.pools, ())
    for pool in placement.pools:
        for item in offered(limits.gpu, (pool,)):
            if pool.accelerator:
                resource, count = cards.units(pool.accelerator, item.cards)
                amounts[resource] = max(amounts[resource], count)
    return ",".join(f"{resource}={count}" for resource, count in amounts.items())
