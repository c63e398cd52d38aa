"""Queues of rehearsals: which pool a job is sent to, what waits, and what is held for ever. Live: ``test_queues_live``."""

from typing import Any

import pytest
from tests.cluster.pods import GPU, POOL, container, job, pod, workload
from tests.unit.rehearsal.queue_rows import ROWS, Row
from tests.unit.rehearsal.rehearsing import against, findings, model, tried

from cubec.rehearsal.findings import ObjectRehearsal, Outcome
from cubec.rehearsal.queue import LABEL

SUSPENDED = ("state: active", "state: suspended")


def cards(number: int, **more: Any) -> dict[str, Any]:
    return {"containers": [container(cards=number)], **more}


def rehearsed(item: dict[str, Any], *changes: tuple[str, str], **how: Any) -> ObjectRehearsal:
    return tried(model("queues", *changes), item, **how)


def queued(item: ObjectRehearsal) -> list[Outcome]:
    return [one.outcome for one in findings(item) if one.stage == "queue"]


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_row(row: Row):
    """A job is let go and runs in that pool, or is held for ever; the live Kueue answers to the same table."""
    item = rehearsed(row.job)

    outcomes = [one for one in queued(item) if one is not Outcome.NOTE]
    assert set(outcomes) == {row.outcome}
    assert row.outcome is not Outcome.PASSED or item.pods[0].pools == (row.pool,)


def test_the_queue_chooses_the_pool():
    """A job that names no pool is sent to the first that has the cards; one that names one, to that."""
    first = rehearsed(job("one", "mixed", cards(1)))
    named = rehearsed(job("one", "mixed", cards(1, nodeSelector={POOL: "v100"})))

    assert [one.after for one in first.pods[0].mutations if "nodeSelector" in one.field] == ["gpu-t4"]
    assert [one.after for one in named.pods[0].mutations if "nodeSelector" in one.field] == []
    assert (first.pods[0].pools, named.pods[0].pools) == (("gpu-t4",), ("v100",))
    assert first.outcome is named.outcome is Outcome.PASSED


def test_a_pool_that_is_never_the_queues():
    """A job that names a pool in which its group has no cards is held for ever, and told to leave the choice to the queue."""
    item = rehearsed(job("one", "dev1", cards(1, nodeSelector={POOL: "v100"})))

    (finding,) = [one for one in findings(item) if one.stage == "queue"]
    assert "none in the pool that nodeSelector names" in finding.message
    assert finding.hint.startswith("leave nodeSelector out")


def test_a_job_is_sent_through_the_taints_of_its_pool():
    """The tolerations of the chosen pool come with it."""
    item = rehearsed(job("one", "team-train", cards(2)))

    assert item.pods[0].pools == ("v100",)
    assert [one.after for one in item.pods[0].mutations if "tolerations" in one.field] == [
        "cubec.io/pool=v100:NoSchedule"
    ]
    assert against(item) == []


@pytest.mark.parametrize(
    ("item", "used", "outcomes"),
    [
        (job("one", "dev2", cards(1)), {}, [Outcome.PASSED]),
        (job("one", "dev2", cards(1)), {GPU: "1"}, [Outcome.WAITS]),
        (job("one", "dev2", cards(1)), {f"requests.{GPU}": "1"}, [Outcome.WAITS]),
        (job("one", "dev2", cards(1), parallelism=2), {}, [Outcome.STUCK]),
        (job("one", "dev2", cards(2)), {}, [Outcome.STUCK]),
        (job("one", "dev1", cards(2)), {}, [Outcome.PASSED, Outcome.NOTE]),
        (job("one", "dev1", cards(3)), {}, [Outcome.STUCK]),
        (
            job("one", "dev1", {"containers": [container(resources={"limits": {"amd.com/gpu": "1"}})]}),
            {},
            [Outcome.STUCK],
        ),
        (job("one", "team-train", parallelism=9), {}, [Outcome.STUCK]),
        (job("one", "team-train", parallelism=8), {"pods": "1"}, [Outcome.WAITS]),
        (pod("one", "dev2", cards(1)), {}, [Outcome.PASSED]),
        (workload("Deployment", "one", "dev2", cards(1)), {}, [Outcome.PASSED]),
    ],
)
def test_what_waits(item: dict[str, Any], used: dict[str, str], outcomes: list[Outcome]):
    """What fits goes through, what does not fit just now waits, what never fits is held for ever; what is borrowed is said."""
    assert queued(rehearsed(item, used=used)) == outcomes


def test_what_waits_in_the_queue_takes_nothing_of_the_quota():
    """A job that is held has no pods, so only the queue is said to make it wait; a pod is refused by the quota."""
    used = {f"requests.{GPU}": "1"}

    held, refused = (rehearsed(make("one", "dev2", cards(1)), used=used) for make in (job, pod))

    assert [one.stage for one in findings(held) if one.outcome is Outcome.WAITS] == ["queue"]
    assert [one.stage for one in findings(refused) if one.outcome is Outcome.REFUSED] == ["quota"]


def test_two_kinds_of_pods_together():
    """What each kind could have alone, and all of them together cannot, is held for ever."""
    template = {"spec": cards(1)}
    roles = {"Master": {"template": template}, "Worker": {"replicas": 1, "template": template}}
    item = {
        "apiVersion": "kubeflow.org/v1",
        "kind": "PyTorchJob",
        "metadata": {"name": "one", "namespace": "dev2"},
        "spec": {"pytorchReplicaSpecs": roles},
    }

    found = rehearsed(item)

    assert found.outcome is Outcome.STUCK
    assert against(found, "queue") == [
        f"{GPU}: 2 asked for together, 1 at most in the queue of dev2, so it is held for ever"
    ]


def test_a_queue_that_is_not_there():
    """A job that names an unknown queue is held for ever, and told which one there is."""
    item = job("one", "dev2")
    item["metadata"]["labels"] = {LABEL: "nowhere"}

    found = rehearsed(item)

    assert found.outcome is Outcome.STUCK
    assert [one.hint for one in findings(found) if one.stage == "queue"] == [
        f"leave the label {LABEL} out, or write default"
    ]


def test_the_queue_of_a_suspended_group():
    """It starts nothing new, and the line that says so is named."""
    found = rehearsed(job("one", "sleepy"), SUSPENDED)

    stopped = [one for one in findings(found) if one.stage == "queue"]
    assert [one.message for one in stopped] == ["group sleepy is suspended: its queue starts nothing new"]
    assert stopped[0].source is not None
