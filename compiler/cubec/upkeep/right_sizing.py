"""How much cpu and memory the runs of a template really need: a report with a ready change, and never the change itself.

A run is what succeeded and carries its template's label: a pod, or the pods of one owner. What it used is kept in a ConfigMap
beside the desired state, as pods do not last; after enough runs that is compared with what the template asks for.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cubec.cluster import Cluster, Object, RefusedError, path
from cubec.model.quantity import Quantity, parse
from cubec.upkeep import endings, namespaces, record, times
from cubec.upkeep.advice import Caps, Template, advise, change
from cubec.upkeep.plan import Finding, Plan, Told, read
from cubec.upkeep.prometheus import Prometheus, Usage
from cubec.upkeep.web import WebError
from cubec.upkeep.work import POD, Work, kept

NAME = "rightSizing"

_OF = "cubec.io/template"
_REPORT, _RUNS = "report.yaml", ".json"
_KEPT, _DAYS = 20, timedelta(days=30)  # of the runs of a template, or as many as advice takes
_DIGITS = 1000
_MOST = 200  # pods that are asked about in one run of ours

Runs = Mapping[str, "Used"]  # by uid of the pod, or of its owner


@dataclass(frozen=True, slots=True)
class Orders:
    runs: int
    caps: Caps
    templates: Mapping[str, Template]
    prometheus: str
    record: record.Place

    @property
    def kept(self) -> int:
        return max(self.runs, _KEPT)


@dataclass(frozen=True, slots=True)
class Used:
    """What one run used, and when it ended."""

    usage: Usage
    at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """What new runs used, by template and uid; and what was known before."""

    new: Mapping[str, Runs]
    record: Object | None
    troubles: tuple[Finding, ...]


def observe(cluster: Cluster, told: Told) -> Seen:
    orders = read(told, _orders)
    pods, troubles = list[Work](), list[Finding]()
    for namespace in namespaces.of_groups(cluster, told):
        name = namespace["metadata"]["name"]
        try:
            pods += [Work(POD, kept(item)) for item in cluster.list(path(POD.version, POD.resource, name), labels=_OF)]
        except RefusedError as error:
            troubles.append(Finding(f"namespace {name}", f"could not be looked at: {error.message}", error=True))
    kept_before = record.read(cluster, orders.record)
    new, more = _ask(orders, pods, _known(kept_before))
    return Seen(new, kept_before, (*troubles, *more))


def _ask(orders: Orders, pods: list[Work], known: Mapping[str, Runs]) -> tuple[Mapping[str, Runs], tuple[Finding, ...]]:
    """What the last runs used that are not known yet; an answer that cannot be had ends the asking, and the next run goes on."""
    if not orders.prometheus:
        text = "no address is declared, so nothing is known of what runs use"
        return {}, (Finding("Prometheus", text, warning=True),)
    new: dict[str, dict[str, Used]] = {}
    try:
        server = Prometheus(orders.prometheus)
        for pod, end in _fresh(orders, pods, known)[:_MOST]:
            began = times.moment((pod.item.get("status") or {}).get("startTime")) or end
            usage = server.peak(pod.namespace, str(pod.metadata["name"]), began, end)
            if usage:
                runs = new.setdefault(pod.labels[_OF], {})
                runs[_run(pod)] = _larger(runs.get(_run(pod)), _noted(usage, end))
    except WebError as error:
        return new, (Finding("Prometheus", str(error), error=True),)
    return new, ()


def _fresh(orders: Orders, pods: list[Work], known: Mapping[str, Runs]) -> list[tuple[Work, datetime]]:
    """The pods of the last runs of each template that are not known, the newest first."""
    ended = [(pod, end) for pod in pods if pod.labels[_OF] in orders.templates and (end := _succeeded(pod))]
    ended.sort(key=lambda one: one[1], reverse=True)
    last: dict[str, dict[str, None]] = {}
    for pod, _ in ended:
        runs = last.setdefault(pod.labels[_OF], {})
        if len(runs) < orders.kept:
            runs[_run(pod)] = None
    return [
        (pod, end)
        for pod, end in ended
        if _run(pod) in last[pod.labels[_OF]] and _run(pod) not in known.get(pod.labels[_OF], {})
    ]


def _run(pod: Work) -> str:
    return pod.controller or pod.uid


def _noted(usage: Usage, end: datetime) -> Used:
    """As exactly as it is written down, so that the next run advises the same."""
    cpu, memory = (math.ceil(amount * _DIGITS) / _DIGITS for amount in (usage.cpu, usage.memory))
    return Used(Usage(cpu, memory), end.replace(microsecond=0))


def _larger(one: Used | None, other: Used) -> Used:
    if one is None:
        return other
    usage = Usage(max(one.usage.cpu, other.usage.cpu), max(one.usage.memory, other.usage.memory))
    return Used(usage, max(one.at, other.at))


def _succeeded(pod: Work) -> datetime | None:
    if (pod.item.get("status") or {}).get("phase") != "Succeeded":
        return None
    return endings.ENDINGS[POD.group, POD.resource].ended(pod.item)


def plan(told: Told, seen: Seen, now: datetime) -> Plan:
    orders = read(told, _orders)
    runs = _together(orders, _known(seen.record), seen.new, now)
    report, findings = "", list[Finding]()
    for name, used in runs.items():
        if len(used) < orders.runs:
            continue
        peak = Usage(max(one.usage.cpu for one in used.values()), max(one.usage.memory for one in used.values()))
        advice = advise(orders.templates[name], len(used), peak, orders.caps)
        if advice:
            findings.append(Finding(f"JobTemplate {name}", advice.text))
            report += change(orders.templates[name], advice)
    written = record.written(orders.record, seen.record, _data(runs, report), "keeps what runs used")
    return Plan(tuple(written), (*seen.troubles, *findings))


def _together(orders: Orders, before: Mapping[str, Runs], new: Mapping[str, Runs], now: datetime) -> Mapping[str, Runs]:
    """The last runs of each template that there is, of the last thirty days."""
    found = dict[str, Runs]()
    for name in sorted(orders.templates):
        every = {**before.get(name, {}), **new.get(name, {})}
        recent = sorted((used.at, uid) for uid, used in every.items() if now - _DAYS < used.at <= now)
        if recent:
            found[name] = {uid: every[uid] for _, uid in recent[-orders.kept :]}
    return found


def _known(before: Object | None) -> dict[str, Runs]:
    """What earlier runs of ours kept; what cannot be read is not known."""
    found: dict[str, Runs] = {}
    for key, text in record.data(before).items():
        if not key.endswith(_RUNS):
            continue
        try:
            read_back = {uid: _used(item) for uid, item in json.loads(text).items()}
        except (AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError):
            continue
        found[key.removesuffix(_RUNS)] = read_back
    return found


def _used(item: Any) -> Used:
    at, cpu, memory = times.moment(item["at"]), float(item["cpu"]), float(item["memory"])
    if at is None or not (math.isfinite(cpu) and math.isfinite(memory)):
        raise ValueError("no run")
    return Used(Usage(cpu, memory), at)


def _data(runs: Mapping[str, Runs], report: str) -> Mapping[str, str]:
    data = {f"{name}{_RUNS}": _text(found) for name, found in runs.items()}
    return {**data, **({_REPORT: report} if report else {})}


def _text(runs: Runs) -> str:
    kept = {
        uid: {"cpu": used.usage.cpu, "memory": used.usage.memory, "at": f"{used.at:%Y-%m-%dT%H:%M:%SZ}"}
        for uid, used in sorted(runs.items())
    }
    return json.dumps(kept, sort_keys=True)


def _orders(told: Told) -> Orders:
    return Orders(
        int(told["minRuns"]),
        {"cpu": parse(told["maxCpu"]), "memory": parse(told["maxMemory"])},
        {str(one["name"]): _template(one) for one in told["templates"]},
        str(told.get("prometheus", "")),
        record.place(told),
    )


def _template(one: Mapping[str, Any]) -> Template:
    asks = {resource: _amounts(one["asks"].get(resource)) for resource in ("cpu", "memory")}
    return Template(str(one["name"]), asks, {str(key): str(text) for key, text in one["variables"].items()})


def _amounts(asked: Any) -> tuple[Quantity, Quantity] | None:
    return (parse(asked["request"]), parse(asked["limit"])) if asked else None
