"""When work ended, for every kind of work that ends by itself: each keeps that in fields of its own.

Whatever does not say plainly that it has ended, and when, counts as running.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cubec.cluster import Object
from cubec.upkeep import times

Ended = Callable[[Object], datetime | None]

_CONDITIONS = frozenset({"Complete", "Failed", "Succeeded"})


@dataclass(frozen=True, slots=True)
class Ending:
    """How a kind says that it has ended, and by which fields it asks to be removed by its own controller instead."""

    ended: Ended
    own_ttl: tuple[str, ...] = ()


def _at(item: Any, steps: str) -> Any:
    for step in steps.split("."):
        item = item.get(step) if isinstance(item, Mapping) else None
    return item


def _dictionaries(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        yield from (entry for entry in value if isinstance(entry, Mapping))


def _by_condition(item: Object) -> datetime | None:
    """The moment at which one of the last conditions became true, as Jobs and the training operator's kinds have them."""
    for entry in _dictionaries(_at(item, "status.conditions")):
        if entry.get("type") in _CONDITIONS and entry.get("status") == "True":
            return times.moment(entry.get("lastTransitionTime"))
    return None


def _by_phase(phase: str, last: set[str], moment: str) -> Ended:
    def ended(item: Object) -> datetime | None:
        return times.moment(_at(item, moment)) if _at(item, phase) in last else None

    return ended


def _of_mpi(item: Object) -> datetime | None:
    """Of the training operator, or of the older kind, whose launcher says it."""
    launched = _by_phase("status.launcherStatus", {"Succeeded", "Failed"}, "status.completionTime")
    return _by_condition(item) or launched(item)


def _of_pod(item: Object) -> datetime | None:
    """The end of the last container; a pod that never began one says it in its conditions, if at all."""
    if _at(item, "status.phase") not in {"Failed", "Succeeded"}:
        return None
    states = [
        times.moment(_at(entry, "state.terminated.finishedAt"))
        for entry in _dictionaries(_at(item, "status.containerStatuses"))
    ]
    ends = [end for end in states if end]
    if len(ends) < len(states):
        return None
    changes = [times.moment(entry.get("lastTransitionTime")) for entry in _dictionaries(_at(item, "status.conditions"))]
    return max(ends or [change for change in changes if change], default=None)


_TRAINING = Ending(_by_condition, ("spec.runPolicy.ttlSecondsAfterFinished", "spec.ttlSecondsAfterFinished"))

# By API group and plural.
ENDINGS: Mapping[tuple[str, str], Ending] = {
    ("", "pods"): Ending(_of_pod),
    ("argoproj.io", "workflows"): Ending(
        _by_phase("status.phase", {"Succeeded", "Failed", "Error"}, "status.finishedAt"), ("spec.ttlStrategy",)
    ),
    ("batch", "jobs"): Ending(_by_condition, ("spec.ttlSecondsAfterFinished",)),
    ("batch.volcano.sh", "jobs"): Ending(
        _by_phase(
            "status.state.phase", {"Completed", "Failed", "Aborted", "Terminated"}, "status.state.lastTransitionTime"
        ),
        ("spec.ttlSecondsAfterFinished",),
    ),
    ("kai.alibabacloud.com", "trainingjobs"): Ending(_by_condition, ("spec.ttlSecondsAfterFinished",)),
    ("kubeflow.org", "mpijobs"): Ending(_of_mpi, _TRAINING.own_ttl),
    ("ray.io", "rayjobs"): Ending(_by_phase("status.jobDeploymentStatus", {"Complete", "Failed"}, "status.endTime")),
    ("sparkoperator.k8s.io", "sparkapplications"): Ending(
        _by_phase(
            "status.applicationState.state", {"COMPLETED", "FAILED", "SUBMISSION_FAILED"}, "status.terminationTime"
        ),
        ("spec.timeToLiveSeconds",),
    ),
    **{
        ("kubeflow.org", plural): _TRAINING
        for plural in ("jaxjobs", "paddlejobs", "pytorchjobs", "tfjobs", "xgboostjobs")
    },
}


def ended(group: str, plural: str, item: Object) -> datetime | None:
    return ENDINGS[group, plural].ended(item)


def removes_itself(group: str, plural: str, item: Object) -> bool:
    """Whether its own controller was told to remove it; RayJobs keep themselves even then, and only their clusters go."""
    return any(_at(item, field) is not None for field in ENDINGS[group, plural].own_ttl)
