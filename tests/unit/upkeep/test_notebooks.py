"""The task ``notebooks``: whom it reminds, what it stops, and what counts as use."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from cubec.upkeep import notebooks, times, work
from cubec.upkeep.notebooks import NOTEBOOK, RENEWED, Seen
from cubec.upkeep.plan import JobError, Plan
from cubec.upkeep.work import POD, Kind, Work

TOLD = {
    "ttl": "72h",
    "reminder": "24h",
    "namespace": "cubec-system",
    "record": "idle",
    "platform": "research",
    "kinds": [],
}
NOW = times.moment("2026-11-22T12:00:00Z")
assert NOW
USED = "notebooks.kubeflow.org/last-activity"
STOPPED = "kubeflow-resource-stopped"


def ago(hours: float, now: datetime = NOW) -> str:
    return (now - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def notebook(kind: Kind = NOTEBOOK, *, created: float = 500, **annotations: str) -> Work:
    metadata = {
        "name": "bob",
        "namespace": "dev1",
        "uid": "u-bob",
        "resourceVersion": "7",
        "creationTimestamp": ago(created),
        "annotations": {key.replace("__", "/"): value for key, value in annotations.items()},
        "labels": {"pod-type": "notebook"} if kind == POD else {},
    }
    return Work(kind, {"metadata": metadata})


def used(text: str, **more: str) -> Work:
    found = notebook()
    found.item["metadata"]["annotations"] = {USED: text, **more}
    return found


def renewed(text: str, created: float = 500) -> Work:
    found = notebook(POD, created=created)
    found.item["metadata"]["annotations"] = {RENEWED: text}
    return found


def plan(*found: Work, record: dict[str, Any] | None = None, now: datetime = NOW) -> Plan:
    kept = {"metadata": {"resourceVersion": "3"}, "data": record} if record is not None else None
    return notebooks.plan(TOLD, Seen(work.Seen(found, ()), kept), now)


def verbs(found: Plan) -> list[str]:
    return [action.verb for action in found.actions]


def seen_once(hours: float, before: float = 24) -> dict[str, str]:
    first, last = (ago(moment).replace("Z", ".000000Z") for moment in (hours, before))
    return {"u-bob": json.dumps({"at": last, "sign": first, "times": 1})}


def test_one_in_use_is_left_alone():
    """Used yesterday: no action, no word."""
    assert plan(used(ago(30))) == Plan()


@pytest.mark.parametrize("one", [used(ago(50)), notebook(POD, created=50), renewed(ago(50))])
def test_the_owner_is_reminded(one: Work):
    """In the last day before the end a note is made and the owner gets an Event that says until when, and how to renew."""
    noted, event = plan(one).actions

    assert (noted.verb, noted.where) == ("create", "/api/v1/namespaces/cubec-system/configmaps")
    assert event.body
    assert "will be stopped after 2026-11-23 10:00 UTC" in event.body["note"]
    assert f"kubectl annotate {one.kind.name.lower()} bob --overwrite {RENEWED}=" in event.body["note"]


def test_a_notebook_stops_at_the_second_sight():
    """Idle for 74 hours, and seen idle a day ago: it is stopped by the annotation that its controller knows, in the state that was seen."""
    found = plan(used(ago(74)), record=seen_once(74))

    *_, stop = found.actions
    assert (stop.verb, stop.where) == ("patch", "/apis/kubeflow.org/v1/namespaces/dev1/notebooks/bob")
    assert stop.body == {"metadata": {"resourceVersion": "7", "annotations": {STOPPED: "2026-11-22T12:00:00Z"}}}
    assert stop.why == "nobody used or renewed it since 2026-11-19 10:00 UTC"


def test_a_pod_is_deleted():
    """A lone pod goes as a whole; the very one that was seen."""
    *_, stop = plan(notebook(POD, created=74), record=seen_once(74)).actions

    assert (stop.verb, stop.uid, stop.version) == ("delete", "u-bob", "7")


def test_nothing_stops_at_first_sight():
    """However long it was idle, the first run that sees it only reminds, with an hour's grace."""
    found = plan(used(ago(400)))

    assert verbs(found) == ["create", "create"]
    assert found.actions[1].body
    assert "after 2026-11-22 13:00 UTC" in found.actions[1].body["note"]
    assert "once a later run finds it idle" in found.findings[0].text


def test_two_runs_in_a_row_count_once():
    """A second run within the hour adds no sighting, no Event, and stops nothing: it does nothing at all."""
    found = plan(used(ago(400)), record=seen_once(400, before=0.5))

    assert found.actions == ()


@pytest.mark.parametrize("sign", [2, 60])
def test_a_sign_of_life_starts_anew(sign: float):
    """Used or renewed since the first sighting: the count begins from the start, or the note goes."""
    found = plan(used(ago(200), **{RENEWED: ago(sign)}), record=seen_once(200))

    assert "patch" not in verbs(found)
    assert verbs(found)[0] == "replace"


@pytest.mark.parametrize(
    "one",
    [
        notebook(),
        used("yesterday"),
        used(""),
        used(ago(-1)),
        used(ago(100), **{RENEWED: "x" * 100000}),
        used(ago(100), **{RENEWED: "2999-01-01T00:00:00Z"}),
        renewed("-1"),
    ],
)
def test_what_cannot_be_known_is_use(one: Work):
    """Missing, garbled, huge or future: it counts as used, whatever was noted before, and somebody is told."""
    found = plan(one, record=seen_once(500))

    assert [action.verb for action in found.actions] == ["replace"]
    assert found.actions[0].body
    assert found.actions[0].body["data"] == {}
    assert [finding.warning for finding in found.findings] == [True]


@pytest.mark.parametrize(
    "one",
    [
        used(ago(400), **{STOPPED: ago(100)}),
        Work(POD, {"metadata": {**notebook(POD).metadata, "labels": {}}}),
        Work(POD, {"metadata": {**notebook(POD).metadata, "ownerReferences": [{"controller": True}]}}),
        Work(NOTEBOOK, {"metadata": {**used(ago(400)).metadata, "deletionTimestamp": ago(0)}}),
    ],
)
def test_what_is_no_running_notebook(one: Work):
    """Stopped already, another pod, a controller's pod, or one that is going: none of them is ours."""
    assert plan(one) == Plan()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"sign": 1}',
        '{"sign": "2026-11-01T00:00:00Z", "times": "many", "at": "2026-11-21T00:00:00Z"}',
    ],
)
def test_a_record_that_cannot_be_read(text: str):
    """What cannot be read was not seen: the notebook is noted as seen for the first time."""
    found = plan(used(ago(400)), record={"u-bob": text})

    assert verbs(found) == ["replace", "create"]


def test_a_sighting_in_the_future_does_not_count():
    """A record that another clock wrote is begun anew."""
    assert "patch" not in verbs(plan(used(ago(400)), record=seen_once(400, before=-2)))


def test_one_run_stops_only_so_much():
    """Of eighty idle notebooks fifty are stopped in one run, the others wait, and what was seen of all of them is kept."""
    many = [
        Work(NOTEBOOK, {"metadata": {**used(ago(400)).metadata, "name": f"n{n}", "uid": f"u{n}"}}) for n in range(80)
    ]
    record = {f"u{n}": seen_once(400)["u-bob"] for n in range(80)}

    found = plan(*many, record=record)

    assert verbs(found) == ["replace"] + ["patch"] * 50
    assert found.actions[0].body
    assert len(found.actions[0].body["data"]) == 80


@pytest.mark.parametrize("wrong", [{"ttl": "1"}, {"reminder": "72h"}, {"reminder": None}])
def test_a_desired_state_that_is_none(wrong: dict[str, Any]):
    """With settings that the compiler would not write the run does nothing."""
    with pytest.raises(JobError):
        notebooks.plan({**TOLD, **wrong}, Seen(work.Seen((), ()), None), NOW)
