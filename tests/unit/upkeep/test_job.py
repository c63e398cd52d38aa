"""A run of a task: what it has to be told, what it says, what it does, and what becomes of that when requests fail."""

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.upkeep import runs
from tests.upkeep.test_nodes import POOLS, Site
from tests.upkeep.twin import Place

from cubec.cluster import RefusedError
from cubec.upkeep import events, metrics
from cubec.upkeep.job import Outcome, _words
from cubec.upkeep.namespaces import of_groups
from cubec.upkeep.plan import Action, JobError, capped


@pytest.fixture
def site() -> Site:
    made = Site(runs.world("nodes", seed=1))
    for name in ("n0", "n2", "n3"):
        made.add(name)
    made.world.tell({"pools": [POOLS[1]]})
    return made


def said(run: runs.Run, level: str = "info") -> list[str]:
    return [f"{one.get('about', '')}: {one.get('error', one['text'])}" for one in run.log if one["level"] == level]


def test_a_run_and_a_second_one(site: Site):
    """Everything planned is done, in the plan's order; the second run plans nothing."""
    first, second = site.world.run(), site.world.run()

    assert first.outcome == Outcome(4, 4, 0, 0, 0, {"warning": 5})
    assert first.outcome.clean
    assert [(one["action"], one["about"]) for one in first.log[5:]] == [
        ("patch", "node n2"),
        ("apply", "node n2"),
        ("patch", "node n3"),
        ("apply", "node n3"),
    ]
    assert second.outcome.planned == 0
    assert second.writes == []


def test_a_dry_run_says_the_same_and_does_nothing(site: Site):
    """Its log is that of the real run, but for saying that it was dry."""
    dry, real = site.world.run(really=False), site.world.run()

    assert dry.writes == []
    assert dry.outcome == Outcome(4, 0, 0, 0, 0, {"warning": 5})
    assert [{**one, "dryRun": None} for one in dry.log] == [{**one, "dryRun": None} for one in real.log]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is no JSON"),
        ("{", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("[]", "is no object"),
        ("null", "is no object"),
        ('{"pools": null}', "is not what the compiler writes"),
    ],
)
def test_without_orders_nothing_is_done(site: Site, text: str, says: str):
    """A desired state that is broken, or of another shape, stops the run before anything is changed."""
    site.world.tell(text)
    run = site.world.run()

    assert run.outcome is None
    assert says in run.trouble
    assert "nothing was done" in run.trouble
    assert run.writes == []


def test_a_task_that_is_not_told(site: Site):
    """No ConfigMap, one without the task, and one without anything are the same: nobody said what to do."""
    for change in ({"data": {"nodes.json": None}}, {"data": None}):
        site.world.twin.change(runs.STATE, change)
        assert "tells nothing about 'nodes'" in site.world.run().trouble
    site.world.twin.drop(runs.STATE)
    assert "tells nothing about 'nodes'" in site.world.run().trouble


@pytest.mark.parametrize("minutes", [2, -2])
def test_clocks_that_disagree_stop_the_run(site: Site, minutes: int):
    """More than a minute apart, in either direction, and nothing is done."""
    site.world.wire.skew = timedelta(minutes=minutes)
    run = site.world.run()

    assert f"are {minutes * 60:+d} s apart" in run.trouble
    assert run.writes == []


def test_who_is_outrun_goes_on(site: Site):
    """A node that changed, or is gone, is left to the next run; all others are done, and the run is clean."""
    at = Place("v1", "nodes", "", "n2")
    state = {"asked": 0}

    def meanwhile() -> None:
        state["asked"] += 1
        if state["asked"] == 3:  # after both reads
            site.world.twin.change(at, {"status": {"beat": 1}}, "kubelet")
            site.world.twin.drop(Place("v1", "nodes", "", "n3"))

    site.world.wire.meanwhile, site.world.wire.rate = meanwhile, 1e-9
    site.world.wire.random = _Always()
    run = site.world.run()

    assert run.outcome
    assert (run.outcome.done, run.outcome.outrun, run.outcome.failed) == (1, 3, 0)
    assert run.outcome.clean
    assert any("cannot be fulfilled" in one for one in said(run))


class _Always:
    """Chance that lets everybody else act before each request, and breaks none of them."""

    def randint(self, low: int, high: int) -> int:
        return low

    def random(self) -> float:
        self._turn = not getattr(self, "_turn", False)
        return 0.0 if self._turn else 1.0


def test_a_refusal_fails_the_run_after_all_else_was_tried(site: Site):
    """One node may not be patched: the others are, and the outcome says that one was not."""
    site.world.twin.allow = lambda verb, where: not (verb == "patch" and where.name == "n2")
    run = site.world.run()

    assert run.outcome
    assert (run.outcome.done, run.outcome.failed) == (2, 2)
    assert not run.outcome.clean
    assert said(run, "error") == ["node n2: nodes 'n2' is forbidden"] * 2


def test_what_never_answers_fails_the_run_after_all_else_was_tried(site: Site, monkeypatch: pytest.MonkeyPatch):
    """A request about one node gets no answer, however often it is sent: the other nodes are done."""
    sent = site.world.wire._deliver

    def dead(method: str, url: str, more: Any) -> Any:
        if method == "PATCH" and "/n2?" in url:
            raise ConnectionResetError
        return sent(method, url, more)

    monkeypatch.setattr(site.world.wire, "_deliver", dead)
    run = site.world.run()

    assert run.outcome
    assert (run.outcome.done, run.outcome.failed, run.outcome.clean) == (2, 2, False)
    assert said(run, "error") == ["node n2: PATCH /api/v1/nodes/n2: ConnectionResetError"] * 2


def test_what_time_does_not_allow_is_left(site: Site, monkeypatch: pytest.MonkeyPatch):
    """The run's time ends between two actions: the rest is left, said, and the run is not clean."""
    site.world.at_most = timedelta(seconds=1)
    sent = site.world.wire._deliver

    def slow(method: str, url: str, more: Any) -> Any:
        site.world.twin.now += timedelta(seconds=0.5 if method == "PATCH" else 0)
        return sent(method, url, more)

    monkeypatch.setattr(site.world.wire, "_deliver", slow)
    run = site.world.run()

    assert run.outcome
    assert (run.outcome.done, run.outcome.left, run.outcome.clean) == (2, 2, False)
    assert said(run, "error") == [": the run's time is over: 2 actions are left to the next run"]


@pytest.mark.parametrize(
    ("verb", "more"),
    [
        ("delete", {}),
        ("patch", {"body": {"metadata": {}}}),
        ("replace", {"body": {}}),
        ("patch", {}),
    ],
)
def test_no_action_without_its_precondition(verb: Any, more: Any):
    """What changes or deletes an object states which one was seen."""
    with pytest.raises(ValueError, match=f"a {verb} without the"):
        Action(verb, "/x", "Pod x", "why", **more)


def test_a_secret_is_not_said_even_by_the_server():
    """Where the server may quote what it was sent, of a private action only its status is repeated; a reason to be denied is said."""
    private = Action("create", "/x", "Secret x", "why", {"data": "canary"}, private=True)
    invalid = RefusedError(422, {"reason": "Invalid", "message": "Invalid value: canary"}, "POST /x")
    quota = RefusedError(403, {"reason": "Forbidden", "message": "exceeded quota"}, "POST /x")

    assert _words(invalid, private) == "422 Invalid"
    assert _words(quota, private) == "exceeded quota"
    assert "canary" not in repr(private)


def test_capped():
    """Up to the cap nothing is said; above it the first are kept, and the others named."""
    actions = [Action("create", "/x", f"Pod {number}", "why") for number in range(4)]

    assert capped(actions, 4, "pods").findings == ()
    found = capped(actions, 3, "pods")
    assert [one.about for one in found.actions] == ["Pod 0", "Pod 1", "Pod 2"]
    assert [one.about for one in found.findings] == ["pods", "Pod 3"]


def test_namespaces_of_groups(site: Site):
    """Those with this platform's labels that are not on their way out, in order; a platform without a name is no platform."""
    ours = {"app.kubernetes.io/managed-by": "cubec", "app.kubernetes.io/part-of": "research", "cubec.io/group": "g"}
    other = {**ours, "app.kubernetes.io/part-of": "other"}
    for name, labels in (("b", ours), ("a", ours), ("c", other), ("d", {**ours, "cubec.io/group": None})):
        body = {"metadata": {"name": name, "labels": {key: value for key, value in labels.items() if value}}}
        site.world.twin.create(Place("v1", "namespaces"), {"apiVersion": "v1", "kind": "Namespace", **body})
    site.world.twin.change(
        Place("v1", "namespaces", "", "b"), {"metadata": {"deletionTimestamp": "2026-11-22T12:00:00Z"}}
    )
    site.world.run()
    cluster = runs._client()

    assert [one["metadata"]["name"] for one in of_groups(cluster, {"platform": "research"})] == ["a"]
    for told in ({}, {"platform": ""}, {"platform": 1}):
        with pytest.raises(JobError):
            of_groups(cluster, told)


def test_an_event():
    """What the events API wants; the same words about the same object have the same name, others another."""
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a" * 253, "namespace": "dev1", "uid": "u"}}
    now = runs.world("nodes", 1).twin.now
    one = events.event(pod, "Stopping", "x" * 2000, now, action="Stop", warning=True)
    again = events.event(pod, "Stopping", "x" * 2000, now + timedelta(hours=1), action="Stop")
    other = events.event(pod, "Stopping", "y", now, action="Stop")

    assert one.body["metadata"]["name"] == again.body["metadata"]["name"] != other.body["metadata"]["name"]
    assert len(one.body["metadata"]["name"]) <= 253
    assert (len(one.body["note"]), one.body["type"], again.body["type"]) == (1024, "Warning", "Normal")
    assert one.where == "/apis/events.k8s.io/v1/namespaces/dev1/events"
    assert one.body["eventTime"] == "2026-11-22T12:00:00.000000Z"
    assert one.body["regarding"]["uid"] == "u"


def test_metrics():
    """One sample for each figure, in Prometheus' text format; of a run that could not begin, only that."""
    now = runs.world("nodes", 1).twin.now
    text = metrics.text("nodes", Outcome(5, 2, 1, 1, 1, {"warning": 3}), really=True, now=now)

    assert 'cubec_upkeep_success{task="nodes"} 0' in text.splitlines()
    assert 'cubec_upkeep_actions{task="nodes",result="outrun"} 1' in text.splitlines()
    assert 'cubec_upkeep_findings{task="nodes",level="warning"} 3' in text.splitlines()
    assert f'cubec_upkeep_timestamp_seconds{{task="nodes"}} {int(now.timestamp())}' in text.splitlines()
    assert text.count("# TYPE ") == 5
    assert "result=" not in metrics.text("nodes", None, really=False, now=now)
    assert json.dumps(text).isascii()
