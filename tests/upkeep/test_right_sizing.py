"""The task ``rightSizing`` under schedules of faults, against an API server in memory and a Prometheus that has moods."""

import json
import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
import yaml

from cubec.upkeep import right_sizing
from cubec.upkeep.advice import enough
from cubec.upkeep.prometheus import Usage
from cubec.upkeep.web import WebError
from tests.upkeep.groups import ALWAYS, NOT_TOLD, SPACES, add_groups, rest, wait, written
from tests.upkeep.runs import SYSTEM, Run, World, world
from tests.upkeep.twin import Place

SCHEDULES, CHUNKS, LEAST = 300, 3, 3
RECORD = Place("v1", "configmaps", SYSTEM, "right-sizing")
AMOUNT = {"request": "2", "limit": "2"}
TEMPLATES = ("pytorch", "tf")
TOLD = {
    **ALWAYS,
    "minRuns": str(LEAST),
    "maxCpu": "20",
    "maxMemory": "20Gi",
    "prometheus": "http://prometheus.monitoring:9090",
    "record": "right-sizing",
    "templates": [
        {"name": name, "asks": {"cpu": AMOUNT, "memory": {"request": "4Gi", "limit": "4Gi"}}, "variables": {}}
        for name in TEMPLATES
    ],
}


@dataclass
class Site:
    """A world of pods; what each run used, by template and uid."""

    world: World
    used: dict[str, dict[str, float]] = field(default_factory=lambda: {name: {} for name in TEMPLATES})
    numbers: dict[tuple[str, str, datetime], float] = field(default_factory=dict)
    angry: bool = False
    made: int = 0

    def change(self, random: Random) -> None:
        """A pod succeeds, fails, goes, or somebody writes into the record."""
        twin, there = self.world.twin, [at for at in self.world.twin.objects if at.plural == "pods"]
        if random.random() < 0.1:
            twin.change(RECORD, {"data": {"tf.json": random.choice(("{", "[]", "null", '{"u": 1}')), "more": "x"}})
        if there and random.random() < 0.3:
            twin.drop(random.choice(there))
            return
        self.made += 1
        template, phase = random.choice((*TEMPLATES, "made-up")), random.choice(("Succeeded", "Succeeded", "Failed"))
        at = Place("v1", "pods", random.choice(SPACES), f"run-{self.made}")
        end = twin.now.replace(microsecond=0) - timedelta(minutes=random.randint(1, 50))
        terminated = {"state": {"terminated": {"finishedAt": written(end)}}}
        body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"labels": {"cubec.io/template": template}}}
        body["metadata"]["name"] = at.name
        status = {"phase": phase, "startTime": written(end - timedelta(hours=2)), "containerStatuses": [terminated]}
        twin.create(at, {**body, "status": status})
        number = self.numbers[at.namespace, at.name, end] = random.choice((0, 2.5, 90, random.uniform(1e-9, 9)))
        if phase == "Succeeded" and number and template in self.used:
            self.used[template][twin.objects[at].value["metadata"]["uid"]] = math.ceil(number * 1000) / 1000

    def peak(self, namespace: str, name: str, began: datetime, ended: datetime) -> Usage | None:
        if self.angry and self.world.wire.random.random() < 0.2:
            raise WebError("it does not answer")
        number = self.numbers[namespace, name, ended]
        return Usage(number, number / 2) if number else None


def runs(record: Any, template: str) -> set[str]:
    """The runs in a record, if it can be read."""
    try:
        return set(json.loads(record["data"][f"{template}.json"]))
    except (KeyError, TypeError, ValueError):
        return set()


def judge(site: Site, run: Run) -> None:
    """Nothing but the record is ever written, whatever goes wrong; and what we write there is true."""
    assert {write.place for write in run.writes} <= {RECORD}
    for write in run.writes:
        assert write.after
        data = write.after.get("data", {})
        for name in TEMPLATES:
            found = json.loads(data.get(f"{name}.json", "{}"))
            assert {uid: one["cpu"] for uid, one in found.items()}.items() <= site.used[name].items()
            assert found.keys() >= runs(write.before, name) & site.used[name].keys()
        for change in yaml.safe_load_all(data.get("report.yaml", "")):
            found = json.loads(data[f"{change['metadata']['name']}.json"])
            most = max(one["cpu"] for one in found.values())
            assert len(found) >= LEAST
            assert change["spec"]["resources"]["cpu"] == min(20, enough(most))


def judge_end(site: Site) -> None:
    """Every run whose pod is there is known, and there is advice where enough are."""
    data = site.world.twin.objects[RECORD].value.get("data", {}) if RECORD in site.world.twin.objects else {}
    there = {kept.value["metadata"]["uid"] for at, kept in site.world.twin.objects.items() if at.plural == "pods"}
    for name in TEMPLATES:
        found = json.loads(data.get(f"{name}.json", "{}"))
        assert there & site.used[name].keys() <= found.keys()
        assert (f"name: {name}\n" in data.get("report.yaml", "")) == (len(found) >= LEAST)
    assert set(data) <= {"report.yaml", *(f"{name}.json" for name in TEMPLATES)}


def schedule(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Site(world("rightSizing", seed))
    monkeypatch.setattr(right_sizing, "Prometheus", lambda _address: made)
    random = made.world.wire.random
    add_groups(made.world)
    for _ in range(random.randint(2, 5)):
        made.world.tell(TOLD if random.random() < 0.95 else random.choice(NOT_TOLD))
        for _ in range(random.randint(0, 4)):
            made.change(random)
        wait(made.world, random, 3)
        made.angry = True
        for run in made.world.disturb(lambda one: made.change(one) if one.random() < 0.2 else None, 1):
            judge(made, run)
    made.world.tell(TOLD)
    made.angry = False
    made.world.twin.now += timedelta(hours=1)
    for run in rest(made.world):
        judge(made, run)
    judge_end(made)


@pytest.mark.no_cover
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_schedules(chunk: int, monkeypatch: pytest.MonkeyPatch):
    """Whatever fails: only the record is written, what it says is true, and in the end it knows every run."""
    for seed in range(chunk, SCHEDULES, CHUNKS):
        try:
            schedule(seed, monkeypatch)
        except BaseException as error:
            error.add_note(f"schedule({seed})")
            raise
