"""The task ``finished`` under schedules of faults, against an API server in memory."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from cubec.upkeep import finished
from tests.upkeep.groups import ALWAYS, NOT_TOLD, SPACES, add_groups, rest, wait, written
from tests.upkeep.runs import Run, World, world
from tests.upkeep.twin import Place, Write

SCHEDULES, CHUNKS, CAP = 1000, 5, 3
TTL = timedelta(hours=3)
KINDS = {
    "Workflow": ("argoproj.io/v1alpha1", "workflows"),
    "TFJob": ("kubeflow.org/v1", "tfjobs"),
    "Job": ("batch/v1", "jobs"),
    "Pod": ("v1", "pods"),
}
TOLD = {
    **ALWAYS,
    "ttl": "3h",
    "nightly": "23:30",
    "maxRuntime": "48h",
    "kinds": [
        {"apiVersion": version, "kind": kind, "resource": plural}
        for kind, (version, plural) in KINDS.items()
        if kind != "Pod"
    ],
}
NAMES = ("a", "b", "debug-c")
OWNER = {"apiVersion": "v1", "kind": "Somebody", "name": "somebody", "controller": True}


def place(kind: str, space: str, name: str) -> Place:
    version, plural = KINDS[kind]
    return Place(version, plural, space, name)


@dataclass(frozen=True)
class Fate:
    """What is true of an object, whatever it looks like."""

    kind: str
    space: str
    made: datetime
    pipeline: str = ""
    run: str = ""
    debugs: bool = False
    controlled: bool = False
    keeps_itself: bool = False


@dataclass
class Site:
    """A world of work; the fate of every object that there ever was, and when each ended, by uid."""

    world: World
    fates: dict[str, Fate] = field(default_factory=dict)
    ends: dict[str, datetime] = field(default_factory=dict)
    runs: int = 0

    def start(self, at: Place, kind: str, random: Random) -> None:
        twin = self.world.twin
        twin.drop(at)
        pipeline = random.choice(("", "p", "q")) if kind == "Workflow" else ""
        manual, owned, own = random.random() < 0.7, random.random() < 0.15, random.random() < 0.15
        self.runs += bool(pipeline)
        run = f"r{self.runs if pipeline else random.randint(0, self.runs)}" if self.runs else ""
        labels = {"run-id": run} if run else {}
        labels |= {"pipeline-id": pipeline, "schedule_type": "once" if manual else "contab"} if pipeline else {}
        image = kind == "Pod" and random.random() < 0.3
        labels |= {"pod-type": "docker"} if image else {}
        spec: dict[str, Any] = {"ttlSecondsAfterFinished": 10} if own and kind == "Job" else {}
        owners = [{**OWNER, "uid": self.owner()}] if owned else []
        metadata = {"name": at.name, "labels": labels, "ownerReferences": owners}
        body = {"apiVersion": at.version, "kind": kind, "metadata": metadata, "spec": spec}
        twin.create(at, {**body, "status": {"phase": "Running", "startTime": written(twin.now)}})
        debugs = kind == "Pod" and (image or (bool(run) and at.name.startswith("debug-")))
        uid = twin.objects[at].value["metadata"]["uid"]
        fate = Fate(kind, at.namespace, twin.now, pipeline if manual else "", run, debugs, owned, bool(spec))
        self.fates[uid] = fate

    def owner(self) -> str:
        """The uid of something that is there for good."""
        value: str = self.world.twin.objects[Place("v1", "namespaces", "", "dev1")].value["metadata"]["uid"]
        return value

    def end(self, at: Place, kind: str) -> None:
        """It is over now, and says so as its kind does."""
        twin = self.world.twin
        now = written(twin.now)
        condition = {"conditions": [{"type": "Failed", "status": "True", "lastTransitionTime": now}]}
        status = {
            "Workflow": {"phase": "Failed", "finishedAt": now},
            "TFJob": condition,
            "Job": condition,
            "Pod": {"phase": "Failed", "containerStatuses": [{"state": {"terminated": {"finishedAt": now}}}]},
        }[kind]
        uid = twin.objects[at].value["metadata"]["uid"]
        if uid not in self.ends:
            self.ends[uid] = twin.now
            twin.change(at, {"status": status}, "controller")

    def change(self, random: Random) -> None:
        """Something is started, ends, is touched or removed."""
        kind, space, name = random.choice(tuple(KINDS)), random.choice(SPACES), random.choice(NAMES)
        at = place(kind, space, name)
        if at not in self.world.twin.objects or random.random() < 0.15:
            self.start(at, kind, random)
            return
        match random.randint(0, 5):
            case 0 | 1:
                self.end(at, kind)
            case 2:
                self.world.twin.drop(at)
            case _:
                self.world.twin.change(at, {"metadata": {"annotations": {"mark": str(random.random())}}})

    def may_go(self, uid: str, now: datetime) -> bool:
        """Whether an object is over for long enough, a debugging pod of yesterday, followed by a later run, or part of one."""
        fate = self.fates[uid]
        if fate.controlled:
            return False
        return self.over(uid, now) or self.of_a_run(fate, uid, now)

    def over(self, uid: str, now: datetime) -> bool:
        fate = self.fates[uid]
        night = (now - timedelta(hours=23, minutes=30)).replace(hour=23, minute=30, second=0, microsecond=0)
        ended = self.ends.get(uid)
        old = ended is not None and now - ended > TTL - timedelta(seconds=1) and not fate.keeps_itself
        return old or (fate.debugs and fate.made < night) or self.followed(uid)

    def followed(self, uid: str) -> bool:
        fate = self.fates[uid]
        same = (one for one in self.fates.values() if (one.space, one.pipeline) == (fate.space, fate.pipeline))
        return bool(fate.pipeline) and any(one.made > fate.made for one in same if not one.controlled)

    def of_a_run(self, fate: Fate, uid: str, now: datetime) -> bool:
        runs = [
            other
            for other, one in self.fates.items()
            if other != uid and one.kind == "Workflow" and one.run and (one.space, one.run) == (fate.space, fate.run)
        ]
        return any(self.over(run, now) and (uid in self.ends or self.followed(run)) for run in runs)


def judge(site: Site, run: Run) -> None:
    """Nothing but deletes of what may go, and Events; never more than the cap."""
    now = site.world.twin.now
    gone = [write for write in run.writes if write.method == "DELETE"]
    assert len(gone) <= CAP
    for write in gone:
        assert may_go(site, write, now), (write, site.fates[uid_of(write)])
    assert {(write.method, write.place.plural) for write in run.writes if write not in gone} <= {("POST", "events")}


def may_go(site: Site, write: Write, now: datetime) -> bool:
    return site.may_go(uid_of(write), now)


def uid_of(write: Write) -> str:
    assert write.before
    uid: str = write.before["metadata"]["uid"]
    return uid


def judge_end(site: Site) -> None:
    """Nothing is there any more that is over, or that a later run follows."""
    now = site.world.twin.now
    left = [kept.value["metadata"]["uid"] for at, kept in site.world.twin.objects.items() if at.namespace in SPACES]
    there = [uid for uid in left if uid in site.fates and not site.fates[uid].controlled]
    followed = [uid for uid in there if site.followed(uid) and later(site, uid, there)]
    assert followed == []
    assert [uid for uid in there if site.over(uid, now - timedelta(minutes=1)) and not site.followed(uid)] == []


def later(site: Site, uid: str, there: list[str]) -> bool:
    """Whether a manual run that is there still began after this one."""
    fate = site.fates[uid]
    others = (site.fates[one] for one in there)
    made = (one.made for one in others if (one.space, one.pipeline) == (fate.space, fate.pipeline))
    return any(one.replace(microsecond=0) > fate.made.replace(microsecond=0) for one in made)


def schedule(seed: int) -> None:
    made = Site(world("finished", seed))
    random = made.world.wire.random
    add_groups(made.world)
    for _ in range(random.randint(2, 5)):
        made.world.tell(TOLD if random.random() < 0.95 else random.choice(NOT_TOLD))
        for _ in range(random.randint(0, 8)):
            made.change(random)
            made.world.twin.now += timedelta(seconds=random.choice((0, 1, 60)))
        wait(made.world, random, random.choice((1, 6, 30)))
        for run in made.world.disturb(lambda one: made.change(one) if one.random() < 0.3 else None, 1):
            judge(made, run)
    made.world.tell(TOLD)
    for run in rest(made.world):
        judge(made, run)
    judge_end(made)


@pytest.mark.no_cover
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_schedules(chunk: int, monkeypatch: pytest.MonkeyPatch):
    """Whatever fails, and whatever is started or ends meanwhile: nothing that runs is removed, and in the end all that is over is."""
    monkeypatch.setattr(finished, "_MOST", CAP)
    for seed in range(chunk, SCHEDULES, CHUNKS):
        try:
            schedule(seed)
        except BaseException as error:
            error.add_note(f"schedule({seed})")
            raise
