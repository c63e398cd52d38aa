"""What the table of roles says, written down once more and without the compiler, and the requests to hold against it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from tests.rbac import Request, Subject

Kind = tuple[str, str, str]  # API group, resource, subresource

# Rows of the table, by the words that it uses.
JOBS = [("batch", "jobs", ""), *(("kubeflow.org", name, "") for name in ("tfjobs", "pytorchjobs", "mpijobs"))]
PODS = [("", "pods", ""), ("", "services", ""), ("", "configmaps", "")]
DEPLOYMENTS = [("apps", "deployments", "")]
READ_ONLY = [("", "events", ""), ("", "persistentvolumeclaims", ""), ("", "resourcequotas", "")]
LOGS = [("", "pods", "log")]
ENTRIES = [("", "pods", name) for name in ("exec", "attach", "portforward")]
SECRETS = [("", "secrets", "")]
QUEUES = [("kueue.x-k8s.io", name, "") for name in ("localqueues", "workloads")]
WALLS = [
    *(("", name, "") for name in ("limitranges", "namespaces", "persistentvolumes", "serviceaccounts", "nodes")),
    *(("", "pods", name) for name in ("binding", "ephemeralcontainers", "eviction", "proxy")),
    *(("", "serviceaccounts", "token"), ("", "services", "proxy"), ("", "nodes", "proxy"), ("", "users", "")),
    *(("rbac.authorization.k8s.io", name, "") for name in ("roles", "rolebindings", "clusterroles")),
    *(("networking.k8s.io", "networkpolicies", ""), ("scheduling.k8s.io", "priorityclasses", "")),
    *(("kueue.x-k8s.io", name, "") for name in ("clusterqueues", "resourceflavors")),
    *(("apiextensions.k8s.io", "customresourcedefinitions", ""), ("policy", "poddisruptionbudgets", "")),
    ("admissionregistration.k8s.io", "validatingadmissionpolicies", ""),
]
TEMPLATES = [("", "podtemplates", ""), ("argoproj.io", "workflowtemplates", "")]
CAPABLE: Mapping[str, list[Kind]] = {  # kinds that a cluster's declared capabilities bring, beside the training jobs
    "ack": [],
    "dev": [
        *(("kubeflow.org", "notebooks", ""), ("argoproj.io", "workflows", ""), ("batch.volcano.sh", "jobs", "")),
        *(("ray.io", "rayjobs", ""), ("sparkoperator.k8s.io", "sparkapplications", "")),
    ],
}
READ, CHANGE = {"get", "list", "watch"}, {"update", "patch", "delete"}
VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")
POWERS = ("impersonate", "bind", "escalate", "*")
ALL = {"create"} | CHANGE


@dataclass(frozen=True)
class Person:
    """A user as the API server sees one, and the roles that the tenant files give: by namespace."""

    subject: Subject
    roles: Mapping[str, str]


def says(cluster: str, role: str, verb: str, kind: Kind) -> bool | None:
    """The table's answer for one role; None where the table has no row."""
    if not role or verb in {"deletecollection", *POWERS}:
        return False
    if verb in READ and kind not in [*ENTRIES, *SECRETS]:
        return _reads(cluster, verb, kind)
    return verb in _changes(cluster, kind).get(role, set())


def _reads(cluster: str, verb: str, kind: Kind) -> bool | None:
    seen = [*JOBS, *PODS, *DEPLOYMENTS, *READ_ONLY, *CAPABLE[cluster]]
    seen += [*(QUEUES if cluster == "ack" else []), *(LOGS if verb == "get" else [])]
    if kind in seen:
        return True
    hidden = kind in WALLS and kind[1] not in {"limitranges", "namespaces"}
    return False if hidden else None


def _changes(cluster: str, kind: Kind) -> Mapping[str, set[str]]:
    """Which verbs a role has on what is not only read."""
    if kind in [*JOBS, *PODS, *DEPLOYMENTS, *CAPABLE[cluster]]:
        return {"developer": ALL, "operator": CHANGE, "owner": ALL}
    if kind in ENTRIES:
        return {"developer": {"create", "get"}, "owner": {"create", "get"}}
    if kind in SECRETS:
        return {"owner": {"create", "update"}}
    declared = kind in TEMPLATES and (kind[0] == "" or cluster == "dev")
    return {"owner": ALL} if declared else {}


def requests(people: Mapping[str, Person], namespaces: tuple[str, ...]) -> Iterator[tuple[str, Request]]:
    """Every verb on every kind where somebody has a role; where nobody should get in, one to see and one to make."""
    kinds = [*JOBS, *PODS, *DEPLOYMENTS, *READ_ONLY, *LOGS, *ENTRIES, *SECRETS, *QUEUES, *TEMPLATES]
    kinds += [*WALLS, *CAPABLE["dev"]]  # on the other cluster, what is not declared is no one's
    for (name, person), namespace in product(people.items(), namespaces):
        verbs = VERBS if namespace in person.roles else ("list", "create")
        for verb, (group, resource, subresource) in product(verbs, kinds):
            yield name, Request(verb, resource, group, subresource, namespace)
        for verb, resource in product(POWERS, ("users", "serviceaccounts", "groups")):
            yield name, Request(verb, resource, namespace=namespace)
        for verb, resource in product(("bind", "escalate"), ("roles", "clusterroles")):
            yield name, Request(verb, resource, "rbac.authorization.k8s.io", namespace=namespace, name="cubec:owner")


def review(person: Person, request: Request) -> dict[str, Any]:
    """The question as the API server wants it."""
    attributes = {
        "verb": request.verb,
        "group": request.group,
        "resource": request.resource,
        "subresource": request.subresource,
        "namespace": request.namespace,
        "name": request.name,
    }
    spec = {"user": person.subject.name, "groups": list(person.subject.groups), "resourceAttributes": attributes}
    return {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
