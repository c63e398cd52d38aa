"""What tells the GitOps engine about one group, in a file of its own: two changes that add groups never meet in one.

With Argo CD a project says which namespaces, volumes and queues the group's folder may hold, so that nothing put there by
mistake can reach another group. When a group goes without having been decommissioned, all that it has stays.
"""

from collections.abc import Iterator

from cubec.manifest import CLUSTERED, GROUP_NAMESPACED, NAMESPACED, Manifest
from cubec.model import argocd, flux, names, queues
from cubec.model.model import Placement
from cubec.yaml_text import SharedItems

FOLDER = "delivery/groups"

_KINDS = SharedItems(argocd.kind(NAMESPACED[kind], kind) for kind in sorted(GROUP_NAMESPACED))


def emit(placement: Placement) -> Iterator[Manifest]:
    cluster = placement.site.cluster
    asked = names.source(placement.group.origin, "placements", cluster.name)
    if cluster.delivery.engine == "argocd":
        yield from _argocd(placement, asked)
    elif cluster.delivery.engine == "flux":
        sealed = cluster.secrets is not None and cluster.secrets.mode == "sops"
        body = flux.kustomization(
            placement.site, _folder(placement), after=flux.PLATFORM, decrypt=sealed, delete=_leaving(placement)
        )
        yield Manifest("Kustomization", _name(placement), flux.NAMESPACE, asked, body, labels=_labels(placement))


def _argocd(placement: Placement, asked: str) -> Iterator[Manifest]:
    name, labels = _name(placement), _labels(placement)
    own = [namespace.name for namespace in placement.namespaces]
    what = f"group {placement.group.name} on cluster {placement.site.cluster.name}"
    project = argocd.project(placement.site, what, own, list(_cluster_kinds(placement, own)), _KINDS)
    wave, keep = argocd.wave(argocd.PROJECTS), (argocd.FINALIZER,)
    yield Manifest("AppProject", name, argocd.NAMESPACE, asked, project, labels, wave, finalizers=keep)
    application = argocd.application(placement.site, _folder(placement), name, own[0])
    cascade = (argocd.FINALIZER,) if _leaving(placement) else ()
    wave = argocd.wave(argocd.GROUPS)
    yield Manifest("Application", name, argocd.NAMESPACE, asked, application, labels, wave, finalizers=cascade)


def _cluster_kinds(placement: Placement, own: list[str]) -> Iterator[dict[str, str]]:
    for namespace in own:
        yield argocd.kind(CLUSTERED["Namespace"], "Namespace", namespace)
    for namespace in own:
        yield argocd.kind(CLUSTERED["PersistentVolume"], "PersistentVolume", f"{namespace}--*")
    if placement.site.kueue:
        for namespace in own:
            yield argocd.kind(CLUSTERED["ClusterQueue"], "ClusterQueue", namespace)
        if queues.group_cohort(placement):
            yield argocd.kind(CLUSTERED["Cohort"], "Cohort", queues.group_cohort(placement))


def _name(placement: Placement) -> str:
    """After the oldest name: an engine knows by it what it has applied, and a group that was renamed is the same group."""
    group = placement.group
    return f"group-{group.previously[0] if group.previously else group.name}"


def _folder(placement: Placement) -> str:
    return f"groups/{placement.group.name}"


def _labels(placement: Placement) -> dict[str, str]:
    return {"cubec.io/group": placement.group.name}


def _leaving(placement: Placement) -> bool:
    """Once its file is gone, what the group has goes with it, but for its volumes."""
    return placement.group.state == "decommissioned"
