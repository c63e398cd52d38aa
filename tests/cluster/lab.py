"""A cluster as Arena's guide for several users sets it up by hand: namespaces, accounts, roles, quotas, shared folders."""

from collections.abc import Iterator
from typing import Any

from tests.cluster.pods import GPU, named

Object = dict[str, Any]
_RBAC = "rbac.authorization.k8s.io"
_ALL = ["get", "list", "watch", "create", "update", "patch", "delete"]
RULES = [  # what the guide's users need, without a shell in other people's pods
    {"apiGroups": [""], "resources": ["configmaps", "services"], "verbs": _ALL},
    {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]},
    {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]},
    {"apiGroups": [""], "resources": ["persistentvolumeclaims", "events"], "verbs": ["get", "list"]},
    {"apiGroups": ["kubeflow.org"], "resources": ["tfjobs", "pytorchjobs", "mpijobs"], "verbs": _ALL},
]
CANARY = "canary-of-the-login"
_QUOTAS = {
    "dev1": {f"requests.{GPU}": "1"},
    "dev2": {
        f"requests.{GPU}": "2",
        **{
            f"{side}.{resource}": amount
            for side in ("requests", "limits")
            for resource, amount in (("cpu", "8"), ("memory", "60Gi"))
        },
    },
}
_SHARES = {
    "dev1-public": ("dev1", "/dev1"),
    "dev2-public": ("dev2", "/dev2"),
    "department1-public-dev1": ("dev1", "/department1"),
    "department1-public-dev2": ("dev2", "/department1"),
}


def objects() -> Iterator[Object]:
    for namespace in ("dev1", "dev2", "bad--name"):
        yield named("Namespace", namespace, "") | {"metadata": {"name": namespace}}
    for user, namespace in (("bob", "dev1"), ("tom", "dev2")):
        yield named("ServiceAccount", user, namespace)
        yield _rbac("Role", "arena", namespace, rules=RULES)
        yield _bound(f"{user}-arena", namespace, "Role", "arena", _account(user, namespace))
        quota = {"spec": {"hard": _QUOTAS[namespace]}}
        yield named("ResourceQuota", f"{namespace}-compute-resources", namespace, **quota)
    yield from _shares()
    yield from _beyond()


def _shares() -> Iterator[Object]:
    for name, (namespace, path) in _SHARES.items():
        spec = {"capacity": {"storage": "20Gi"}, "accessModes": ["ReadWriteMany"], "storageClassName": "nas"}
        source = {"nfs": {"server": "nas-1.example.com", "path": path}, "persistentVolumeReclaimPolicy": "Retain"}
        yield {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name}, "spec": {**spec, **source}}
        claim = {"accessModes": ["ReadWriteMany"], "storageClassName": "nas", "volumeName": name}
        yield named(
            "PersistentVolumeClaim", name, namespace, spec={**claim, "resources": {"requests": {"storage": "20Gi"}}}
        )


def _beyond() -> Iterator[Object]:
    """What no document can say, or must not."""
    secret = named("Secret", "hub", "dev1", type="kubernetes.io/dockerconfigjson")
    yield secret | {"stringData": {".dockerconfigjson": f'{{"auths":{{"x.example.com":{{"auth":"{CANARY}"}}}}}}'}}
    every = [{"apiGroups": [""], "resources": ["secrets", "pods/exec"], "verbs": ["*"]}]
    yield _rbac("Role", "power", "dev2", rules=every)
    yield _bound("tom-power", "dev2", "Role", "power", _account("tom", "dev2"))
    everybody = {"apiGroup": _RBAC, "kind": "Group", "name": "system:authenticated"}
    yield _bound("others", "dev2", "Role", "arena", everybody, _account("robot", "elsewhere"))
    evil = named("PersistentVolumeClaim", "orphan", "dev2")
    evil["metadata"]["annotations"] = {"description": "\x1b[31m``` @everybody"}
    yield evil | {
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": "gold",
            "resources": {"requests": {"storage": "1Gi"}},
        }
    }


def _account(name: str, namespace: str) -> Object:
    return {"kind": "ServiceAccount", "name": name, "namespace": namespace}


def _rbac(kind: str, name: str, namespace: str, **body: Any) -> Object:
    return {"apiVersion": f"{_RBAC}/v1", "kind": kind, "metadata": {"name": name, "namespace": namespace}, **body}


def _bound(name: str, namespace: str, kind: str, role: str, *subjects: Object) -> Object:
    ref = {"apiGroup": _RBAC, "kind": kind, "name": role}
    return _rbac("RoleBinding", name, namespace, roleRef=ref, subjects=list(subjects))
