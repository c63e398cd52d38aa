"""Argo CD's project and applications for the platform's own objects: before those of groups, and the upkeep after them."""

from collections.abc import Iterator

from cubec.manifest import CLUSTERED, NAMESPACED, Manifest
from cubec.model import argocd, names, pod_policies, queues
from cubec.model.model import Site

FILE = "delivery/argocd.yaml"

_PROJECT = "cubec-platform"
_NAMESPACED = (
    *("ConfigMap", "CronJob", "ExternalSecret", "NetworkPolicy", "ResourceQuota"),
    *("Role", "RoleBinding", "SealedSecret", "Secret", "ServiceAccount"),
)


def emit(site: Site) -> Iterator[Manifest]:
    if site.cluster.delivery.engine != "argocd":
        return
    asked = names.source(site.cluster.origin, "delivery")
    namespaces = sorted(site.platform_namespaces - {argocd.NAMESPACE})
    kinds = [argocd.kind(NAMESPACED[kind], kind) for kind in _NAMESPACED]
    what = f"what holds for all groups of cluster {site.cluster.name}"
    body = argocd.project(site, what, namespaces, list(_cluster_kinds(site, namespaces)), kinds)
    wave = argocd.wave(argocd.PROJECTS)
    keep = (argocd.FINALIZER,)
    yield Manifest("AppProject", _PROJECT, argocd.NAMESPACE, asked, body, annotations=wave, finalizers=keep)
    parts = [("platform", argocd.PLATFORM), *([("upkeep", argocd.UPKEEP)] if site.platform.upkeep else [])]
    for folder, number in parts:
        spec = argocd.application(site, folder, _PROJECT, site.platform.system_namespace)
        wave = argocd.wave(number)
        yield Manifest("Application", f"cubec-{folder}", argocd.NAMESPACE, asked, spec, annotations=wave)


def _cluster_kinds(site: Site, namespaces: list[str]) -> Iterator[dict[str, str]]:
    """The cluster-scoped objects that the platform's folders hold, by name: none of a group's, and nobody else's."""
    priorities = [priority.name for priority in site.platform.priorities]
    known: dict[str, list[str]] = {
        "Namespace": namespaces,
        "ClusterRole": ["cubec:*"],
        "ClusterRoleBinding": ["cubec:*"],
        "PriorityClass": priorities,
        "ValidatingAdmissionPolicy": ["cubec-*"],
        "ValidatingAdmissionPolicyBinding": ["cubec-*"],
    }
    if pod_policies.native(site):
        known |= {"MutatingAdmissionPolicy": ["cubec-*"], "MutatingAdmissionPolicyBinding": ["cubec-*"]}
    if pod_policies.by_kyverno(site):
        known["MutatingPolicy"] = ["cubec-*"]
    if site.kueue:
        flavors = [queues.ANY_FLAVOR, *(pool.name for pool in queues.flavored(site.pools))]
        known |= {"Cohort": [queues.cluster_cohort(site)], "ResourceFlavor": flavors}
        known["WorkloadPriorityClass"] = priorities
    for kind, allowed in known.items():
        for name in allowed:
            yield argocd.kind(CLUSTERED[kind], kind, name)
