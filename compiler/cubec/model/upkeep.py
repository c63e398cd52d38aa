"""What the upkeep tasks of a cluster are, what each must be allowed, and what each is told."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cubec.model import cube_studio, names, taints
from cubec.model.model import Site
from cubec.model.quotas import Range
from cubec.model.tenants import FIXED, JobTemplate, Registry
from cubec.model.types import NodePool, PolicyRule, Task

DESIRED_STATE = "desired-state"
REPORT = "right-sizing"
IDLE = "idle-notebooks"

_NOTEBOOK = ("kubeflow.org/v1", {"Notebook": "notebooks"})

# What finished work is, besides jobs: kinds that end by themselves. The apiVersion, and kinds with their plurals.
_ENDING: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "argo-workflows": ("argoproj.io/v1alpha1", {"Workflow": "workflows"}),
    "elastic-training": ("kai.alibabacloud.com/v1alpha1", {"TrainingJob": "trainingjobs"}),
    "kubeflow-mpi-v1alpha1": ("kubeflow.org/v1alpha1", {"MPIJob": "mpijobs"}),
    "kubeflow-training": (
        "kubeflow.org/v1",
        {
            "JAXJob": "jaxjobs",
            "MPIJob": "mpijobs",
            "PaddleJob": "paddlejobs",
            "PyTorchJob": "pytorchjobs",
            "TFJob": "tfjobs",
            "XGBoostJob": "xgboostjobs",
        },
    ),
    "ray": ("ray.io/v1", {"RayJob": "rayjobs"}),
    "spark": ("sparkoperator.k8s.io/v1beta2", {"SparkApplication": "sparkapplications"}),
    "volcano": ("batch.volcano.sh/v1alpha1", {"Job": "jobs"}),
}
_CLEAN = ("delete", "list")
_READ = ("list",)
_PODS = PolicyRule(("",), ("pods",), _CLEAN)
_REMIND = PolicyRule(("events.k8s.io",), ("events",), ("create",))


def tasks(site: Site) -> tuple[Task, ...]:
    """The declared tasks that have something to do on this cluster."""
    declared = site.platform.upkeep.tasks if site.platform.upkeep else ()
    synced = site.cluster.secrets is not None and site.cluster.secrets.mode == "sync"
    return tuple(task for task in declared if synced or task.name != "pullSecrets")


def of_nodes(task: Task) -> bool:
    """Whether a task looks after nodes; all others look after what is in the namespaces of groups."""
    return task.name == "nodes"


def of_registries(task: Task) -> bool:
    """Whether a task has a role for each registry, bound where that registry is listed, and none for all of them."""
    return task.name == "pullSecrets"


def registry_rules(task: Task, registry: Registry) -> tuple[PolicyRule, ...]:
    """What copying one registry's login takes: that Secret and no other one, but for creating, which RBAC cannot tell apart.

    The binding is read because the copy belongs to it.
    """
    bound = PolicyRule(
        (names.RBAC,), ("rolebindings",), ("get",), (names.bound(names.copier(task.name, registry.name)),)
    )
    create = PolicyRule(("",), ("secrets",), ("create",))
    return (create, PolicyRule(("",), ("secrets",), ("delete", "get", "update"), (registry.secret_name,)), bound)


def cluster_rules(site: Site, task: Task) -> tuple[PolicyRule, ...]:
    """What a task may do: on nodes, or in each namespace of a group."""
    if of_nodes(task):
        return (PolicyRule(("",), ("nodes",), ("list", "patch")),)
    if task.name == "notebooks":
        books = PolicyRule(("kubeflow.org",), ("notebooks",), (*_READ, "patch"))
        return (_PODS, _REMIND, *((books,) if _has_notebooks(site) else ()))
    if task.name == "finished":
        return (_PODS, _REMIND, *_ending(site))
    return (PolicyRule(("",), ("pods",), _READ),)


def _ending(site: Site) -> tuple[PolicyRule, ...]:
    kinds: dict[str, set[str]] = {}
    for version, found in _kinds(site):
        kinds.setdefault(version.rpartition("/")[0], set()).update(found.values())
    return tuple(PolicyRule((group,), tuple(sorted(found)), _CLEAN) for group, found in sorted(kinds.items()))


def _kinds(site: Site) -> Iterator[tuple[str, Mapping[str, str]]]:
    """What ends by itself on a cluster, owners before what they may own."""
    yield from (_ENDING[name] for name in sorted(site.cluster.capabilities) if name in _ENDING)
    yield "batch/v1", {"Job": "jobs"}


def system_rules(task: Task) -> tuple[PolicyRule, ...]:
    """What a task may do in the namespace where it runs."""
    read = PolicyRule(("",), ("configmaps",), ("get",), (DESIRED_STATE,))
    kept = {"rightSizing": REPORT, "notebooks": IDLE}.get(task.name)
    if kept is None:
        return (read,)
    create = PolicyRule(("",), ("configmaps",), ("create",))
    return (read, create, PolicyRule(("",), ("configmaps",), ("get", "update"), (kept,)))


def desired_state(site: Site) -> dict[str, str]:
    """What each task is told, as JSON by name of the task."""
    zone = site.platform.upkeep.time_zone if site.platform.upkeep else ""
    always = {"platform": site.platform.name, "namespace": site.platform.system_namespace, "timeZone": zone}
    return {f"{task.name}.json": _json({**_told(site, task), **always}) for task in tasks(site)}


def _told(site: Site, task: Task) -> dict[str, Any]:
    if of_nodes(task):
        return {"pools": [_pool(site, pool) for pool in site.pools]}
    if of_registries(task):
        listed = [_registry(task, item) for item in site.registries]
        return {"from": site.cluster.secrets.namespace if site.cluster.secrets else "", "registries": listed}
    if task.name == "notebooks":
        return {**task.settings, "record": IDLE, "kinds": _listed([_NOTEBOOK] if _has_notebooks(site) else ())}
    if task.name == "rightSizing":
        return {**task.settings, "record": REPORT, "templates": [_template(one) for one in _judged(site)]}
    return {**task.settings, "kinds": _listed(_kinds(site))}


def _judged(site: Site) -> Iterator[JobTemplate]:
    """The templates whose size is advised on."""
    return (template for template in site.templates if not template.no_resource_check)


def _template(template: JobTemplate) -> dict[str, Any]:
    """What a template asks for now, and the variables in which it says that, where it does not say it in its resources."""
    stated = {"cpu": template.cpu, "memory": template.memory}
    asked = {resource: _asked(amount) for resource, amount in stated.items() if amount}
    variables = {resource: FIXED[resource] for resource in stated if FIXED[resource] in template.env}
    return {"name": template.name, "asks": asked, "variables": variables}


def _asked(amount: Range) -> dict[str, str]:
    return {"request": str(amount.request), "limit": str(amount.limit)}


def _has_notebooks(site: Site) -> bool:
    return "kubeflow-notebooks" in site.cluster.capabilities


def _listed(kinds: Iterable[tuple[str, Mapping[str, str]]]) -> list[dict[str, str]]:
    return [
        {"apiVersion": version, "kind": kind, "resource": plural}
        for version, found in kinds
        for kind, plural in found.items()
    ]


def _registry(task: Task, registry: Registry) -> dict[str, str]:
    binding = names.bound(names.copier(task.name, registry.name))
    return {"registry": registry.name, "secret": registry.secret_name, "binding": binding}


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
