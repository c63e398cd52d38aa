"""Pods as people write them, and the parts of them that policies look at."""

from typing import Any

POOL = "cubec.node-restriction.kubernetes.io/pool"
CLOUD = "cloud.example.com/nodepool"  # the label of a pool that was not given one by the platform
GPU = "nvidia.com/gpu"
Spec = dict[str, Any]


def container(name: str = "main", *, cards: int = 0, **parts: Any) -> Spec:
    asked = {"resources": {"limits": {GPU: str(cards)}}} if cards else {}
    return {"name": name, "image": "registry.example.com/job", **asked, **parts}


def ids(**context: Any) -> Spec:
    """A pod's or a container's ``securityContext``."""
    return {"securityContext": context}


def pod(name: str, namespace: str, spec: Spec | None = None, **metadata: Any) -> Spec:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, **metadata},
        "spec": {"restartPolicy": "Never", "containers": [container()], **(spec or {})},
    }


def long_running(name: str, namespace: str, spec: Spec | None = None) -> Spec:
    """A pod that does not end by itself."""
    return pod(name, namespace, {"restartPolicy": "Always", "terminationGracePeriodSeconds": 0, **(spec or {})})


def workload(kind: str, name: str, namespace: str, spec: Spec | None = None, **fields: Any) -> Spec:
    """A Deployment, ReplicaSet, StatefulSet or DaemonSet."""
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container()], **(spec or {})}}
    body = {"selector": {"matchLabels": labels}, "template": template, **fields}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name, "namespace": namespace}, "spec": body}


def job(name: str, namespace: str, spec: Spec | None = None, *, run_for: str = "", **fields: Any) -> Spec:
    notes = {"annotations": {"test-cluster/run-for": run_for}} if run_for else {}
    template = {"metadata": notes, "spec": {"restartPolicy": "Never", "containers": [container()], **(spec or {})}}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"backoffLimit": 0, "template": template, **fields},
    }


def equal(key: str, value: str, effect: str = "NoSchedule") -> dict[str, str]:
    """A toleration of one value."""
    return {"key": key, "operator": "Equal", "value": value, "effect": effect}


def exists(key: str = "", effect: str = "") -> dict[str, str]:
    """A toleration of any value; without key of every taint, without effect of every effect."""
    return {"operator": "Exists", **({"key": key} if key else {}), **({"effect": effect} if effect else {})}


def named(kind: str, name: str, namespace: str = "", version: str = "v1", **fields: Any) -> Spec:
    """An object of any kind, or only what it takes to find one."""
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **fields}
