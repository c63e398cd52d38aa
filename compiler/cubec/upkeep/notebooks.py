"""Notebooks that nobody used or renewed for a while are stopped; their owners are reminded first, and volumes stay.

A Kubeflow Notebook says when it was last used, a lone pod does not: there the time since its start or its renewal counts. Tenants
can write all of these annotations, so whatever cannot be read, or lies ahead of us, counts as use. Before a notebook is stopped,
it was seen idle in two runs at least an hour apart, and the first of them reminded its owner; what was seen is kept in a ConfigMap
beside the desired state, where no tenant writes.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cubec.cluster import Cluster, Object, path
from cubec.upkeep import times, work
from cubec.upkeep.events import event
from cubec.upkeep.plan import Action, Finding, Plan, Told, capped, read
from cubec.upkeep.work import Kind, Work

NAME = "notebooks"
RENEWED = "cubec.io/renewed"

NOTEBOOK = Kind("kubeflow.org/v1", "Notebook", "notebooks")
_STOPPED = "kubeflow-resource-stopped"
_USED = "notebooks.kubeflow.org/last-activity"
_POD = ("pod-type", "notebook")  # how cube-studio labels the pods of its notebooks
_TWICE = 2
_APART = timedelta(hours=1)
_MOST = 50  # stops in one run


@dataclass(frozen=True, slots=True)
class Place:
    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class Orders:
    ttl: timedelta
    reminder: timedelta
    record: Place  # of the ConfigMap


@dataclass(frozen=True, slots=True)
class Sighting:
    """How often a notebook was seen idle since its last sign of life, and when last."""

    sign: datetime
    times: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    work: work.Seen
    record: Object | None


def observe(cluster: Cluster, told: Told) -> Seen:
    where = read(told, _orders).record
    return Seen(work.observe(cluster, told), cluster.get(path("v1", "configmaps", where.namespace, where.name)))


def plan(told: Told, seen: Seen, now: datetime) -> Plan:
    orders = read(told, _orders)
    known, record, steps = _sightings(seen.record), dict[str, Sighting](), list[Action | Finding]()
    for one in work.alive(seen.work):
        if not _is_notebook(one):
            continue
        sign = _last_sign(one, now)
        if sign is None:
            text = "does not say when it was used last, so it counts as used"
            steps.append(Finding(one.about, text, warning=True))
        elif now - sign > orders.ttl - orders.reminder:
            record[one.uid] = _seen_again(known.get(one.uid), sign, now)
            steps += _steps(one, record[one.uid], sign + orders.ttl, now)
    actions = [step for step in steps if isinstance(step, Action)]
    stops = capped([action for action in actions if action.verb != "create"], _MOST, "stops of notebooks")
    notes = (action for action in actions if action.verb == "create")
    findings = (step for step in steps if isinstance(step, Finding))
    written = _written(orders.record, seen.record, record)
    return Plan((*written, *notes, *stops.actions), (*seen.work.troubles, *findings, *stops.findings))


def _steps(one: Work, idle: Sighting, end: datetime, now: datetime) -> Iterator[Action | Finding]:
    """What an idle notebook gets: it goes, or its owner is told, once for each time that it was seen."""
    if now > end and idle.times >= _TWICE:
        yield _stop(one, idle.sign, now)
        return
    if now > end:
        yield Finding(one.about, "is past its time, and goes once a later run finds it idle, too")
    if idle.at == now:
        yield _reminder(one, max(end, now + _APART), now)


def _is_notebook(one: Work) -> bool:
    """One that runs, and that no controller would start anew."""
    annotations = one.metadata.get("annotations") or {}
    if one.kind.resource == NOTEBOOK.resource:
        return _STOPPED not in annotations
    key, value = _POD
    return one.labels.get(key) == value and not one.controlled


def _last_sign(one: Work, now: datetime) -> datetime | None:
    """When somebody used, renewed or started it last; None where that cannot be said, or lies ahead."""
    annotations = one.metadata.get("annotations") or {}
    wanted = (_USED,) if one.kind.resource == NOTEBOOK.resource else ()
    signs = [times.moment(one.metadata.get("creationTimestamp"))]
    signs += [times.moment(annotations.get(key)) for key in wanted]
    signs += [times.moment(annotations[RENEWED])] if RENEWED in annotations else []
    known = [sign for sign in signs if sign is not None and sign <= now]
    return max(known) if known and len(known) == len(signs) else None


def _seen_again(before: Sighting | None, sign: datetime, now: datetime) -> Sighting:
    """Counted once an hour at most, and from the start where there was a sign of life in between."""
    if before is None or before.sign != sign or before.at > now:
        return Sighting(sign, 1, now)
    return before if now - before.at < _APART else Sighting(sign, min(before.times + 1, _TWICE), now)


def _stop(one: Work, sign: datetime, now: datetime) -> Action:
    why = f"nobody used or renewed it since {sign:%Y-%m-%d %H:%M} UTC"
    version = str(one.metadata["resourceVersion"])
    if one.kind.resource != NOTEBOOK.resource:
        return Action("delete", one.where, one.about, why, uid=one.uid, version=version)
    stopped = {_STOPPED: now.strftime("%Y-%m-%dT%H:%M:%SZ")}
    return Action(
        "patch", one.where, one.about, why, {"metadata": {"resourceVersion": version, "annotations": stopped}}
    )


def _reminder(one: Work, end: datetime, now: datetime) -> Action:
    kind = one.kind.name.lower()
    renew = f"kubectl annotate {kind} {one.metadata['name']} --overwrite {RENEWED}=$(date -u +%Y-%m-%dT%H:%M:%SZ)"
    note = f"Not used since a while: it will be stopped after {end:%Y-%m-%d %H:%M} UTC. To keep it: {renew}"
    return event(one.whole, "EndsSoon", note, now, action="Remind")


def _sightings(record: Object | None) -> dict[str, Sighting]:
    """What earlier runs saw; what cannot be read was not seen."""
    found = {}
    for uid, text in ((record or {}).get("data") or {}).items():
        try:
            item = json.loads(text)
            sign, at = times.moment(item["sign"]), times.moment(item["at"])
            if sign and at:
                found[str(uid)] = Sighting(sign, int(item["times"]), at)
        except (KeyError, TypeError, ValueError):
            continue
    return found


def _written(at: Place, before: Object | None, record: Mapping[str, Sighting]) -> Iterator[Action]:
    """The record as it is now, without those that are no longer idle."""
    data = {uid: json.dumps(_sighting(one), sort_keys=True) for uid, one in sorted(record.items())}
    if data == ((before or {}).get("data") or {}):
        return
    where, about = path("v1", "configmaps", at.namespace), f"ConfigMap {at.namespace}/{at.name}"
    body: dict[str, Any] = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": at.name}, "data": data}
    if before is None:
        yield Action("create", where, about, "notes what was seen idle", body)
        return
    body["metadata"]["resourceVersion"] = before["metadata"]["resourceVersion"]
    yield Action("replace", f"{where}/{at.name}", about, "notes what was seen idle", body)


def _sighting(one: Sighting) -> dict[str, Any]:
    return {"sign": _text(one.sign), "times": one.times, "at": _text(one.at)}


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _orders(told: Told) -> Orders:
    ttl, reminder = times.duration(told["ttl"]), times.duration(told["reminder"])
    if reminder >= ttl:
        raise ValueError("reminder: it must be shorter than ttl")
    return Orders(ttl, reminder, Place(str(told["namespace"]), str(told["record"])))
