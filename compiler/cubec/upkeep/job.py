"""Run one task: read what it was told, look, plan, say what is to be done, and do it where that was asked for."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from cubec.cluster import Cluster, ClusterError, LateError, RefusedError, path
from cubec.upkeep import webhook
from cubec.upkeep.plan import MANAGER, Action, Finding, JobError, Plan, Task, Told

DESIRED_STATE = "desired-state"

_SKEW = timedelta(seconds=60)
_NOT_FOUND, _ABOUT_THE_BODY = 404, (400, 422)

Log = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many actions there were, and what became of them.

    ``outrun`` are those where somebody was faster: the object changed, is there already, or is gone. The next run sees to
    them, as to those that are ``left`` because time ran out. ``findings`` are counted by level: info, warning, error.
    """

    planned: int
    done: int
    outrun: int
    failed: int
    left: int
    findings: Mapping[str, int]

    @property
    def clean(self) -> bool:
        """Whether all was seen that had to be seen, and nothing was refused or left because time ran out."""
        return not (self.failed or self.left or self.findings.get("error"))


def run(cluster: Cluster, task: Task, *, namespace: str, now: datetime, really: bool, log: Log) -> Outcome:
    """One run of one task. ``namespace`` is where the desired state lies; ``now`` is this machine's time in UTC."""
    told = _told(cluster, task.NAME, namespace)
    seen = task.observe(cluster, told)
    if abs(cluster.skew) > _SKEW:
        raise JobError(
            f"the API server's clock and this one are {cluster.skew.total_seconds():+.0f} s apart; nothing was done"
        )
    plan = task.plan(told, seen, now)
    for finding in plan.findings:
        _say(finding, log)
    done: list[Action] = []
    outcome = _carry_out(cluster, plan, done, really=really, log=log)
    notices = [action.notice for action in done if action.notice]
    if trouble := webhook.tell(str(told.get("webhook", "")), task.NAME, notices):
        _say(trouble, log)
    return outcome


def _say(finding: Finding, log: Log) -> None:
    log({"level": _level(finding), "about": finding.about, "text": finding.text})


def _level(finding: Finding) -> str:
    return "error" if finding.error else "warning" if finding.warning else "info"


def _told(cluster: Cluster, name: str, namespace: str) -> Told:
    where = f"ConfigMap {namespace}/{DESIRED_STATE}"
    found = cluster.get(path("v1", "configmaps", namespace, DESIRED_STATE))
    text = ((found or {}).get("data") or {}).get(f"{name}.json")
    if text is None:
        raise JobError(f"{where} tells nothing about {name!r}; nothing was done")
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise JobError(f"{where}: {name}.json is no JSON; nothing was done") from error
    if not isinstance(told, dict):
        raise JobError(f"{where}: {name}.json is no object; nothing was done")
    return told


def _carry_out(cluster: Cluster, plan: Plan, done: list[Action], *, really: bool, log: Log) -> Outcome:
    """Every action is tried, whatever became of the ones before; only the end of the run's time stops them.

    What was done is added to ``done``.
    """
    counted: Counter[str] = Counter()
    untrue: set[str] = set()
    for number, action in enumerate(plan.actions):
        entry: dict[str, Any] = {"level": "info", "action": action.verb, "about": action.about, "text": action.why}
        entry |= {"dryRun": not really}
        try:
            if really:
                _do(cluster, _without(action, untrue))
        except LateError as error:
            counted["left"] = len(plan.actions) - number
            log({"level": "error", "text": f"{error}: {counted['left']} actions are left to the next run"})
            break
        except ClusterError as error:
            outrun = isinstance(error, RefusedError) and (error.conflict or error.status == _NOT_FOUND)
            counted["outrun" if outrun else "failed"] += 1
            if not (isinstance(error, RefusedError) and error.there):
                untrue.add(action.entry)
            log(entry | {"level": "info" if outrun else "error", "error": _words(error, action)})
        else:
            counted["done"] += really
            done += [action] * really
            log(entry)
    findings = Counter(_level(finding) for finding in plan.findings)
    kept = {name: counted[name] for name in ("done", "outrun", "failed", "left")}
    return Outcome(len(plan.actions), **kept, findings=dict(findings))


def _without(action: Action, untrue: set[str]) -> Action:
    """A record without the entries that do not hold, since what they speak of failed."""
    body = action.body or {}
    if untrue.isdisjoint(body.get("data", ())):
        return action
    return replace(
        action, body={**body, "data": {key: text for key, text in body["data"].items() if key not in untrue}}
    )


def _words(error: ClusterError, action: Action) -> str:
    if not isinstance(error, RefusedError):
        return str(error)
    if action.private and error.status in _ABOUT_THE_BODY:
        return f"{error.status} {error.reason}".strip()
    return error.message


def _do(cluster: Cluster, action: Action) -> None:
    body = action.body or {}
    match action.verb:
        case "apply":
            cluster.apply(action.where, body, manager=MANAGER, force=True)
        case "create":
            cluster.create(action.where, body, manager=MANAGER)
        case "replace":
            cluster.replace(action.where, body, manager=MANAGER)
        case "patch":
            cluster.patch(action.where, body, manager=MANAGER)
        case "delete":
            cluster.delete(action.where, uid=action.uid, version=action.version)
