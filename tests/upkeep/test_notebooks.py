"""The task ``notebooks`` under schedules of faults, against an API server in memory."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from cubec.upkeep import notebooks
from cubec.upkeep.notebooks import RENEWED
from tests.upkeep import answers
from tests.upkeep.faults import Faulty
from tests.upkeep.groups import ALWAYS, NOT_TOLD, SPACES, add_groups, rest, wait, written
from tests.upkeep.runs import SYSTEM, Run, World, world
from tests.upkeep.twin import Place, Response, Write, place

SCHEDULES, CHUNKS, CAP = 1000, 5, 2
USED, STOPPED = "notebooks.kubeflow.org/last-activity", "kubeflow-resource-stopped"
TTL, REMINDER = timedelta(hours=72), timedelta(hours=24)
TOLD = {
    **ALWAYS,
    "ttl": "72h",
    "reminder": "24h",
    "webhook": "",
    "record": "idle-notebooks",
    "kinds": [{"apiVersion": "kubeflow.org/v1", "kind": "Notebook", "resource": "notebooks"}],
}
RECORD = Place("v1", "configmaps", SYSTEM, "idle-notebooks")
NOBODY_KNOWS = ("", "yesterday", "2999-01-01T00:00:00Z", "x" * 5000)
PLACES = (
    *(Place("kubeflow.org/v1", "notebooks", space, name) for space in SPACES for name in ("ann", "bob")),
    *(Place("v1", "pods", space, name) for space in SPACES for name in ("jupyter-cleo", "jupyter-dan")),
)


@dataclass
class Site:
    """A world of notebooks; when each was used last, by uid, from which version on; None where nobody can know."""

    world: World
    signs: dict[str, list[tuple[int, datetime | None]]] = field(default_factory=dict)
    reminded: dict[str, list[datetime]] = field(default_factory=dict)

    def metadata(self, at: Place) -> dict[str, Any]:
        kept = self.world.twin.objects.get(at)
        return kept.value["metadata"] if kept else {}

    def sign(self, metadata: dict[str, Any]) -> datetime | None:
        version = int(metadata["resourceVersion"])
        return [sign for first, sign in self.signs[metadata["uid"]] if first <= version][-1]

    def note(self, at: Place, sign: datetime | None) -> None:
        metadata = self.metadata(at)
        self.signs.setdefault(metadata["uid"], []).append((int(metadata["resourceVersion"]), sign))

    def start(self, at: Place) -> None:
        """A new one of that name."""
        twin = self.world.twin
        now, pod = written(twin.now), at.plural == "pods"
        metadata: dict[str, Any] = {"name": at.name}
        metadata |= {"labels": {"pod-type": "notebook"}} if pod else {"annotations": {USED: now}}
        kind = {"apiVersion": at.version, "kind": "Pod" if pod else "Notebook"}
        twin.drop(at)
        twin.create(at, {**kind, "metadata": metadata, "status": {"phase": "Running"}})
        self.note(at, twin.now)

    def annotate(self, at: Place, key: str, text: str | None, sign: datetime | None, **more: Any) -> None:
        self.world.twin.change(at, {"metadata": {"annotations": {key: text}}, **more})
        self.note(at, sign)

    def change(self, random: Random) -> None:
        """Somebody uses, renews, stops or starts a notebook, writes nonsense into it, or touches what does not matter."""
        at = random.choice(PLACES)
        if at not in self.world.twin.objects:
            self.start(at)
            return
        now, own = self.world.twin.now, USED if at.plural == "notebooks" else RENEWED
        annotations, sign = self.metadata(at).get("annotations", {}), self.sign(self.metadata(at))
        match random.randint(0, 9):
            case 0:
                self.annotate(at, own, written(now), now)
            case 1:
                self.annotate(at, RENEWED, written(now), now if sign or own == RENEWED else None)
            case 2:
                self.annotate(at, own, random.choice(NOBODY_KNOWS), None)
            case 3 if STOPPED in annotations:
                running = {"containerState": {"running": {"startedAt": written(now)}}}
                self.annotate(at, STOPPED, None, now if sign else None, status=running)
            case 3 if at.plural == "notebooks":
                self.annotate(at, STOPPED, written(now), sign)
            case 4:
                self.start(at)
            case _:
                self.annotate(at, "somebody.example.com/mark", str(random.random()), sign)


def judge(site: Site, run: Run, began: datetime) -> None:
    """Only notebooks that nobody used for the time to live are stopped, after a reminder, and never more than the cap."""
    stops = [write for write in run.writes if write.place.plural in ("notebooks", "pods")]
    assert len(stops) <= CAP
    for write in stops:
        assert write.before
        metadata = write.before["metadata"]
        sign = site.sign(metadata)
        assert sign is not None
        assert began - sign > TTL - timedelta(seconds=1)
        reminders = site.reminded.get(metadata["uid"], [])
        assert any(sign < at <= began - timedelta(hours=1) for at in reminders), reminders
        assert only_stopped(write)
    for write in run.writes:
        assert write in stops or write.place == RECORD or (write.method, write.place.plural) == ("POST", "events")
        if write.after and write.place.plural == "events":
            site.reminded.setdefault(write.after["regarding"]["uid"], []).append(began)


def only_stopped(write: Write) -> bool:
    """A pod is deleted, a Notebook gets one annotation; what was stopped is stopped once."""
    assert write.before
    if write.place.plural == "pods":
        return write.method == "DELETE"
    assert write.after
    before, after = (value["metadata"].get("annotations", {}) for value in (write.before, write.after))
    same = {key: text for key, text in after.items() if key != STOPPED} == before
    return same and STOPPED not in before and write.after["status"] == write.before["status"]


def judge_end(site: Site, before: dict[Place, datetime | None]) -> None:
    """Whatever was idle for long enough is stopped, whatever was in use is not."""
    for at, sign in before.items():
        there, now = at in site.world.twin.objects, site.world.twin.now
        stopped = STOPPED in site.metadata(at).get("annotations", {}) if at.plural == "notebooks" else not there
        if sign is None:
            assert not stopped
        elif now - sign > TTL + timedelta(hours=2, minutes=30):
            assert stopped
        elif now - sign < TTL:
            assert not stopped
    kept = site.world.twin.objects.get(RECORD)
    assert all(json.loads(text)["times"] in (1, 2) for text in (kept.value.get("data", {}) if kept else {}).values())


def running(site: Site) -> dict[Place, datetime | None]:
    """What runs now, and when it was used last."""
    there = [at for at in PLACES if at in site.world.twin.objects]
    return {at: site.sign(site.metadata(at)) for at in there if STOPPED not in site.metadata(at).get("annotations", {})}


def schedule(seed: int) -> None:
    made = Site(world("notebooks", seed))
    random = made.world.wire.random
    add_groups(made.world)
    for at in random.sample(PLACES, random.randint(2, len(PLACES))):
        made.start(at)
    for _ in range(random.randint(2, 6)):
        wait(made.world, random, random.choice((2, 40, 80)))
        made.world.tell(TOLD if random.random() < 0.95 else random.choice(NOT_TOLD))
        for _ in range(random.randint(0, 2)):
            made.change(random)
        began = made.world.twin.now
        for run in made.world.disturb(lambda one: made.change(one) if one.random() < 0.2 else None, 1):
            judge(made, run, began)
    made.world.tell(TOLD)
    before = running(made)
    for _ in range(7):
        began = made.world.twin.now
        for run in rest(made.world):
            judge(made, run, began)
        made.world.twin.now += timedelta(hours=1, minutes=1)
    judge_end(made, before)


@pytest.mark.no_cover
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_schedules(chunk: int, monkeypatch: pytest.MonkeyPatch):
    """Whatever fails, and whatever people do: nothing in use is stopped, nothing without a reminder, and in the end all that is idle is."""
    monkeypatch.setattr(notebooks, "_MOST", CAP)
    for seed in range(chunk, SCHEDULES, CHUNKS):
        try:
            schedule(seed)
        except BaseException as error:
            error.add_note(f"schedule({seed})")
            raise


@pytest.fixture
def idle() -> Site:
    """A notebook and a pod that nobody used for four days, both seen idle an hour ago."""
    made = Site(world("notebooks", 1))
    add_groups(made.world)
    for at in (PLACES[0], PLACES[-1]):
        made.start(at)
    made.world.tell(TOLD)
    made.world.twin.now += timedelta(days=4)
    assert made.world.run().outcome
    made.world.twin.now += timedelta(hours=2)
    return made


def test_the_webhook_hears_of_it(idle: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A dry run tells nobody, a real one of each stop once it is done; the first sight of a notebook is told, too."""
    monkeypatch.setenv("SSL_CERT_FILE", str(answers.certificate(tmp_path)))
    with answers.server(answers.body(b""), tmp_path / "server.pem") as server:
        idle.world.tell({**TOLD, "webhook": f"{server.address}/hook"})
        dry = idle.world.run(really=False)
        idle.start(PLACES[1])
        idle.world.twin.change(PLACES[1], {"metadata": {"annotations": {USED: written(idle.world.twin.now)}}})
        assert (server.requests, dry.log[-1]["dryRun"]) == ([], True)
        run = idle.world.run()
        idle.world.twin.now += timedelta(hours=60)
        idle.world.run()

    about = [{"kind": "Notebook", "name": "ann", "namespace": "dev1"}]
    about += [{"kind": "Pod", "name": "jupyter-dan", "namespace": "dev2"}]
    stopped = [("/hook", {"task": "notebooks", **one, "what": "stop", "until": ""}) for one in about]
    assert server.requests[:2] == stopped
    assert [(one["name"], one["what"]) for _, one in server.requests[2:]] == [("bob", "reminder")]
    used = idle.metadata(PLACES[1])["annotations"][USED]
    assert server.requests[2][1]["until"] == written(datetime.fromisoformat(used) + TTL)
    assert run.outcome
    assert run.outcome.clean


def test_a_webhook_that_is_down_changes_nothing(idle: Site):
    """The run is as clean as without it, and the log has a warning."""
    idle.world.tell({**TOLD, "webhook": "https://127.0.0.1:9/hook"})

    run = idle.world.run()

    assert run.outcome
    assert (run.outcome.clean, run.outcome.done, run.log[-1]["level"]) == (True, 3, "warning")
    assert run.log[-1]["text"].startswith("2 of 2 messages were not delivered")


def test_nothing_is_stopped_whose_owner_could_not_be_reminded(monkeypatch: pytest.MonkeyPatch):
    """While the server takes no Events the run fails and records nothing; once it does, it takes two more sights."""
    made = Site(world("notebooks", 1))
    add_groups(made.world)
    made.start(PLACES[0])
    made.world.tell(TOLD)
    made.world.twin.now += timedelta(days=4)
    refused = Response(403, b'{"kind": "Status", "code": 403, "message": "no"}', {})
    deliver = Faulty._deliver
    closed = [True]
    monkeypatch.setattr(
        Faulty,
        "_deliver",
        lambda wire, method, url, more: (
            refused
            if closed[0] and (method, place(url).plural) == ("POST", "events")
            else deliver(wire, method, url, more)
        ),
    )

    seen = []
    for number in range(6):
        closed[0] = number < 3
        run = made.world.run()
        assert run.outcome
        seen.append((run.outcome.clean, STOPPED in made.metadata(PLACES[0])["annotations"]))
        made.world.twin.now += timedelta(hours=1, minutes=1)

    assert seen == [(False, False), (False, False), (False, False), (True, False), (True, True), (True, True)]


def test_a_clock_that_is_wrong_stops_nothing(idle: Site):
    """Two minutes between the server's clock and ours, and the run ends before anything is done."""
    idle.world.wire.skew = timedelta(minutes=2)

    run = idle.world.run()

    assert run.outcome is None
    assert "clock" in run.trouble
    assert run.writes == []
