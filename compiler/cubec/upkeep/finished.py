"""Work that is over, and that nobody else clears away: jobs, workflows, lone pods; debugging pods every night.

What belongs to a controller is left to it, and what has a time to live of its own to Kubernetes. Runs of a pipeline are known
by labels that cube-studio sets, ``pipeline-id``, ``run-id`` and ``schedule_type``; a new manual run takes the place of the earlier manual ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cubec.cluster import Cluster
from cubec.upkeep import endings, times, work
from cubec.upkeep.events import event
from cubec.upkeep.plan import Action, Finding, Plan, Told, capped, read
from cubec.upkeep.work import Seen, Work

NAME = "finished"

_MOST = 500  # removals in one run
_PIPELINE, _RUN, _SCHEDULE = "pipeline-id", "run-id", "schedule_type"
_MANUAL = "once"
_IMAGE_DEBUG = ("pod-type", "docker")
_TASK_DEBUG = ("debug-", "run-")

Why = Mapping[str, str]  # uid and reason


@dataclass(frozen=True, slots=True)
class Orders:
    ttl: timedelta
    night: datetime  # the last one
    longest: timedelta


def observe(cluster: Cluster, told: Told) -> Seen:
    return work.observe(cluster, told)


def plan(told: Told, seen: Seen, now: datetime) -> Plan:
    orders = read(told, lambda text: _orders(text, now))
    own = [one for one in work.alive(seen) if not one.controlled]
    why: dict[str, str] = {}
    for reasons in (_superseded(own), _over(own, orders, now), _of_the_night(own, orders)):
        why = {**reasons, **why}
    why = {**_of_their_runs(own, why), **why}
    # the kinds come owners first, so that an owner takes its own along
    gone = capped([_removal(one, why[one.uid]) for one in own if one.uid in why], _MOST, "removals of finished work")
    long = [one for one in own if one.uid not in why and _long(one, orders, now)]
    text = f"runs for longer than {told['maxRuntime']}"
    warnings = tuple(Finding(one.about, text, warning=True) for one in long)
    notes = tuple(event(one.whole, "LongRunning", f"It {text}.", now, action="Warn", warning=True) for one in long)
    return Plan((*gone.actions, *notes), (*seen.troubles, *gone.findings, *warnings))


def _removal(one: Work, why: str) -> Action:
    version = str(one.metadata["resourceVersion"])
    return Action("delete", one.where, one.about, why, uid=one.uid, version=version)


def _over(own: list[Work], orders: Orders, now: datetime) -> Why:
    """What ended more than the time to live ago. An end in the future is none: somebody's clock is wrong."""
    return {
        one.uid: f"ended at {end:%Y-%m-%d %H:%M} UTC"
        for one in own
        if (end := _ended(one)) and now - end > orders.ttl and not _removes_itself(one)
    }


def _of_the_night(own: list[Work], orders: Orders) -> Why:
    """Debugging pods that were there at the last nightly hour, running or not."""
    return {
        one.uid: "is a debugging pod of the day before"
        for one in own
        if one.kind == work.POD and _debugs(one) and (began := _created(one)) and began < orders.night
    }


def _debugs(pod: Work) -> bool:
    """A pod in which somebody builds an image, or tries one step of a pipeline."""
    key, value = _IMAGE_DEBUG
    by_hand = _RUN in pod.labels and str(pod.metadata["name"]).startswith(_TASK_DEBUG)
    return pod.labels.get(key) == value or by_hand


def _superseded(own: list[Work]) -> Why:
    """Manual runs of a pipeline that a later manual run of the same one follows; runs of a schedule have no part in this."""
    last: dict[tuple[str, str], tuple[datetime, str]] = {}
    runs = [(one, made) for one in own if _manual(one) and (made := _created(one))]
    for one, made in runs:
        pipeline = one.namespace, one.labels[_PIPELINE]
        last[pipeline] = max(last.get(pipeline, (made, one.uid)), (made, one.uid))
    return {
        one.uid: "a later manual run of its pipeline has begun"
        for one, made in runs
        if made < last[one.namespace, one.labels[_PIPELINE]][0]
    }


def _manual(one: Work) -> bool:
    whole = one.kind.name == "Workflow" and one.labels.get(_PIPELINE) and one.labels.get(_RUN)
    return bool(whole) and one.labels.get(_SCHEDULE) == _MANUAL


def _of_their_runs(own: list[Work], why: Why) -> Why:
    """What a run that goes has started outside its workflow: all that ended, and of a superseded run all."""
    runs = {
        (one.namespace, one.labels[_RUN]): one
        for one in own
        if one.uid in why and one.kind.name == "Workflow" and one.labels.get(_RUN)
    }
    superseded = _superseded(own)
    found = {}
    for one in own:
        run = runs.get((one.namespace, one.labels.get(_RUN, "")))
        if run and run is not one and (_ended(one) or run.uid in superseded):
            found[one.uid] = f"belongs to the run of {run.about}, which goes"
    return found


def _long(one: Work, orders: Orders, now: datetime) -> bool:
    """Whether work is at it for too long. Lone pods may be servers, and what is suspended waits for its turn."""
    if one.kind == work.POD or _ended(one):
        return False
    status, spec = one.item.get("status") or {}, one.item.get("spec") or {}
    waits = spec.get("suspend") or (spec.get("runPolicy") or {}).get("suspend")
    began = times.moment(status.get("startTime") or status.get("startedAt"))
    return bool(began) and not waits and now - (began or now) > orders.longest


def _created(one: Work) -> datetime | None:
    return times.moment(one.metadata.get("creationTimestamp"))


def _ended(one: Work) -> datetime | None:
    return endings.ended(one.kind.group, one.kind.resource, one.item)


def _removes_itself(one: Work) -> bool:
    return endings.removes_itself(one.kind.group, one.kind.resource, one.item)


def _orders(told: Told, now: datetime) -> Orders:
    for kind in work.kinds(told):
        if (kind.group, kind.resource) not in endings.ENDINGS:
            raise ValueError(f"kinds: {kind.resource!r} is not known to end")
    night = times.latest(told["nightly"], told["timeZone"], now)
    return Orders(times.duration(told["ttl"]), night, times.duration(told["maxRuntime"]))
