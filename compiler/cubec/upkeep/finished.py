"""Work that is over, and that nobody else clears away: jobs, workflows, lone pods; debugging pods every night.

What belongs to a controller is left to it, and what has a time to live of its own to Kubernetes. Runs of a pipeline are known
by labels that cube-studio sets, ``pipeline-id``, ``run-id`` and ``schedule_type``; a new manual run takes the place of the earlier manual ones.
"""

from collections.abc import Callable, Mapping
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
_LAUNCHER = "-launcher"

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
    there = list(work.alive(seen))
    own = [one for one in there if not one.controller]
    launchers = {one.controller: one for one in there if _launches(one)}
    ends = {one.uid: end for one in own if (end := _moment(one, launchers, _ended))}
    superseded = _superseded(own)
    why = {**_of_the_night(own, orders), **_over(own, ends, orders, now), **superseded}
    why = {**_of_their_runs(own, why, ends, superseded), **why}
    # the kinds come owners first, so that an owner takes its own along
    gone = capped([_removal(one, why[one.uid]) for one in own if one.uid in why], _MOST, "removals of finished work")
    text = f"runs for longer than {told['maxRuntime']}"
    running = [one for one in own if one.uid not in why and one.uid not in ends]
    long = [one for one in running if _long(one, _moment(one, launchers, _began), orders, now)]
    warnings = tuple(Finding(one.about, text, warning=True) for one in long)
    notes = tuple(event(one.whole, "LongRunning", f"It {text}.", now, action="Warn", warning=True) for one in long)
    return Plan((*gone.actions, *notes), (*seen.troubles, *gone.findings, *warnings))


def _removal(one: Work, why: str) -> Action:
    version = str(one.metadata["resourceVersion"])
    return Action("delete", one.where, one.about, why, uid=one.uid, version=version)


def _launches(one: Work) -> bool:
    return bool(one.controller) and one.kind == work.JOB and str(one.metadata["name"]).endswith(_LAUNCHER)


def _moment(one: Work, launchers: Mapping[str, Work], when: Callable[[Work], datetime | None]) -> datetime | None:
    """When something began or ended; the older MPIJobs do not always say it themselves, but the Job of their launcher does."""
    launcher = launchers.get(one.uid) if one.kind.name == "MPIJob" else None
    return when(one) or (when(launcher) if launcher else None)


def _over(own: list[Work], ends: Mapping[str, datetime], orders: Orders, now: datetime) -> Why:
    """What ended more than the time to live ago. An end in the future is none: somebody's clock is wrong."""
    return {
        one.uid: f"ended at {ends[one.uid]:%Y-%m-%d %H:%M} UTC"
        for one in own
        if one.uid in ends and now - ends[one.uid] > orders.ttl and not _ending(one).removes_itself(one.item)
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


def _of_their_runs(own: list[Work], why: Why, ends: Mapping[str, datetime], superseded: Why) -> Why:
    """What a run that goes has started outside its workflow: all that ended, and of a superseded run all."""
    runs = {
        (one.namespace, one.labels[_RUN]): one
        for one in own
        if one.uid in why and one.kind.name == "Workflow" and one.labels.get(_RUN)
    }
    found = {}
    for one in own:
        run = runs.get((one.namespace, one.labels.get(_RUN, "")))
        if run and run is not one and (one.uid in ends or run.uid in superseded):
            found[one.uid] = f"belongs to the run of {run.about}, which goes"
    return found


def _long(one: Work, began: datetime | None, orders: Orders, now: datetime) -> bool:
    """Whether work is at it for too long. Lone pods may be servers, and what is suspended waits for its turn."""
    if one.kind == work.POD or began is None or endings.suspended(one.item):
        return False
    return now - began > orders.longest


def _created(one: Work) -> datetime | None:
    return times.moment(one.metadata.get("creationTimestamp"))


def _ending(one: Work) -> endings.Ending:
    return endings.ENDINGS[one.kind.group, one.kind.resource]


def _ended(one: Work) -> datetime | None:
    return _ending(one).ended(one.item)


def _began(one: Work) -> datetime | None:
    return _ending(one).began(one.item)


def _orders(told: Told, now: datetime) -> Orders:
    for kind in work.kinds(told):
        if (kind.group, kind.resource) not in endings.ENDINGS:
            raise ValueError(f"kinds: {kind.resource!r} is not known to end")
    night = times.latest(told["nightly"], told["timeZone"], now)
    return Orders(times.duration(told["ttl"]), night, times.duration(told["maxRuntime"]))
