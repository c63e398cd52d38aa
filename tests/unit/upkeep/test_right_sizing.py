"""The task ``rightSizing``: which runs it asks about, what it keeps of them, and what it reports."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
import yaml

from cubec.cluster import RefusedError
from cubec.upkeep import right_sizing, times
from cubec.upkeep.plan import JobError, Plan
from cubec.upkeep.prometheus import Usage
from cubec.upkeep.right_sizing import Seen, Used
from cubec.upkeep.web import WebError

NOW = times.moment("2026-11-22T12:00:00Z")
assert NOW
AMOUNT = {"request": "2", "limit": "2"}
TOLD = {
    "minRuns": "10",
    "maxCpu": "150",
    "maxMemory": "350Gi",
    "prometheus": "http://prometheus.monitoring:9090",
    "platform": "research",
    "namespace": "cubec-system",
    "record": "right-sizing",
    "templates": [
        {"name": name, "asks": {"cpu": AMOUNT, "memory": {"request": "4Gi", "limit": "4Gi"}}, "variables": {}}
        for name in ("pytorch", "tf")
    ],
}


def ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


def text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def runs(count: int, cpu: float = 6, *, first: float = 100, prefix: str = "u") -> dict[str, Used]:
    """That many runs, an hour apart, the last one the largest."""
    return {f"{prefix}{n:03}": Used(Usage(cpu * (n + 1) / count, 3.0), ago(first - n)) for n in range(count)}


def plan(new: dict[str, dict[str, Used]], record: dict[str, str] | None = None, **told: Any) -> Plan:
    kept = {"metadata": {"resourceVersion": "3"}, "data": record} if record is not None else None
    return right_sizing.plan({**TOLD, **told}, Seen(new, kept, ()), NOW)


def data(found: Plan) -> dict[str, str]:
    (action,) = found.actions
    assert action.body
    return action.body["data"]


def test_a_report_after_enough_runs():
    """Ten runs: the largest of them decides, and the report holds the change; nothing else is ever written."""
    found = plan({"pytorch": runs(10)})

    (action,) = found.actions
    assert (action.verb, action.where) == ("create", "/api/v1/namespaces/cubec-system/configmaps")
    (change,) = yaml.safe_load_all(data(found)["report.yaml"])
    assert change["spec"] == {"resources": {"cpu": 11, "memory": "7Gi"}}
    assert [finding.about for finding in found.findings] == ["JobTemplate pytorch"]
    assert "the largest of 10 runs used 6.0 cpu and 3.0Gi" in found.findings[0].text


def test_too_few_runs():
    """Of nine runs it is kept what they used, and nothing is advised."""
    found = plan({"pytorch": runs(9)})

    assert list(data(found)) == ["pytorch.json"]
    assert found.findings == ()


def test_runs_are_kept():
    """Nine known runs and a new one are ten; the second time there is nothing to do."""
    before = data(plan({"pytorch": runs(9)}))
    found = plan({"pytorch": runs(1, prefix="v", first=1)}, record=before)

    assert found.actions[0].verb == "replace"
    assert "report.yaml" in data(found)
    assert plan({}, record=data(found)).actions == ()


def test_two_templates():
    """Each has its change, one after the other, as documents of one file."""
    found = plan({"tf": runs(10), "pytorch": runs(12, 20)})

    changes = list(yaml.safe_load_all(data(found)["report.yaml"]))
    assert [(one["metadata"]["name"], one["spec"]["resources"]["cpu"]) for one in changes] == [
        ("pytorch", 30),
        ("tf", 11),
    ]


def test_a_template_that_is_right():
    """Where it asks for what it needs there is no report, and one that stood there goes."""
    asks = {"cpu": {"request": "11", "limit": "11"}, "memory": {"request": "7Gi", "limit": "7Gi"}}
    templates = [{"name": "pytorch", "asks": asks, "variables": {}}]
    before = data(plan({"pytorch": runs(10)}))

    assert "report.yaml" in before
    assert list(data(plan({}, record=before, templates=templates))) == ["pytorch.json"]


def test_what_is_no_template_is_forgotten():
    """Runs of a template that is gone, that wants no advice, or that somebody made up, are neither kept nor reported."""
    before = data(plan({"pytorch": runs(10)}))

    assert data(plan({"made-up": runs(10)}, record=before, templates=[])) == {}


@pytest.mark.parametrize(("least", "kept"), [("10", 20), ("1", 20), ("25", 25)])
def test_only_the_last_runs_count(least: str, kept: int):
    """Twenty of them, or as many as it takes."""
    found = data(plan({"pytorch": runs(40)}, minRuns=least))

    assert sorted(json.loads(found["pytorch.json"])) == [f"u{n:03}" for n in range(40 - kept, 40)]
    assert "report.yaml" in found


def test_old_and_future_runs_do_not_count():
    """A run of last month, and one that ends tomorrow, are none."""
    used = Usage(3, 3)

    assert plan({"pytorch": {"old": Used(used, ago(31 * 24)), "new": Used(used, ago(-1))}}).actions == ()


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "{",
        "[]",
        "null",
        '{"u": 1}',
        '{"u": {"cpu": "x", "memory": 1, "at": "2026-11-21T00:00:00Z"}}',
        '{"u": {"cpu": NaN, "memory": 1, "at": "2026-11-21T00:00:00Z"}}',
        '{"u": {"cpu": 1, "memory": 1, "at": "yesterday"}}',
        "[" * 100_000,
    ],
)
def test_a_record_that_cannot_be_read(broken: str):
    """What cannot be read is not known, and gives way to what is."""
    found = data(plan({"pytorch": runs(3)}, record={"pytorch.json": broken, "more": "x"}))

    assert list(found) == ["pytorch.json"]
    assert len(json.loads(found["pytorch.json"])) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"minRuns": "many"},
        {"maxCpu": "a lot"},
        {"templates": None},
        {"templates": [{"name": "a"}]},
        {"templates": [{"name": "a", "asks": {"cpu": {"request": "x", "limit": "1"}}, "variables": {}}]},
    ],
)
def test_a_desired_state_that_is_none(wrong: dict[str, Any]):
    """With settings that the compiler would not write the run does nothing."""
    with pytest.raises(JobError):
        plan({}, **wrong)


class Shelf:
    """A cluster with two namespaces and their pods, as far as this task looks."""

    def __init__(self, *pods: dict[str, Any], record: Any = None, refused: str = "") -> None:
        self.pods, self.record, self.refused = pods, record, refused

    def list(self, where: str, *, labels: str = "") -> Sequence[Any]:
        if where.endswith("/namespaces"):
            return [{"metadata": {"name": name}} for name in ("dev1", "dev2")]
        if self.refused and self.refused in where:
            raise RefusedError(403, {"message": "no"}, "GET")
        assert labels == "cubec.io/template"
        return [pod for pod in self.pods if f"/{pod['metadata']['namespace']}/" in where]

    def get(self, where: str) -> Any:
        return self.record


def pod(name: str, end: float, template: str = "pytorch", *, owner: str = "", phase: str = "Succeeded") -> Any:
    owners = {"ownerReferences": [{"controller": True, "uid": owner}]} if owner else {}
    labels = {"cubec.io/template": template}
    terminated = {"state": {"terminated": {"finishedAt": text(ago(end))}}}
    return {
        "metadata": {"name": name, "namespace": "dev1", "uid": f"uid-{name}", "labels": labels, **owners},
        "status": {"phase": phase, "startTime": text(ago(end + 1)), "containerStatuses": [terminated]},
    }


class Known:
    """A Prometheus that knows the numbers in pods' names."""

    def __init__(self, address: str) -> None:
        self.asked: list[str] = []
        KNOWN.append(self)

    def peak(self, namespace: str, name: str, began: datetime, ended: datetime) -> Usage | None:
        assert (namespace, ended - began) == ("dev1", timedelta(hours=1))
        self.asked.append(name)
        if name == "broken":
            raise WebError("it takes too long")
        number = float(name.rpartition("-")[2])
        return Usage(number, number / 2) if number else None


KNOWN: list[Known] = []


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> list[Known]:
    monkeypatch.setattr(right_sizing, "Prometheus", Known)
    KNOWN.clear()
    return KNOWN


def observe(shelf: Shelf, **told: Any) -> Seen:
    return right_sizing.observe(shelf, {**TOLD, **told})  # type: ignore[arg-type]


def test_which_runs_are_asked_about(known: list[Known]):
    """Those that succeeded, of a template that there is, and that are not known yet; the newest first."""
    used = json.dumps({"uid-old-4": {"cpu": 1, "memory": 1, "at": text(ago(4))}})
    pods = [
        pod("old-4", 4),
        pod("b-2", 2),
        pod("a-1", 1),
        pod("nothing-0", 1.5),
        pod("made-up-7", 1, "made-up"),
        pod("failed-5", 1, phase="Failed"),
        pod("running-6", 1, phase="Running"),
    ]

    seen = observe(Shelf(*pods, record={"data": {"pytorch.json": used}}))

    assert known[0].asked == ["a-1", "nothing-0", "b-2"]
    assert seen.new == {
        "pytorch": {"uid-a-1": Used(Usage(1, 0.5), ago(1)), "uid-b-2": Used(Usage(2, 1), ago(2))},
    }


def test_the_pods_of_one_owner_are_one_run(known: list[Known]):
    """Four workers of a job are a run, which used what the largest of them did, and ended with the last."""
    seen = observe(Shelf(*(pod(f"worker-{n + 1}", 4 - n, owner="job") for n in range(4))))

    assert seen.new == {"pytorch": {"job": Used(Usage(4, 2), ago(1))}}


def test_nobody_asks_about_more_runs_than_count(known: list[Known]):
    """Of a hundred pods of a template those of the last twenty runs are looked up."""
    observe(Shelf(*(pod(f"a-{n + 1}", 100 - n) for n in range(100))))

    assert known[0].asked == [f"a-{n}" for n in range(100, 80, -1)]


@pytest.mark.parametrize("cpu", ["2.1428571", "2.14285714285", "0.0000001", "1.4999999"])
def test_what_is_noted_advises_the_same(known: list[Known], cpu: str):
    """The next run, which reads what this one wrote, has nothing to do, however many digits there were."""
    first = plan(dict(observe(Shelf(pod(f"a-{cpu}", 1)), minRuns="1").new), minRuns="1")

    assert "report.yaml" in data(first)
    assert plan({}, record=data(first), minRuns="1").actions == ()


def test_a_run_asks_only_so_much(known: list[Known]):
    """Two hundred pods in one run of ours, whatever the number of workers."""
    observe(Shelf(*(pod(f"a-{n + 1}", 1, owner=f"job{n % 4}") for n in range(300))))

    assert len(known[0].asked) == 200


def test_what_was_learned_before_trouble_counts(known: list[Known]):
    """An answer that does not come ends the asking with an error; what is known by then is kept."""
    seen = observe(Shelf(pod("a-1", 1), pod("broken", 2), pod("c-3", 3)))

    assert known[0].asked == ["a-1", "broken"]
    assert list(seen.new["pytorch"]) == ["uid-a-1"]
    assert [(finding.text, finding.error) for finding in seen.troubles] == [("it takes too long", True)]
    assert right_sizing.plan(TOLD, seen, NOW).findings == seen.troubles


def test_a_namespace_that_cannot_be_looked_at(known: list[Known]):
    """One namespace that refuses does not hide the others, and is an error."""
    seen = observe(Shelf(pod("a-1", 1), refused="dev2"))

    assert list(seen.new) == ["pytorch"]
    assert [finding.error for finding in seen.troubles] == [True]


def test_no_address():
    """Without a Prometheus nothing is known; that is said, and is no error."""
    seen = observe(Shelf(pod("a-1", 1)), prometheus="")

    assert seen.new == {}
    assert [(finding.warning, finding.error) for finding in seen.troubles] == [(True, False)]


def test_an_address_that_is_none():
    """What is no address of a server is an error like a server that does not answer."""
    seen = observe(Shelf(pod("a-1", 1)), prometheus="prometheus:9090")

    assert [finding.error for finding in seen.troubles] == [True]
