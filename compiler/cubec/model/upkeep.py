"""What the upkeep tasks of a cluster are, what each must be allowed, and what each is told."""

import json
from collections.abc import Mapping
from typing import Any

from cubec.model import cube_studio, taints
from cubec.model.model import Site
from cubec.model.quotas import Strings
from cubec.model.types import NodePool, PolicyRule, Task

DESIRED_STATE = "desired-state"
REPORT = "right-sizing"

# What finished work is, besides jobs: kinds that end by themselves.
_ENDING: Mapping[str, tuple[str, Strings]] = {
    "argo-workflows": ("argoproj.io", ("workflows",)),
    "elastic-training": ("kai.alibabacloud.com", ("trainingjobs",)),
    "kubeflow-mpi-v1alpha1": ("kubeflow.org", ("mpijobs",)),
    "kubeflow-training": (
        "kubeflow.org",
        ("jaxjobs", "mpijobs", "paddlejobs", "pytorchjobs", "tfjobs", "xgboostjobs"),
    ),
    "ray": ("ray.io", ("rayjobs",)),
    "spark": ("sparkoperator.k8s.io", ("sparkapplications",)),
    "volcano": ("batch.volcano.sh", ("jobs",)),
}
_CLEAN = ("delete", "get", "list")
_READ = ("get", "list")
_PODS = PolicyRule(("",), ("pods",), _CLEAN)
_REMIND = PolicyRule(("",), ("events",), ("create", "patch"))


def tasks(site: Site) -> tuple[Task, ...]:
    """The declared tasks that have something to do on this cluster."""
    declared = site.platform.upkeep.tasks if site.platform.upkeep else ()
    synced = site.cluster.secrets is not None and site.cluster.secrets.mode == "sync"
    return tuple(task for task in declared if synced or task.name != "pullSecrets")


def of_nodes(task: Task) -> bool:
    """Whether a task looks after nodes; all others look after what is in the namespaces of groups."""
    return task.name == "nodes"


def cluster_rules(site: Site, task: Task) -> tuple[PolicyRule, ...]:
    """What a task may do: on nodes, or in each namespace of a group."""
    if of_nodes(task):
        return (PolicyRule(("",), ("nodes",), ("get", "list", "patch")),)
    if task.name == "pullSecrets":
        return (PolicyRule(("",), ("secrets",), ("create", "delete", "get", "list", "patch", "update")),)
    if task.name == "notebooks":
        books = PolicyRule(("kubeflow.org",), ("notebooks",), (*_READ, "patch"))
        return (_PODS, _REMIND, *((books,) if "kubeflow-notebooks" in site.cluster.capabilities else ()))
    ending = _ending(site, _CLEAN if task.name == "finished" else _READ)
    if task.name == "finished":
        return (_PODS, _REMIND, *ending)
    return (PolicyRule(("",), ("pods",), _READ), *ending)


def _ending(site: Site, verbs: Strings) -> tuple[PolicyRule, ...]:
    kinds: dict[str, set[str]] = {"batch": {"jobs"}}
    for capability, (group, resources) in _ENDING.items():
        if capability in site.cluster.capabilities:
            kinds.setdefault(group, set()).update(resources)
    return tuple(PolicyRule((group,), tuple(sorted(found)), verbs) for group, found in sorted(kinds.items()))


def system_rules(task: Task) -> tuple[PolicyRule, ...]:
    """What a task may do in the namespace where it runs."""
    read = PolicyRule(("",), ("configmaps",), ("get",), (DESIRED_STATE,))
    if task.name != "rightSizing":
        return (read,)
    create = PolicyRule(("",), ("configmaps",), ("create",))
    return (read, create, PolicyRule(("",), ("configmaps",), ("get", "patch", "update"), (REPORT,)))


def desired_state(site: Site) -> dict[str, str]:
    """What each task is told, as JSON by name of the task."""
    zone = site.platform.upkeep.time_zone if site.platform.upkeep else ""
    return {f"{task.name}.json": _json({**_told(site, task), "timeZone": zone}) for task in tasks(site)}


def _told(site: Site, task: Task) -> dict[str, Any]:
    if of_nodes(task):
        return {"pools": [_pool(site, pool) for pool in site.pools]}
    if task.name == "pullSecrets":
        found = [{"registry": item.name, "secret": item.secret_name} for item in site.registries]
        return {"from": site.cluster.secrets.namespace if site.cluster.secrets else "", "registries": found}
    return dict(task.settings)


def _pool(site: Site, pool: NodePool) -> dict[str, Any]:
    labels = {pool.label_key: pool.label_value} if pool.own_label else {}
    if cube_studio.PROFILE in site.platform.profiles:
        labels |= cube_studio.node_labels(pool)
    found = {"names": list(pool.node_names)} if pool.node_names else {"selector": dict(pool.node_selector)}
    return {
        "name": pool.name,
        "nodes": found,
        "labels": {**labels, **pool.labels},
        "taints": [
            {"key": taint.key, **({"value": taint.value} if taint.value else {}), "effect": taint.effect}
            for taint in taints.taints(pool)
        ],
    }


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
