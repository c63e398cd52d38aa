"""What the role presets allow, cluster by cluster: the table of ``Roles`` in the documentation, as RBAC rules.

Nobody gets a wildcard, reads Secrets, or may touch RBAC, quotas, limits, network policies, namespaces, volumes, tokens and
impersonation. A kind that the cluster does not declare is in no rule, except those that the Arena CLI lists whether they
are installed or not.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from cubec.model.model import Site
from cubec.model.quotas import Strings
from cubec.model.types import PolicyRule

READ = ("get", "list", "watch")
CREATE = ("create",)
CHANGE = ("update", "patch", "delete")
MEMBER_ROLES = ("viewer", "developer", "operator", "owner")
WORKFLOW_STEP = "workflow-step"

_Kinds = tuple[tuple[str, Strings], ...]  # API group, resources

_WORK: _Kinds = (
    ("", ("configmaps", "pods", "services")),
    ("apps", ("deployments",)),
    ("batch", ("cronjobs", "jobs")),
)
_SEEN: _Kinds = (
    (
        "",
        (
            "events",
            "limitranges",
            "persistentvolumeclaims",
            "pods/log",
            "pods/status",
            "podtemplates",
            "resourcequotas",
        ),
    ),
    ("apps", ("replicasets", "statefulsets")),
    ("events.k8s.io", ("events",)),
)
_BY_CAPABILITY: Mapping[str, _Kinds] = {
    "argo-workflows": (("argoproj.io", ("cronworkflows", "workflows")),),
    "elastic-training": (("kai.alibabacloud.com", ("scaleins", "scaleouts", "trainingjobs")),),
    "kserve": (("serving.kserve.io", ("inferenceservices",)),),
    "kubedl-cron": (("apps.kubedl.io", ("crons",)),),
    "kubeflow-mpi-v1alpha1": (("kubeflow.org", ("mpijobs",)),),
    "kubeflow-notebooks": (("kubeflow.org", ("notebooks",)),),
    "kubeflow-training": (
        ("kubeflow.org", ("jaxjobs", "mpijobs", "paddlejobs", "pytorchjobs", "tfjobs", "xgboostjobs")),
    ),
    "leaderworkerset": (("leaderworkerset.x-k8s.io", ("leaderworkersets",)),),
    "ray": (("ray.io", ("rayclusters", "rayjobs", "rayservices")),),
    "spark": (("sparkoperator.k8s.io", ("scheduledsparkapplications", "sparkapplications")),),
    "volcano": (("batch.volcano.sh", ("jobs",)),),
}
_SEEN_BY_CAPABILITY: Mapping[str, _Kinds] = {
    "argo-workflows": (("argoproj.io", ("workflowtemplates",)),),
    "kueue": (("kueue.x-k8s.io", ("localqueues", "workloads")),),
    "volcano": (("scheduling.volcano.sh", ("podgroups",)),),
}
# The Arena CLI lists every kind of job that it knows and fails as a whole where one answers "forbidden".
_ARENA: _Kinds = (
    ("apps.kubedl.io", ("crons",)),
    ("batch.volcano.sh", ("jobs",)),
    ("kai.alibabacloud.com", ("scaleins", "scaleouts", "trainingjobs")),
    ("kubeflow.org", ("mpijobs", "pytorchjobs", "tfjobs")),
    ("leaderworkerset.x-k8s.io", ("leaderworkersets",)),
    ("ray.io", ("rayjobs",)),
    ("serving.kserve.io", ("inferenceservices",)),
    ("sparkoperator.k8s.io", ("sparkapplications",)),
)
_ENTER = PolicyRule(("",), ("pods/attach", "pods/exec", "pods/portforward"), ("create", "get"))
# What can be created without a pod coming of it.
_HARMLESS = frozenset(
    {"configmaps", "pods/attach", "pods/exec", "pods/portforward", "podtemplates", "secrets", "services"}
)
_NAMESPACE = PolicyRule(("",), ("namespaces",), ("get",))  # bound in a namespace, this is that namespace alone
_SECRETS = PolicyRule(("",), ("secrets",), ("create", "update"))  # patch would answer with what it holds


def presets(site: Site) -> dict[str, tuple[PolicyRule, ...]]:
    """The rules of every role that a member of a group on ``site`` can have: the built-in ones, then the platform's."""
    work, seen = _declared(site, _WORK, _BY_CAPABILITY), _declared(site, _SEEN, _SEEN_BY_CAPABILITY)
    arena = _ARENA if "arena" in site.platform.profiles else ()
    templates = _rules((("", ("podtemplates",)),), CREATE + CHANGE)
    if "argo-workflows" in site.cluster.capabilities:
        templates += _rules((("argoproj.io", ("workflowtemplates",)),), CREATE + CHANGE)
    scale = PolicyRule(("apps",), ("deployments/scale",), ("get", "patch", "update"))
    read = (_NAMESPACE, *_rules(_merge(work, seen, arena), READ))
    developer = (*read, *_rules(work, CREATE + CHANGE), scale, _ENTER)
    own = {
        "viewer": read,
        "developer": developer,
        "operator": (*read, *_rules(work, CHANGE), scale),
        "owner": (*developer, _SECRETS, *templates),
    }
    return {**own, **{role.name: role.rules for role in site.platform.roles}}


@lru_cache(maxsize=1024)
def starts_pods(site: Site, role: str) -> bool:
    """Whether who has the role can make pods come into being, by themselves or through something that makes them."""
    return any(
        "create" in rule.verbs and not _HARMLESS.issuperset(rule.resources) for rule in presets(site).get(role, ())
    )


def platform_presets(site: Site) -> dict[str, tuple[PolicyRule, ...]]:
    """The rules of the platform's own people, cluster-wide: they see all but Secrets, and grant nothing by hand."""
    work, seen = _declared(site, _WORK, _BY_CAPABILITY), _declared(site, _SEEN, _SEEN_BY_CAPABILITY)
    wide: _Kinds = (
        ("", ("namespaces", "nodes", "persistentvolumes", "serviceaccounts")),
        ("apps", ("daemonsets",)),
        ("networking.k8s.io", ("networkpolicies",)),
        ("rbac.authorization.k8s.io", ("clusterrolebindings", "clusterroles", "rolebindings", "roles")),
        ("scheduling.k8s.io", ("priorityclasses",)),
        ("storage.k8s.io", ("storageclasses",)),
    )
    queues: _Kinds = (("kueue.x-k8s.io", ("clusterqueues", "cohorts", "resourceflavors")),) if site.kueue else ()
    viewer = _rules(_merge(work, seen, wide, queues), READ)
    admin = (*viewer, *_rules(work, CREATE + CHANGE), PolicyRule(("",), ("nodes",), ("patch",)))
    return {"platform-admin": admin, "platform-viewer": viewer}


def installed() -> dict[str, tuple[str, ...]]:
    """Each kind that an addition brings along, as ``plural.group``, and the capabilities that declare such an addition."""
    found: dict[str, tuple[str, ...]] = {}
    for capability, kinds in (*_BY_CAPABILITY.items(), *_SEEN_BY_CAPABILITY.items()):
        for group, resources in kinds:
            for resource in resources:
                kind = f"{resource}.{group}"
                found[kind] = (*found.get(kind, ()), capability)
    return found


def workload_presets(site: Site) -> dict[str, tuple[PolicyRule, ...]]:
    """The rules of what runs in a group's namespaces, where a controller of the cluster needs it to have any."""
    if "argo-workflows" not in site.cluster.capabilities:
        return {}
    return {WORKFLOW_STEP: (PolicyRule(("argoproj.io",), ("workflowtaskresults",), ("create", "patch")),)}


def _declared(site: Site, always: _Kinds, by_capability: Mapping[str, _Kinds]) -> _Kinds:
    return _merge(always, *(kinds for name, kinds in by_capability.items() if name in site.cluster.capabilities))


def _merge(*parts: _Kinds) -> _Kinds:
    merged: dict[str, set[str]] = {}
    for kinds in parts:
        for api_group, resources in kinds:
            merged.setdefault(api_group, set()).update(resources)
    return tuple((api_group, tuple(sorted(resources))) for api_group, resources in sorted(merged.items()))


def _rules(kinds: _Kinds, verbs: Strings) -> tuple[PolicyRule, ...]:
    return tuple(PolicyRule((api_group,), resources, verbs) for api_group, resources in kinds)


def written(rules: Iterable[PolicyRule]) -> dict[str, Any]:
    """The body of a Role or ClusterRole."""
    return {
        "rules": [
            {
                "apiGroups": list(rule.api_groups),
                "resources": list(rule.resources),
                **({"resourceNames": list(rule.resource_names)} if rule.resource_names else {}),
                "verbs": list(rule.verbs),
            }
            for rule in rules
        ]
    }
