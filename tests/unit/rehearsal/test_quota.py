"""Defaults, limits and quota of rehearsals against the tables of the live cluster, and what is in use as far as it is said."""

from typing import Any

import pytest
from tests.cluster import test_quota_live as live
from tests.cluster.compiled import PLATFORMS
from tests.cluster.pods import GPU, container, job, named, pod, workload
from tests.unit.rehearsal.rehearsing import against, findings, model, tried

from cubec.rehearsal.findings import Outcome

BEYOND = [row for row in live.BEYOND if row[1]["metadata"]["namespace"] != "cubec-users"]  # no group's namespace
OF_QUOTA = ("limits", "quota", "count")


@pytest.mark.parametrize(
    ("resources", "requests", "limits"), [row[1:] for row in live.DEFAULTS], ids=[row[0] for row in live.DEFAULTS]
)
@pytest.mark.parametrize("part", ["containers", "initContainers"])
def test_defaults(part: str, resources: dict[str, Any], requests: tuple[str, str], limits: tuple[str, str]):
    """A container gets what it does not state, and keeps what it states; it never gets cards."""
    one = container("one", resources=resources)
    spec = {part: [one]} if part == "containers" else {part: [one], "containers": [container()]}

    item = tried(model("quota"), pod("pod", "dev1", spec))

    given = {one.field[-2:]: one.after for one in item.pods[0].mutations if "one" in one.field}
    stated = {(side, name): amount for side, amounts in resources.items() for name, amount in amounts.items()}
    derived = {("requests", name): amount for name, amount in resources.get("limits", {}).items()}
    assert {**derived, **stated, **given} == {
        (side, name): amount
        for side, amounts in (("requests", requests), ("limits", limits))
        for name, amount in zip(("cpu", "memory"), amounts, strict=True)
    }


def test_a_request_above_the_default_limit_needs_a_limit():
    """Who asks for more than the default limit and states no limit is told which limit to state."""
    item = tried(model("quota"), pod("pod", "dev1", {"containers": [container(resources={"requests": {"cpu": "2"}})]}))

    assert against(item) == ["a request of 2 cpu is more than the limit of 1"]


@pytest.mark.parametrize("item", [row[1] for row in live.WITHIN], ids=[row[0] for row in live.WITHIN])
def test_within(item: dict[str, Any]):
    """What the document gives can be had, to the last of it."""
    assert against(tried(model("quota"), item), *OF_QUOTA) == []


@pytest.mark.parametrize(("item", "answer"), [row[1:] for row in BEYOND], ids=[row[0] for row in BEYOND])
def test_beyond(item: dict[str, Any], answer: str):
    """What goes beyond is refused for every resource that the live server names."""
    said = " ".join(against(tried(model("quota"), item), *OF_QUOTA))

    asked = answer.partition("requested: ")[2].partition(", used")[0] or answer.rpartition("limited: ")[2]
    resources = [part.partition("=")[0] for part in asked.split(",")] if "=" in asked else [answer.split()[1]]
    assert [name for name in resources if name not in said] == []
    assert said


def outcomes(item: Any, stage: str) -> list[Outcome]:
    return [finding.outcome for finding in findings(item) if finding.stage == stage]


ONE_CARD = {"containers": [container(cards=1)]}


@pytest.mark.parametrize(
    ("used", "kind", "outcome"),
    [
        ({}, "Pod", None),
        ({GPU: "1"}, "Pod", None),
        ({GPU: "2"}, "Pod", Outcome.REFUSED),
        ({GPU: "3"}, "Pod", Outcome.REFUSED),
        ({GPU: "2"}, "Job", Outcome.WAITS),
        ({GPU: "1"}, "Job", None),
    ],
)
def test_what_is_in_use(used: dict[str, str], kind: str, outcome: Outcome | None):
    """What is in use counts: a pod is refused then, the pods of a job are tried again until there is room."""
    make = pod if kind == "Pod" else job
    stated = {f"requests.{name}": amount for name, amount in used.items()}

    item = tried(model("quota"), make("one", "dev1", ONE_CARD), used=stated)

    assert outcomes(item, "quota") == ([outcome] if outcome else [])
    assert item.outcome is (outcome or Outcome.PASSED)


def test_more_pods_than_fit_at_once():
    """Of a job whose pods do not fit together the rest waits; one whose single pod never fits is told so."""
    many = tried(model("quota"), job("many", "dev1", ONE_CARD, parallelism=3, completions=5))
    huge = tried(model("quota"), job("huge", "dev1", {"containers": [container(cards=3)]}))

    assert outcomes(many, "quota") == [Outcome.WAITS]
    assert outcomes(huge, "quota") == [Outcome.REFUSED]
    assert [(one.asked, one.limit) for one in many.amounts if one.resource == f"requests.{GPU}"] != []


def test_objects_are_counted():
    """A kind that is counted is refused when all of it is in use, with advice that fits an object."""
    tfjob = named("TFJob", "one", "dev1", "kubeflow.org/v1", spec={})
    resource = "count/tfjobs.kubeflow.org"

    free, full = (tried(model("quota"), tfjob, used={resource: used}) for used in ("0", "1"))

    assert free.outcome is Outcome.PASSED
    assert full.outcome is Outcome.REFUSED
    assert "delete one" in findings(full)[0].hint


def test_a_claim_without_a_size_is_left_to_the_server():
    """What a claim does not state takes nothing that could be counted here."""
    item = named("PersistentVolumeClaim", "one", "dev1", spec={"resources": {}})

    assert [one.resource for one in tried(model("quota"), item).amounts] == ["persistentvolumeclaims"]


def test_what_is_used_elsewhere_does_not_count():
    """What was said of one namespace says nothing about the group's others."""
    item = named("Service", "one", "split-jobs", spec={"ports": [{"port": 80}]})

    here = tried(model("quota"), item, namespace="split-jobs", used={"services": "1"})
    elsewhere = tried(model("quota"), item, namespace="split-rest", used={"services": "1"})

    assert here.outcome is Outcome.REFUSED
    assert elsewhere.outcome is Outcome.PASSED


def test_a_group_that_is_suspended_starts_nothing():
    """Its quota holds no pods, and the way out is not a larger quota but its state."""
    suspended = model("quota", ("state: active", "state: suspended"))

    item = tried(suspended, workload("Deployment", "one", "sleepy"))

    assert [finding.hint for finding in item.findings if finding.outcome is Outcome.REFUSED] == [
        "group sleepy is suspended: set state: active in its file, if it is to go on"
    ]


def test_the_line_that_a_number_comes_from_is_named():
    """A refusal names the line of the group's document that holds the number."""
    item = tried(model("quota"), pod("pod", "dev1", {"containers": [container(cards=3)]}))

    (finding,) = [one for one in findings(item) if one.stage == "quota"]

    document = (PLATFORMS / "quota.yaml").read_text().split("---\n")[2]
    assert finding.source is not None
    assert document.splitlines()[finding.source.line - 1].strip() == "gpu: 2"
