"""When work began and ended, for every kind of work that ends by itself: each keeps that in fields of its own.

Whatever does not say plainly that it has ended for good, and when, counts as running: what will be tried again or can be
resumed has not ended.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cubec.cluster import Object
from cubec.upkeep import times

Moment = Callable[[Object], datetime | None]

_CONDITIONS = ("Complete", "Failed", "Succeeded")
_SECONDS_AFTER = ("secondsAfterCompletion", "secondsAfterFailure", "secondsAfterSuccess")


@dataclass(frozen=True, slots=True)
class Ending:
    """How a kind says that it has ended and when it began, and whether its own controller was asked to remove it."""

    ended: Moment
    began: Moment
    removes_itself: Callable[[Object], bool] = lambda _item: False


def _at(item: Any, steps: str) -> Any:
    for step in steps.split("."):
        item = item.get(step) if isinstance(item, Mapping) else None
    return item


def _dictionaries(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        yield from (entry for entry in value if isinstance(entry, Mapping))


def _is(value: Any, *words: str) -> bool:
    return isinstance(value, str) and value in words


def _when(steps: str) -> Moment:
    return lambda item: times.moment(_at(item, steps))


def _stated(*fields: str) -> Callable[[Object], bool]:
    return lambda item: any(_at(item, field) is not None for field in fields)


def _by_condition(item: Object) -> datetime | None:
    """The moment at which one of the last conditions became true, as Jobs and the training operator's kinds have them."""
    for entry in _dictionaries(_at(item, "status.conditions")):
        if _is(entry.get("type"), *_CONDITIONS) and entry.get("status") == "True":
            return times.moment(entry.get("lastTransitionTime"))
    return None


def _in_phase(phase: str, *words: str, moment: str) -> Moment:
    return lambda item: times.moment(_at(item, moment)) if _is(_at(item, phase), *words) else None


def _of_mpi(item: Object) -> datetime | None:
    """Of the training operator, or of the older kind. That one calls a launcher failed that will be tried again."""
    launched = _in_phase("status.launcherStatus", "Succeeded", moment="status.completionTime")
    return _by_condition(item) or launched(item)


def _of_pod(item: Object) -> datetime | None:
    """The last that is known of a pod that will not run again; one that was evicted, or never began, has it in its conditions."""
    if not _is(_at(item, "status.phase"), "Failed", "Succeeded"):
        return None
    statuses = [
        entry for kind in ("container", "initContainer") for entry in _dictionaries(_at(item, f"status.{kind}Statuses"))
    ]
    if any(_at(entry, "state.running") for entry in statuses):
        return None
    known = [_at(entry, "state.terminated.finishedAt") for entry in statuses]
    known += [entry.get("lastTransitionTime") for entry in _dictionaries(_at(item, "status.conditions"))]
    return max((moment for text in known if (moment := times.moment(text))), default=None)


def _ray_removes_itself(item: Object) -> bool:
    """With a time to live alone a RayJob stays, and only its cluster goes."""
    strategy = _at(item, "spec.deletionStrategy")
    rules = [_at(strategy, "onSuccess"), _at(strategy, "onFailure"), *_dictionaries(_at(strategy, "deletionRules"))]
    return any(_at(rule, "policy") == "DeleteSelf" for rule in rules)


def _spark_removes_itself(item: Object) -> bool:
    """Its operator takes 0 for no time to live at all."""
    seconds = _at(item, "spec.timeToLiveSeconds")
    return isinstance(seconds, int) and seconds > 0


def suspended(item: Object) -> bool:
    """Whether it waits for its turn, as every kind says that can."""
    return _at(item, "spec.suspend") is True or _at(item, "spec.runPolicy.suspend") is True


_BY_STATUS = _when("status.startTime")
_TTL = "ttlSecondsAfterFinished"
_STATE, _CHANGED = "status.state.phase", "status.state.lastTransitionTime"
_TRAINING = Ending(_by_condition, _BY_STATUS, _stated(f"spec.runPolicy.{_TTL}"))

# By API group and plural.
ENDINGS: Mapping[tuple[str, str], Ending] = {
    ("", "pods"): Ending(_of_pod, _BY_STATUS),
    ("argoproj.io", "workflows"): Ending(
        _in_phase("status.phase", "Succeeded", "Failed", "Error", moment="status.finishedAt"),
        _when("status.startedAt"),
        _stated(
            *(
                f"{spec}.ttlStrategy.{seconds}"
                for spec in ("spec", "status.storedWorkflowTemplateSpec")
                for seconds in _SECONDS_AFTER
            )
        ),
    ),
    ("batch", "jobs"): Ending(_by_condition, _BY_STATUS, _stated(f"spec.{_TTL}")),
    ("batch.volcano.sh", "jobs"): Ending(  # one that was aborted can be resumed
        _in_phase(_STATE, "Completed", "Failed", "Terminated", moment=_CHANGED),
        _in_phase(_STATE, "Running", moment=_CHANGED),
        _stated(f"spec.{_TTL}"),
    ),
    ("kai.alibabacloud.com", "trainingjobs"): Ending(_by_condition, _BY_STATUS),
    ("kubeflow.org", "mpijobs"): Ending(_of_mpi, _BY_STATUS, _TRAINING.removes_itself),
    ("ray.io", "rayjobs"): Ending(
        _in_phase("status.jobDeploymentStatus", "Complete", "Failed", moment="status.endTime"),
        _BY_STATUS,
        _ray_removes_itself,
    ),
    ("sparkoperator.k8s.io", "sparkapplications"): Ending(  # a failed submission may be tried again, and ends as FAILED
        _in_phase("status.applicationState.state", "COMPLETED", "FAILED", moment="status.terminationTime"),
        _in_phase("status.applicationState.state", "RUNNING", moment="status.lastSubmissionAttemptTime"),
        _spark_removes_itself,
    ),
    **{
        ("kubeflow.org", plural): _TRAINING
        for plural in ("jaxjobs", "paddlejobs", "pytorchjobs", "tfjobs", "xgboostjobs")
    },
}
