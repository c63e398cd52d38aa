"""What runs, or ran, in the namespaces of groups: pods, jobs and the kinds of the additions that the cluster declares."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cubec.cluster import Cluster, Object, RefusedError, path
from cubec.upkeep import namespaces
from cubec.upkeep.plan import Finding, Told, read

_NOT_FOUND = 404

# All that any task looks at. The rest of an object, a workflow's nodes above all, is not kept in memory beside all others.
_KEPT = {
    "metadata": (
        "annotations",
        "creationTimestamp",
        "deletionTimestamp",
        "labels",
        "name",
        "namespace",
        "ownerReferences",
        "resourceVersion",
        "uid",
    ),
    "spec": (
        "deletionStrategy",
        "runPolicy",
        "suspend",
        "timeToLiveSeconds",
        "ttlSecondsAfterFinished",
        "ttlStrategy",
    ),
    "status": (
        "applicationState",
        "completionTime",
        "conditions",
        "containerState",
        "containerStatuses",
        "endTime",
        "finishedAt",
        "initContainerStatuses",
        "jobDeploymentStatus",
        "lastSubmissionAttemptTime",
        "launcherStatus",
        "phase",
        "startTime",
        "startedAt",
        "state",
        "terminationTime",
    ),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind as the compiler names it; ``resource`` is its plural."""

    version: str
    name: str
    resource: str

    @property
    def group(self) -> str:
        return self.version.rpartition("/")[0]


POD = Kind("v1", "Pod", "pods")
JOB = Kind("batch/v1", "Job", "jobs")


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """One object and its kind; an item of a list does not say what it is itself."""

    kind: Kind
    item: Object

    @property
    def metadata(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.item["metadata"]
        return found

    @property
    def namespace(self) -> str:
        return str(self.metadata["namespace"])

    @property
    def uid(self) -> str:
        return str(self.metadata["uid"])

    @property
    def labels(self) -> Mapping[str, str]:
        return self.metadata.get("labels") or {}

    @property
    def about(self) -> str:
        return f"{self.kind.name} {self.namespace}/{self.metadata['name']}"

    @property
    def where(self) -> str:
        return path(self.kind.version, self.kind.resource, self.namespace, self.metadata["name"])

    @property
    def controller(self) -> str:
        """The uid of the object that it belongs to, and which decides about it; empty where there is none."""
        owners = (owner for owner in self.metadata.get("ownerReferences") or () if owner.get("controller"))
        return next((str(owner["uid"]) for owner in owners), "")

    @property
    def whole(self) -> Object:
        return {"apiVersion": self.kind.version, "kind": self.kind.name, **self.item}


@dataclass(frozen=True, slots=True)
class Seen:
    """All of it, and what could not be looked at."""

    work: tuple[Work, ...]
    troubles: tuple[Finding, ...]


def kinds(told: Told) -> tuple[Kind, ...]:
    """What the compiler says may be there, pods last: what owns others comes first."""
    return (*read(told, _kinds), POD)


def observe(cluster: Cluster, told: Told) -> Seen:
    wanted, work, troubles = list(kinds(told)), dict[str, Work](), list[Finding]()
    for namespace in namespaces.of_groups(cluster, told):
        name = namespace["metadata"]["name"]
        for kind in tuple(wanted):
            try:
                found = cluster.list(path(kind.version, kind.resource, name))
            except RefusedError as error:
                if error.status == _NOT_FOUND:
                    wanted.remove(kind)
                    troubles.append(Finding(f"{kind.resource} of {kind.version}", "this kind is not installed"))
                else:
                    text = f"could not be listed: {error.message}"
                    troubles.append(Finding(f"{kind.resource} in {name}", text, error=True))
            else:
                work |= {str(item["metadata"]["uid"]): Work(kind, kept(item)) for item in found}
    return Seen(tuple(work.values()), tuple(troubles))


def _kinds(told: Told) -> tuple[Kind, ...]:
    return tuple(Kind(str(one["apiVersion"]), str(one["kind"]), str(one["resource"])) for one in told["kinds"])


def kept(item: Object) -> Object:
    """The parts of an object that matter here."""
    found: dict[str, Any] = {}
    for part, fields in _KEPT.items():
        whole = item.get(part)
        if isinstance(whole, Mapping):
            found[part] = {field: whole[field] for field in fields if field in whole}
    stored = found.get("status") and item["status"].get("storedWorkflowTemplateSpec")
    if isinstance(stored, Mapping):
        found["status"]["storedWorkflowTemplateSpec"] = {"ttlStrategy": stored.get("ttlStrategy")}
    return found


def alive(seen: Seen) -> Iterator[Work]:
    """What is not on its way out already."""
    return (one for one in seen.work if not one.metadata.get("deletionTimestamp"))
