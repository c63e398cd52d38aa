"""Notebooks that nobody used or renewed for a while are stopped; their owners are reminded first, and volumes stay.

A Kubeflow Notebook says when it was last used, a lone pod does not: there the time since its start or its renewal counts. Tenants
can write all of these annotations, so whatever cannot be read, or lies ahead of us, counts as use. Before a notebook is stopped,
it was seen idle in two runs at least an hour apart, and the first of them reminded its owner; what was seen is kept in a ConfigMap
beside the desired state, where no tenant writes. Reminders come before the record of them, the record before any stop: a run that
is cut short reminds twice rather than never, and what could not be said is not recorded. What is stopped leaves the record, so one that is started again begins anew.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from cubec.cluster import Cluster, Object
from cubec.upkeep import record, times, work
from cubec.upkeep.events import event
from cubec.upkeep.plan import Action, Finding, Plan, Told, capped, read
from cubec.upkeep.work import Kind, Work

NAME = "notebooks"
RENEWED = "cubec.io/renewed"

NOTEBOOK = Kind("kubeflow.org/v1", "Notebook", "notebooks")
_STOPPED = "kubeflow-resource-stopped"
_USED = "notebooks.kubeflow.org/last-activity"
_POD = ("pod-type", "notebook")  # how cube-studio labels the pods of its notebooks
_ENDED = ("Failed", "Succeeded")
_TWICE = 2
_APART = timedelta(hours=1)
_MOST = 50  # stops in one run
_KEPT = 5000  # entries of the record: a ConfigMap holds 1 MiB


@dataclass(frozen=True, slots=True)
class Orders:
    ttl: timedelta
    reminder: timedelta
    record: record.Place


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
    at = read(told, _orders).record
    return Seen(work.observe(cluster, told), record.read(cluster, at))


def plan(told: Told, seen: Seen, now: datetime) -> Plan:
    orders = read(told, _orders)
    known, idlers = _sightings(seen.record), dict[str, Sighting]()
    stops, notes, findings = list[tuple[str, Action]](), list[Action](), list[Finding]()
    for one in work.alive(seen.work):
        if not _is_notebook(one):
            continue
        sign = _last_sign(one, now)
        if sign is None:
            text = "does not say when it was used last, so it counts as used"
            findings.append(Finding(one.about, text, warning=True))
        elif now - sign > orders.ttl - orders.reminder:
            idle = idlers[one.uid] = _seen_again(known.get(one.uid), sign, now)
            end = sign + orders.ttl
            if now > end and idle.times >= _TWICE:
                stops.append((one.uid, _stop(one, sign, now)))
            elif idle.at == now:
                notes.append(_reminder(one, max(end, now + _APART), now, first=idle.times == 1))
    stopped = capped([action for _, action in stops], _MOST, "stops of notebooks")
    for uid, _ in stops[:_MOST]:
        del idlers[uid]
    written = record.written(orders.record, seen.record, _texts(idlers), "notes what was seen idle")
    return Plan((*notes, *written, *stopped.actions), (*seen.work.troubles, *findings, *stopped.findings))


def _is_notebook(one: Work) -> bool:
    """One that runs, and that no controller would start anew."""
    annotations = one.metadata.get("annotations") or {}
    if one.kind.resource == NOTEBOOK.resource:
        return _STOPPED not in annotations
    key, value = _POD
    ended = (one.item.get("status") or {}).get("phase") in _ENDED
    return one.labels.get(key) == value and not one.controller and not ended


def _last_sign(one: Work, now: datetime) -> datetime | None:
    """When somebody used, renewed or started it last; None where that cannot be said, or lies ahead."""
    annotations = one.metadata.get("annotations") or {}
    said: list[object] = [one.metadata.get("creationTimestamp")]
    if one.kind.resource == NOTEBOOK.resource:
        said.append(annotations.get(_USED))
        running = ((one.item.get("status") or {}).get("containerState") or {}).get("running")
        said += [running.get("startedAt")] if running else []
    said += [annotations[RENEWED]] if RENEWED in annotations else []
    signs = [sign for text in said if (sign := times.moment(text)) and sign <= now]
    return max(signs) if len(signs) == len(said) else None


def _seen_again(before: Sighting | None, sign: datetime, now: datetime) -> Sighting:
    """Counted once an hour at most, and from the start where there was a sign of life in between."""
    if before is None or before.sign != sign or before.at > now:
        return Sighting(sign, 1, now)
    return before if now - before.at < _APART else Sighting(sign, min(before.times + 1, _TWICE), now)


def _stop(one: Work, sign: datetime, now: datetime) -> Action:
    why, notice = f"nobody used or renewed it since {sign:%Y-%m-%d %H:%M} UTC", _notice(one, "stop", "")
    version = str(one.metadata["resourceVersion"])
    if one.kind.resource != NOTEBOOK.resource:
        return Action("delete", one.where, one.about, why, uid=one.uid, version=version, notice=notice)
    body = {"metadata": {"resourceVersion": version, "annotations": {_STOPPED: _seconds(now)}}}
    return Action("patch", one.where, one.about, why, body, notice=notice)


def _reminder(one: Work, end: datetime, now: datetime, *, first: bool) -> Action:
    """An Event each time, since those do not last; the webhook is told at first."""
    what = f"{one.kind.name.lower()} {one.metadata['name']} -n {one.namespace}"
    renew = f"kubectl annotate {what} --overwrite {RENEWED}=$(date -u +%Y-%m-%dT%H:%M:%SZ)"
    note = f"Not used for a while: it will be stopped after {end:%Y-%m-%d %H:%M} UTC. To keep it: {renew}"
    said = replace(event(one.whole, "EndsSoon", note, now, action="Remind"), entry=one.uid)
    return replace(said, notice=_notice(one, "reminder", _seconds(end))) if first else said


def _notice(one: Work, what: str, until: str) -> Object:
    about = {"kind": one.kind.name, "namespace": one.namespace, "name": str(one.metadata["name"])}
    return {**about, "what": what, "until": until}


def _sightings(kept: Object | None) -> dict[str, Sighting]:
    """What earlier runs saw; what cannot be read was not seen."""
    found = {}
    for uid, text in record.data(kept).items():
        try:
            item = json.loads(text)
            sign, at = times.moment(item["sign"]), times.moment(item["at"])
            if sign and at:
                found[str(uid)] = Sighting(sign, int(item["times"]), at)
        except (KeyError, OverflowError, RecursionError, TypeError, ValueError):
            continue
    return found


def _texts(idlers: Mapping[str, Sighting]) -> Mapping[str, str]:
    """The record as it is now, without those that are no longer idle; of too many the idlest."""
    kept = sorted(idlers, key=lambda uid: (idlers[uid].sign, uid))[:_KEPT]
    return {uid: json.dumps(_sighting(idlers[uid]), sort_keys=True) for uid in sorted(kept)}


def _sighting(one: Sighting) -> dict[str, Any]:
    return {"sign": _text(one.sign), "times": one.times, "at": _text(one.at)}


def _seconds(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _orders(told: Told) -> Orders:
    ttl, reminder = times.duration(told["ttl"]), times.duration(told["reminder"])
    if reminder >= ttl:
        raise ValueError("reminder: it must be shorter than ttl")
    return Orders(ttl, reminder, record.place(told))
