"""Runs of a task against a twin, and what must hold of every run, whatever went wrong in it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from random import Random
from typing import Any

from kubernetes.client import Configuration

from cubec.cluster import Cluster, ClusterError
from cubec.upkeep import TASKS, job
from cubec.upkeep.plan import MANAGER, Action, Plan, Told
from tests.upkeep.faults import CALM, ROUGH, STORM, Faulty
from tests.upkeep.twin import Place, Twin, Write

METHODS = {"apply": "PATCH", "patch": "PATCH", "create": "POST", "replace": "PUT", "delete": "DELETE"}
SYSTEM = "cubec-system"
STATE = Place("v1", "configmaps", SYSTEM, "desired-state")
AT_MOST = timedelta(minutes=9)


@cache
def _client() -> Cluster:
    """One for all: making it takes longer than a schedule."""
    configuration = Configuration()
    configuration.host = "http://twin"
    return Cluster(configuration, page=3)


@dataclass
class Run:
    """What one run planned, said and did; ``outcome`` is None where it could not begin or was told to end."""

    plan: Plan | None = None
    outcome: job.Outcome | None = None
    log: list[dict[str, Any]] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    trouble: str = ""


@dataclass
class World:
    """A twin, the way to it, and a task that looks after it."""

    task: str
    twin: Twin
    wire: Faulty
    at_most: timedelta = AT_MOST

    def tell(self, told: object) -> None:
        """Write down what the task is told; text as it is, anything else as JSON."""
        text = told if isinstance(told, str) else json.dumps(told)
        if STATE in self.twin.objects:
            self.twin.change(STATE, {"data": {f"{self.task}.json": text}})
        else:
            body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": STATE.name}}
            self.twin.create(STATE, {**body, "data": {f"{self.task}.json": text}})

    def run(self, *, really: bool = True) -> Run:
        run, begun, sent = Run(), len(self.twin.writes), len(self.wire.sent)
        cluster = _client()
        cluster._wire.pool = self.wire
        cluster._wire._clock = lambda: self.twin.now
        cluster._wire._pause = self._pause
        cluster.stop_at(self.twin.now + self.at_most)
        watched = _Watched(TASKS[self.task], run)
        try:
            run.outcome = job.run(
                cluster, watched, namespace=SYSTEM, now=self.twin.now, really=really, log=run.log.append
            )
        except (ClusterError, SystemExit) as error:
            run.trouble = str(error)
        run.writes = [write for write in self.twin.writes[begun:] if write.manager in (MANAGER, "")]
        self._as_planned(run, sent, really=really)
        return run

    def _pause(self, seconds: float) -> None:
        assert 0 <= seconds <= 30
        self.twin.now += timedelta(seconds=seconds)

    def _as_planned(self, run: Run, sent: int, *, really: bool) -> None:
        """Nothing is asked for that the plan does not say, and nothing at all in a dry run."""
        planned = [_request(action) for action in (run.plan.actions if run.plan and really else ())]
        for one in self.wire.sent[sent:]:
            body = None if one.method == "DELETE" else one.body
            assert any(_said(one.method, one.path, body, *request) for request in planned), one
            if one.method == "DELETE":
                assert one.body["preconditions"]["uid"]

    def settle(self, most: int = 12) -> list[Run]:
        """Runs without faults until one has nothing to do; the last one is that."""
        self.wire.rate, self.wire.skew, self.wire.ends = CALM, timedelta(), False
        self.at_most = AT_MOST
        runs = []
        for _ in range(most):
            self.twin.collect_garbage()
            runs.append(self.run())
            assert runs[-1].outcome is not None, runs[-1].trouble
            if not runs[-1].outcome.planned:
                return runs
        raise AssertionError(f"does not come to rest: {runs[-1].plan}")

    def disturb(self, change: Callable[[Random], None], runs: int) -> list[Run]:
        """Runs under faults, while others change things, between the runs and within them."""
        random = self.wire.random
        self.wire.meanwhile = lambda: change(random)
        found = []
        for _ in range(runs):
            change(random)
            self.wire.rate = random.choice((ROUGH, ROUGH, STORM))
            self.wire.ends = random.random() < 0.2
            self.at_most = random.choice((AT_MOST, AT_MOST, AT_MOST / 9, AT_MOST / 18))
            self.wire.skew = timedelta(minutes=random.choice((0, 0, 0, 0, 0, 0, 0, 2, -2)))
            if random.random() < 0.3:
                self.twin.collect_garbage()
            run = self.run(really=random.random() < 0.85)
            assert not (self.wire.skew and run.writes)
            found.append(run)
        return found


def _request(action: Action) -> tuple[str, str, Any]:
    return METHODS[action.verb], action.where, None if action.verb == "delete" else action.body


def _said(method: str, path: str, body: Any, *planned: Any) -> bool:
    """Whether a request is one of the plan's; a record may lack entries, of what failed before it was written."""
    if (method, path, body) == planned:
        return True
    record = (planned[2] or {}).get("kind") == "ConfigMap" and (method, path) == planned[:2]
    return (
        record
        and body["data"].items() <= planned[2]["data"].items()
        and {**body, "data": {}} == {**planned[2], "data": {}}
    )


@dataclass
class _Watched:
    """A task whose plan is written down."""

    task: Any
    run: Run

    @property
    def NAME(self) -> str:  # noqa: N802 - the task's own
        return self.task.NAME

    def observe(self, cluster: Cluster, told: Told) -> Any:
        return self.task.observe(cluster, told)

    def plan(self, told: Told, seen: Any, now: Any) -> Plan:
        self.run.plan = self.task.plan(told, seen, now)
        return self.run.plan


def world(task: str, seed: int, **more: Any) -> World:
    twin = Twin(**more)
    twin.create(Place("v1", "namespaces"), {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SYSTEM}})
    return World(task, twin, Faulty(twin, Random(seed)))
