"""What Argo CD is told about a cluster: the shape of its projects and applications, and the order in which they are applied.

Fields that have their default are left out: Argo CD drops them when it writes an object back, and would then see a difference.
"""

from collections.abc import Iterable
from typing import Any

from cubec.model.model import Site
from cubec.yaml_text import Shared

NAMESPACE = "argocd"
SERVER = "https://kubernetes.default.svc"
# Deletes what an application has applied before it goes itself; keeps a project until no application is in it.
FINALIZER = "resources-finalizer.argocd.argoproj.io"
PROJECTS, PLATFORM, GROUPS, UPKEEP = "-1", "0", "1", "2"

_SYNC_POLICY = Shared(
    {
        "automated": {"prune": True, "selfHeal": True},
        # not PruneLast: it waits until all is healthy, and who was removed would keep access for as long as anything is not
        "syncOptions": ["ServerSideApply=true", "FailOnSharedResource=true"],
        # without refresh, a commit that fails is tried again and again, and its correction waits
        "retry": {"limit": 5, "refresh": True, "backoff": {"duration": "5s", "factor": 2, "maxDuration": "3m"}},
    }
)


def wave(number: str) -> dict[str, str]:
    return {"argocd.argoproj.io/sync-wave": number}


def kind(api_version: str, name: str, only: str = "") -> dict[str, str]:
    """An entry of a project's list of kinds; ``only`` limits it to objects of one name, ``*`` at its end to all that begin so."""
    group = api_version.rpartition("/")[0]
    return {"group": group, "kind": name, **({"name": only} if only else {})}


def project(
    site: Site,
    description: str,
    namespaces: Iterable[str],
    cluster_kinds: list[dict[str, str]],
    namespaced_kinds: list[dict[str, str]],
) -> dict[str, Any]:
    destinations = [{"server": SERVER, "namespace": name} for name in namespaces]
    spec = {
        "description": description,
        "sourceRepos": [site.cluster.delivery.repository],
        "destinations": destinations,
        **({"clusterResourceWhitelist": cluster_kinds} if cluster_kinds else {}),
        "namespaceResourceWhitelist": namespaced_kinds,
    }
    return {"spec": spec}


def application(site: Site, folder: str, in_project: str, namespace: str) -> dict[str, Any]:
    """An application over one folder of the cluster's output."""
    delivery = site.cluster.delivery
    source = {
        "repoURL": delivery.repository,
        "targetRevision": delivery.branch,
        "path": f"{delivery.path}/{site.cluster.name}/{folder}",
        "directory": {"recurse": True},
    }
    destination = {"server": SERVER, "namespace": namespace}
    return {"spec": {"project": in_project, "source": source, "destination": destination, "syncPolicy": _SYNC_POLICY}}
