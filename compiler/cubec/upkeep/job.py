"""Run one task: read what it was told, look, plan, say what is to be done, and do it where that was asked for."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cubec.cluster import Cluster, ClusterError, RefusedError, path
from cubec.upkeep.plan import Action, Plan, Task, Told

DESIRED_STATE = "desired-state"
MANAGER = "cubec-upkeep"

_SKEW = timedelta(seconds=60)

Log = Callable[[dict[str, Any]], None]


class JobError(ClusterError):
    """The run could not begin: what the task needs to know is missing, or the clocks disagree."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many actions were planned, done, left to the next run because somebody was faster, and refused."""

    planned: int
    done: int
    outrun: int
    failed: int


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
        log({"level": "warning" if finding.warning else "info", "about": finding.about, "text": finding.text})
    return _carry_out(cluster, plan, really=really, log=log)


def _told(cluster: Cluster, name: str, namespace: str) -> Told:
    found = cluster.get(path("v1", "configmaps", namespace, DESIRED_STATE))
    text = (found or {}).get("data", {}).get(f"{name}.json")
    if text is None:
        raise JobError(f"ConfigMap {namespace}/{DESIRED_STATE} tells nothing about {name!r}; nothing was done")
    told: Told = json.loads(text)
    return told


def _carry_out(cluster: Cluster, plan: Plan, *, really: bool, log: Log) -> Outcome:
    done = outrun = failed = 0
    for action in plan.actions:
        entry = {
            "level": "info",
            "action": action.verb,
            "about": action.about,
            "text": action.why,
            "dryRun": not really,
        }
        if not really:
            log(entry)
            continue
        try:
            _do(cluster, action)
        except RefusedError as error:
            outrun, failed = outrun + error.conflict, failed + (not error.conflict)
            log(entry | {"level": "info" if error.conflict else "error", "error": error.message})
        else:
            done += 1
            log(entry)
    return Outcome(len(plan.actions), done, outrun, failed)


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
