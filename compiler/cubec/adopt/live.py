"""Reading what an import needs, and nothing that it does not: of Secrets the names, of config maps and jobs our own alone."""

from collections.abc import Collection

from cubec.adopt.observed import READ, Object, Observed, choose, name, observe
from cubec.adopt.residue import Residue
from cubec.cluster import Cluster, UnreachableError
from cubec.cluster import objects as of_cluster
from cubec.drift.drift import SELECTOR
from cubec.name import is_name

_OURS_ALONE = frozenset({"Application", "ConfigMap", "CronJob", "GitRepository", "ValidatingAdmissionPolicy"})
_PULL_SECRETS = "type=kubernetes.io/dockerconfigjson"
_NAMESPACE = ("v1", "Namespace")


class NothingChosenError(Exception):
    """No namespace is there to take over; the message says which was looked for."""


def read(cluster: Cluster, residue: Residue, *, wanted: Collection[str], selector: str) -> Observed:
    """Everything that documents may come of; ``wanted`` and ``selector`` say which namespaces, or nothing does."""
    objects: dict[str, tuple[Object, ...]] = {}
    for kind in READ:
        if kind in cluster.resources:
            labels = SELECTOR if kind[1] in _OURS_ALONE else ""
            fields = _PULL_SECRETS if kind[1] == "Secret" else ""
            resource = cluster.resources[kind]
            objects[kind[1]] = of_cluster.all_of(cluster, kind[1], resource, labels=labels, fields=fields)
    names = _chosen(cluster, objects["Namespace"], wanted, selector)
    by_name = {name(item): item for item in objects["Namespace"]}
    for refused in (one for one in names if not is_name(one)):
        residue.left(by_name[refused], "Namespace", "no document can have this name")
    told = cluster.get("/version") or {}
    served = {
        f"{resource.plural}.{version.partition('/')[0]}"
        for (version, _), resource in cluster.resources.items()
        if "/" in version
    }
    if ("kubeflow.org/v1alpha1", "MPIJob") in cluster.resources:
        served.add("mpijobs.kubeflow.org/v1alpha1")
    return observe(
        objects,
        server=cluster.server,
        version=f"{_digits(told, 'major')}.{_digits(told, 'minor')}",
        served=served,
        chosen=[one for one in names if is_name(one)],
    )


def _digits(told: Object, field: str) -> str:
    """Some clouds write ``30+``."""
    found = "".join(character for character in str(told.get(field, "")) if character.isdecimal())
    if not found:
        raise UnreachableError("GET /version: the answer does not say which version it is")
    return found


def _chosen(cluster: Cluster, there: tuple[Object, ...], wanted: Collection[str], selector: str) -> tuple[str, ...]:
    known = {name(item) for item in there}
    missing = sorted(set(wanted) - known)
    if missing:
        raise NothingChosenError(f'the cluster has no namespace "{missing[0]}"')
    if wanted:
        return tuple(sorted(set(wanted)))
    if selector:
        there = of_cluster.all_of(cluster, _NAMESPACE[1], cluster.resources[_NAMESPACE], labels=selector)
    found = choose(there)
    if not found:
        raise NothingChosenError(f"no namespace is to be taken over{f' with {selector}' if selector else ''}")
    return found
