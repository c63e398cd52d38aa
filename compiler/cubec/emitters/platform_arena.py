"""What the Arena command line needs beside the roles: its configuration, and the cluster-wide calls that it begins with.

Every command reviews its own token and looks up the CRDs of the kinds of job that it knows, one by one. The rules name
exactly those, for the accounts of people and nobody else. How a cluster that uses an OIDC provider knows its users does
not matter here: that command line works with tokens of accounts only.
"""

from collections.abc import Iterator
from typing import Any

from cubec.manifest import Manifest
from cubec.model import names
from cubec.model.model import ARENA_NAMESPACE, Site

FILE = "platform/arena.yaml"

_CONFIG = "arena-config"  # the name that the command line asks for
_CLIENT = "cubec:arena-client"
_CRDS = (
    "jobs.batch.volcano.sh",
    "mpijobs.kubeflow.org",
    "pytorchjobs.kubeflow.org",
    "rayjobs.ray.io",
    "sparkapplications.sparkoperator.k8s.io",
    "tfjobs.kubeflow.org",
    "trainingjobs.kai.alibabacloud.com",
)


def emit(site: Site) -> Iterator[Manifest]:
    if "arena" not in site.platform.profiles:
        return
    asked = names.source(site.platform.origin, "profiles", "arena")
    labels = {"cubec.io/protected": "true"}
    for mode in ("enforce", "audit", "warn"):
        labels[f"pod-security.kubernetes.io/{mode}"] = "restricted"
        labels[f"pod-security.kubernetes.io/{mode}-version"] = f"v{site.cluster.version}"
    yield Manifest("Namespace", ARENA_NAMESPACE, "", asked, {}, labels=labels, confirm=True)
    yield Manifest("ConfigMap", _CONFIG, ARENA_NAMESPACE, asked, {"data": {"adminUsers": _admins(site)}})
    read = {"apiGroups": [""], "resources": ["configmaps"], "resourceNames": [_CONFIG], "verbs": ["get"]}
    yield Manifest("Role", _CONFIG, ARENA_NAMESPACE, asked, {"rules": [read]})
    yield Manifest("RoleBinding", _CONFIG, ARENA_NAMESPACE, asked, _bound(site, "Role", _CONFIG))
    yield Manifest("ClusterRole", _CLIENT, "", asked, {"rules": _start(site)})
    yield Manifest("ClusterRoleBinding", _CLIENT, "", asked, _bound(site, "ClusterRole", _CLIENT))


def _admins(site: Site) -> str:
    """Those who see every user's jobs, by the names that the API server knows them by."""
    identity = site.cluster.identity
    account = f"system:serviceaccount:{site.platform.identity_namespace}:"
    admins = [user for user in site.users if user.platform_role == "admin"]
    if identity.mode == "oidc":
        return ",".join(identity.username_prefix + user.subject for user in admins)
    return ",".join(account + user.name for user in admins)


def _start(site: Site) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = [
        {
            "apiGroups": ["apiextensions.k8s.io"],
            "resources": ["customresourcedefinitions"],
            "resourceNames": list(_CRDS),
            "verbs": ["get"],
        },
        {"apiGroups": ["authentication.k8s.io"], "resources": ["tokenreviews"], "verbs": ["create"]},
    ]
    priorities = [priority.name for priority in site.platform.priorities]
    if priorities:
        rules.append(
            {
                "apiGroups": ["scheduling.k8s.io"],
                "resources": ["priorityclasses"],
                "resourceNames": priorities,
                "verbs": ["get"],
            }
        )
    return rules


def _bound(site: Site, kind: str, name: str) -> dict[str, Any]:
    people = f"system:serviceaccounts:{site.platform.identity_namespace}"
    return {
        "roleRef": {"apiGroup": names.RBAC, "kind": kind, "name": name},
        "subjects": [{"kind": "Group", "apiGroup": names.RBAC, "name": people}],
    }
