"""How much cpu and memory the runs of a template really need: a report with a ready change, and never the change itself.

A run is a pod that succeeded and carries its template's label. What it used is kept in a ConfigMap beside the desired state, as
pods do not last; after enough runs that is compared with what the template asks for.
"""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cubec.cluster import Cluster, Object, RefusedError, path
from cubec.model.quantity import NANO, Quantity, parse, whole
from cubec.upkeep import endings, namespaces, times
from cubec.upkeep.plan import Action, Finding, Plan, Told, read
from cubec.upkeep.prometheus import Prometheus, PrometheusError, Usage
from cubec.upkeep.work import POD, Kind, Work

NAME = "rightSizing"

TEMPLATE = Kind("v1", "PodTemplate", "podtemplates")
_OF = "cubec.io/template"
_UNCHECKED = "cubec.io/no-resource-check"
_REPORT = "report.yaml"
_KEPT, _DAYS = 50, timedelta(days=30)  # of the runs of a template
_MOST = 200  # runs whose use is asked for in one run of ours
_GIB = 2**30

Runs = Mapping[str, "Used"]  # by uid of the pod


@dataclass(frozen=True, slots=True)
class Orders:
    runs: int
    cpu: int  # cores
    memory: int  # Gi
    prometheus: str
    namespace: str
    record: str


@dataclass(frozen=True, slots=True)
class Used:
    """What one run used, and when it ended."""

    usage: Usage
    at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """Templates by name, as they stand in some namespace; what new runs used, by template and uid; what was known before."""

    templates: Mapping[str, Object]
    new: Mapping[str, Runs]
    record: Object | None
    troubles: tuple[Finding, ...]


def observe(cluster: Cluster, told: Told) -> Seen:
    orders = read(told, _orders)
    templates, pods, troubles = dict[str, Object](), list[Work](), list[Finding]()
    for namespace in namespaces.of_groups(cluster, told):
        name = namespace["metadata"]["name"]
        try:
            templates |= {one["metadata"]["name"]: one for one in cluster.list(_where(TEMPLATE, name))}
            pods += [Work(POD, item) for item in cluster.list(_where(POD, name), labels=_OF)]
        except RefusedError as error:
            troubles.append(Finding(f"namespace {name}", f"could not be looked at: {error.message}", error=True))
    record = cluster.get(path("v1", "configmaps", orders.namespace, orders.record))
    new, more = _ask(orders, [pod for pod in pods if pod.labels[_OF] in templates], _known(record))
    return Seen(templates, new, record, (*troubles, *more))


def _where(kind: Kind, namespace: str) -> str:
    return path(kind.version, kind.resource, namespace)


def _ask(orders: Orders, pods: list[Work], known: Mapping[str, Runs]) -> tuple[dict[str, Runs], tuple[Finding, ...]]:
    """What the runs used that are not known yet; an answer that cannot be had ends the asking, and the next run goes on."""
    new: dict[str, dict[str, Used]] = {}
    fresh = [(pod, end) for pod in pods if (end := _succeeded(pod)) and pod.uid not in known.get(pod.labels[_OF], {})]
    if not orders.prometheus:
        return {}, (
            Finding("Prometheus", "no address is declared, so nothing is known of what runs use", warning=True),
        )
    try:
        server = Prometheus(orders.prometheus)
        for pod, end in fresh[:_MOST]:
            began = times.moment((pod.item.get("status") or {}).get("startTime")) or end
            used = server.peak(pod.namespace, str(pod.metadata["name"]), began, end)
            if used:
                new.setdefault(pod.labels[_OF], {})[pod.uid] = Used(used, end)
    except PrometheusError as error:
        return dict(new), (Finding("Prometheus", str(error), error=True),)
    return dict(new), ()


def _succeeded(pod: Work) -> datetime | None:
    if (pod.item.get("status") or {}).get("phase") != "Succeeded":
        return None
    return endings.ended(POD.group, POD.resource, pod.item)


def plan(told: Told, seen: Seen, now: datetime) -> Plan:
    orders = read(told, _orders)
    runs = _together(_known(seen.record), seen.new, now)
    advice = [
        one for name, used in sorted(runs.items()) if (one := _advice(orders, seen.templates.get(name), name, used))
    ]
    findings = [Finding(f"JobTemplate {name}", text) for name, text, _ in advice]
    report = "".join(change for _, _, change in advice)
    return Plan(tuple(_written(orders, seen.record, runs, report)), (*seen.troubles, *findings))


def _together(before: Mapping[str, Runs], new: Mapping[str, Runs], now: datetime) -> dict[str, Runs]:
    """The last runs of each template, of the last thirty days."""
    found = dict[str, Runs]()
    for name in before.keys() | new.keys():
        every = {**before.get(name, {}), **new.get(name, {})}
        recent = sorted((used.at, uid) for uid, used in every.items() if now - _DAYS < used.at <= now)
        if recent:
            found[name] = {uid: every[uid] for _, uid in recent[-_KEPT:]}
    return found


def _advice(orders: Orders, template: Object | None, name: str, runs: Runs) -> tuple[str, str, str] | None:
    """The template, a sentence, and what to write; None where there is too little to go by, nothing to change, or no wish for advice."""
    if template is None or len(runs) < orders.runs:
        return None
    if (template["metadata"].get("annotations") or {}).get(_UNCHECKED) == "true":
        return None
    asked = _asked(template)
    peak = Usage(max(used.usage.cpu for used in runs.values()), max(used.usage.memory for used in runs.values()))
    cpu, memory = recommended(peak.cpu, orders.cpu), recommended(peak.memory, orders.memory)
    if asked == (whole(cpu), whole(memory * _GIB)):
        return None
    was = ", ".join(f"{word} {amount or 'nothing'}" for word, amount in zip(("cpu", "memory"), asked, strict=True))
    text = f"the largest of {len(runs)} runs used {peak.cpu:.1f} cpu and {peak.memory:.1f}Gi: cpu {cpu}, memory {memory}Gi would do; it asks for {was}"
    change = f"# {text}\napiVersion: cubec.io/v1\nkind: JobTemplate\nmetadata:\n  name: {name}\nspec:\n  resources:\n    cpu: {cpu}\n    memory: {memory}Gi\n"
    return name, text, f"---\n{change}"


def recommended(peak: float, cap: int) -> int:
    """cube-studio's rule: two fifths more than the highest use, and two, and never above the cap."""
    return min(cap, math.ceil(peak * 1.4) + 2)


def _asked(template: Object) -> tuple[Quantity | None, Quantity | None]:
    """The limits of its one container."""
    containers = template.get("template", {}).get("spec", {}).get("containers") or [{}]
    limits = (containers[0].get("resources") or {}).get("limits") or {}
    cpu, memory = (parse(limits[word]) if word in limits else None for word in ("cpu", "memory"))
    return cpu, memory


def _known(record: Object | None) -> dict[str, Runs]:
    """What earlier runs of ours kept; what cannot be read is not known."""
    found: dict[str, Runs] = {}
    for key, text in ((record or {}).get("data") or {}).items():
        if not key.endswith(".json"):
            continue
        try:
            read_back = {uid: _used(item) for uid, item in json.loads(text).items()}
        except (AttributeError, KeyError, TypeError, ValueError):
            continue
        found[key.removesuffix(".json")] = read_back
    return found


def _used(item: Any) -> Used:
    at, cpu, memory = times.moment(item["at"]), float(item["cpu"]), float(item["memory"])
    if at is None or not (math.isfinite(cpu) and math.isfinite(memory)):
        raise ValueError("no run")
    return Used(Usage(cpu, memory), at)


def _written(orders: Orders, before: Object | None, runs: Mapping[str, Runs], report: str) -> Iterator[Action]:
    data = {f"{name}.json": _text(found) for name, found in sorted(runs.items())}
    data |= {_REPORT: report} if report else {}
    if data == ((before or {}).get("data") or {}):
        return
    where, about = path("v1", "configmaps", orders.namespace), f"ConfigMap {orders.namespace}/{orders.record}"
    body: dict[str, Any] = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": orders.record}, "data": data}
    if before is None:
        yield Action("create", where, about, "keeps what runs used", body)
        return
    body["metadata"]["resourceVersion"] = before["metadata"]["resourceVersion"]
    yield Action("replace", f"{where}/{orders.record}", about, "keeps what runs used", body)


def _text(runs: Runs) -> str:
    kept = {
        uid: {
            "cpu": round(used.usage.cpu, 3),
            "memory": round(used.usage.memory, 3),
            "at": f"{used.at:%Y-%m-%dT%H:%M:%SZ}",
        }
        for uid, used in sorted(runs.items())
    }
    return json.dumps(kept, sort_keys=True)


def _orders(told: Told) -> Orders:
    cpu, memory = parse(told["maxCpu"]), parse(told["maxMemory"])
    return Orders(
        int(told["minRuns"]),
        cpu.nano // NANO,
        memory.nano // NANO // _GIB,
        str(told.get("prometheus", "")),
        str(told["namespace"]),
        str(told["record"]),
    )
