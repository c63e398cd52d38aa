"""Which of a cluster's admission plugins completes pods: whether a pod that names no pool is given the default one."""

from cubec.model.model import Site

MUTATING_POLICIES = 36  # the minor version from which MutatingAdmissionPolicy is served as v1


def native(site: Site) -> bool:
    """Whether the API server itself completes pods."""
    return site.cluster.minor >= MUTATING_POLICIES


def by_kyverno(site: Site) -> bool:
    return not native(site) and "kyverno" in site.cluster.capabilities


def completed(site: Site) -> bool:
    """Whether anything completes pods; otherwise a pod must name its pool itself."""
    return native(site) or by_kyverno(site)
