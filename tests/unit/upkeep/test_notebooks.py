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
    event, noted = plan(one).actions

    assert (noted.verb, noted.where) == ("create", "/api/v1/namespaces/cubec-system/configmaps")
    assert event.body
    assert "will be stopped after 2026-11-23 10:00 UTC" in event.body["note"]
    assert f"kubectl annotate {one.kind.name.lower()} bob -n dev1 --overwrite {RENEWED}=" in event.body["note"]
    about = {"kind": one.kind.name, "namespace": "dev1", "name": "bob"}
    assert event.notice == {**about, "what": "reminder", "until": "2026-11-23T10:00:00Z"}


def test_a_notebook_stops_at_the_second_sight():
    """Idle for 74 hours, and seen idle a day ago: it is stopped by the annotation that its controller knows, in the state that was seen."""
    written, stop = plan(used(ago(74)), record=seen_once(74)).actions

    assert written.body
    assert written.body["data"] == {}
    assert (stop.verb, stop.where) == ("patch", "/apis/kubeflow.org/v1/namespaces/dev1/notebooks/bob")
    assert stop.body == {"metadata": {"resourceVersion": "7", "annotations": {STOPPED: "2026-11-22T12:00:00Z"}}}
    assert stop.why == "nobody used or renewed it since 2026-11-19 10:00 UTC"
    assert stop.notice == {"kind": "Notebook", "namespace": "dev1", "name": "bob", "what": "stop", "until": ""}


def test_a_pod_is_deleted():
    """A lone pod goes as a whole; the very one that was seen."""
    *_, stop = plan(notebook(POD, created=74), record=seen_once(74)).actions

    assert (stop.verb, stop.uid, stop.version) == ("delete", "u-bob", "7")


def test_nothing_stops_at_first_sight():
    """However long it was idle, the first run that sees it only reminds, with an hour's grace."""
    found = plan(used(ago(400)))

    assert verbs(found) == ["create", "create"]
    assert found.actions[0].body
    assert "after 2026-11-22 13:00 UTC" in found.actions[0].body["note"]


def test_the_webhook_is_told_once():
    """A run that sees the notebook idle again before its end makes another Event, and no second message."""
    event, written = plan(used(ago(60)), record=seen_once(60, before=2)).actions

    assert (event.verb, event.notice, written.verb) == ("create", None, "replace")


def test_one_that_was_started_again_is_in_use():
    """Its container began yesterday: whatever the annotation of its last use still says, it is not idle."""
    began = {"containerState": {"running": {"startedAt": ago(20)}}}
    one = Work(NOTEBOOK, {**used(ago(400)).item, "status": began})

    assert plan(one, record=seen_once(400)).actions[0].body["data"] == {}  # type: ignore[index]


@pytest.mark.parametrize("began", [ago(-1), "then", None])
def test_a_start_that_cannot_be_known_is_use(began: object):
    """A container that began tomorrow, or at no time, counts as used."""
    one = Work(
        NOTEBOOK, {**used(ago(400)).item, "status": {"containerState": {"running": {"startedAt": began, "x": 1}}}}
    )

    assert [finding.warning for finding in plan(one).findings] == [True]


def test_one_whose_container_waits():
    """What is said of a container that does not run is no sign of life."""
    one = Work(NOTEBOOK, {**used(ago(400)).item, "status": {"containerState": {"waiting": {"reason": "Pulling"}}}})

    assert "patch" in verbs(plan(one, record=seen_once(400)))


def test_two_runs_in_a_row_count_once():
    """A second run within the hour adds no sighting, no Event, and stops nothing: it does nothing at all."""
    found = plan(used(ago(400)), record=seen_once(400, before=0.5))

    assert found.actions == ()


@pytest.mark.parametrize("sign", [2, 60])
def test_a_sign_of_life_starts_anew(sign: float):
    """Used or renewed since the first sighting: the count begins from the start, or the note goes."""
    found = plan(used(ago(200), **{RENEWED: ago(sign)}), record=seen_once(200))

    assert "patch" not in verbs(found)
    assert "replace" in verbs(found)


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
        Work(POD, {"metadata": {**notebook(POD).metadata, "ownerReferences": [{"controller": True, "uid": "u"}]}}),
        Work(POD, {**notebook(POD).item, "status": {"phase": "Succeeded"}}),
        Work(NOTEBOOK, {"metadata": {**used(ago(400)).metadata, "deletionTimestamp": ago(0)}}),
    ],
)
def test_what_is_no_running_notebook(one: Work):
    """Stopped already, another pod, a controller's pod, one that ended, or one that is going: none of them is ours."""
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
        '{"sign": "2026-11-01T00:00:00Z", "times": Infinity, "at": "2026-11-21T00:00:00Z"}',
        "[" * 100_000,
    ],
)
def test_a_record_that_cannot_be_read(text: str):
    """What cannot be read was not seen: the notebook is noted as seen for the first time."""
    found = plan(used(ago(400)), record={"u-bob": text})

    assert verbs(found) == ["create", "replace"]


def test_a_sighting_in_the_future_does_not_count():
    """A record that another clock wrote is begun anew."""
    assert "patch" not in verbs(plan(used(ago(400)), record=seen_once(400, before=-2)))


def test_one_run_stops_only_so_much():
    """Of eighty idle notebooks fifty are stopped in one run, the others wait, and what was seen of these is kept."""
    many = [
        Work(NOTEBOOK, {"metadata": {**used(ago(400)).metadata, "name": f"n{n}", "uid": f"u{n}"}}) for n in range(80)
    ]
    record = {f"u{n}": seen_once(400)["u-bob"] for n in range(80)}

    found = plan(*many, record=record)

    assert verbs(found) == ["replace"] + ["patch"] * 50
    assert found.actions[0].body
    assert len(found.actions[0].body["data"]) == 30


def test_the_record_has_an_end():
    """Of more idle notebooks than a ConfigMap holds those are noted that were idle longest."""
    many = [
        Work(NOTEBOOK, {"metadata": {**used(ago(400 - n / 100)).metadata, "name": f"n{n}", "uid": f"u{n}"}})
        for n in range(5010)
    ]

    *_, written = plan(*many).actions

    assert written.body
    assert len(written.body["data"]) == 5000
    assert "u5009" not in written.body["data"]
    assert len(json.dumps(written.body)) < 2**20


@pytest.mark.parametrize("wrong", [{"ttl": "1"}, {"reminder": "72h"}, {"reminder": None}])
def test_a_desired_state_that_is_none(wrong: dict[str, Any]):
    """With settings that the compiler would not write the run does nothing."""
    with pytest.raises(JobError):
        notebooks.plan({**TOLD, **wrong}, Seen(work.Seen((), ()), None), NOW)
