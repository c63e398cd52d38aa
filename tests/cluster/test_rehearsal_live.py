"""`cubec try` against a real API server: the same pods get the same verdict from both, and are completed in the same way."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tests.cluster import pod_rows, pod_rows_of_people, test_queues_live, test_quota_live
from tests.cluster.attempts import accepted, attempt, live, refusal
from tests.cluster.client import Client
from tests.cluster.compiled import Output, compiled
from tests.cluster.jobs_in_queues import Queues
from tests.cluster.pod_rows import Row
from tests.cluster.pods import POOL, container, pod
from tests.unit.rehearsal import queue_rows, security_rows
from tests.unit.rehearsal.rehearsing import against, model, tried

from cubec.rehearsal.findings import ObjectRehearsal, Outcome

CLAIMS = (
    ("`try` gives 116 pods the verdict of the server, and completes them as it does", "test_pod"),
    ("`try` gives 54 pods the verdict of Pod Security's levels baseline and restricted", "test_pod_security"),
    ("`try` gives quotas, limits and defaults as the server does", "test_quota"),
    ("`try` says which of 25 jobs Kueue lets go, to which pool, and which it holds for ever", "test_queues"),
)
pytestmark = pytest.mark.own_cluster
NODES = [{"name": "worker01", "labels": {POOL: "gpu-t4"}}]
PLATFORM = (
    "platform/namespaces.yaml",
    "platform/rbac.yaml",
    "platform/identities.yaml",
    "platform/priorities.yaml",
    "platform/admission.yaml",
)
GROUPS = ("groups/*/namespace.yaml", "groups/*/rbac.yaml", "groups/*/quota.yaml")
ROWS = [*pod_rows.ROWS, *pod_rows_of_people.ROWS]
RESTRICTED = ("  gid: 10001\n", "  gid: 10001\n  podSecurity: restricted\n")
OF_KUBERNETES = {"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}
DEFAULTS = [
    pod("pod", "dev1", {"containers": [container("one", resources=row[1])]}) for row in test_quota_live.DEFAULTS
]
QUOTA = [
    item
    for _, item, *_ in (*test_quota_live.WITHIN, *test_quota_live.BEYOND)
    if item["metadata"]["namespace"] != "cubec-users"
]


def _start(start_cluster: Any, platform: str) -> tuple[Any, Client]:
    cluster, output = start_cluster(nodes=NODES), compiled(platform)
    admin = Client(cluster.kubeconfig)
    for globs in (PLATFORM, GROUPS):
        cluster.apply(documents=output.text(*globs))
    placed = pod("probe", "dev1", {"nodeName": "worker01"})
    completed = pod("probe", "dev1")
    cluster.eventually(lambda: "nodeSelector" in attempt(admin, completed).body.get("spec", {}), "pods are completed")
    cluster.eventually(lambda: pod_rows.NODE_NAME in refusal(attempt(admin, placed)), "pods are judged")
    _wait_for_quotas(cluster, admin, output)
    return cluster, admin


def _wait_for_quotas(cluster: Any, admin: Client, output: Output) -> None:
    quotas = [item for item in output.objects("groups/*/quota.yaml") if item["kind"] == "ResourceQuota"]

    def counts() -> bool:
        found = [live(admin, one).get("status", {}).get("hard", {}) for one in quotas]
        return all(
            {**one["spec"]["hard"], **hard} == hard or "count/tfjobs.kubeflow.org" in one["spec"]["hard"]
            for one, hard in zip(quotas, found, strict=True)
        )

    cluster.eventually(counts, "the quotas count")


@pytest.fixture(scope="module")
def admission(start_cluster) -> tuple[Any, Client]:
    return _start(start_cluster, "admission")


def without_quota(item: ObjectRehearsal) -> list[str]:
    """What speaks against a pod at the moment of its admission; that it would never start is no business of the server's."""
    return against(item, "kubernetes", "limits", "pod security", "policy", "quota", "count")


def completed(item: ObjectRehearsal, spec: dict[str, Any]) -> dict[str, Any]:
    """What the rehearsal makes of a pod, in the fields that it speaks of."""
    mutations = item.pods[0].mutations
    given = {one.field[-1]: one.after for one in mutations if "nodeSelector" in one.field}
    return {
        "nodeSelector": {**spec.get("nodeSelector", {}), **given},
        "tolerations": sorted(one.after for one in mutations if "tolerations" in one.field),
        "priorityClassName": next((one.after for one in mutations if one.field[-1] == "priorityClassName"), None),
        "resources": {one.field[-4:]: one.after for one in mutations if "resources" in one.field},
    }


def really(body: dict[str, Any], spec: dict[str, Any], rehearsed: dict[str, Any]) -> dict[str, Any]:
    """The same of what the server answers; of resources those that the rehearsal says it fills in."""
    made, own = body["spec"], [_shown(one) for one in spec.get("tolerations", ())]
    containers = {one["name"]: one for name in ("containers", "initContainers") for one in made.get(name, ())}
    added = [_shown(one) for one in made["tolerations"] if one["key"] not in OF_KUBERNETES]
    return {
        "nodeSelector": made.get("nodeSelector", {}),
        "tolerations": sorted(one for one in added if one not in own),
        "priorityClassName": made["priorityClassName"] if "priorityClassName" not in spec else None,
        "resources": {
            field: containers[field[0]]["resources"][field[2]].get(field[3]) for field in rehearsed["resources"]
        },
    }


def _shown(one: dict[str, Any]) -> str:
    value = f"={one['value']}" if one.get("value") else ""
    return f"{one.get('key', '')}{value}:{one.get('effect', '')}"


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_pod(admission: tuple[Any, Client], row: Row):
    """A pod that the server takes is admitted and completed in the same way; one that it refuses is refused in its words."""
    value = pod("pod", row.namespace, row.spec, **row.metadata)
    answer, item = attempt(admission[1], value), tried(model("admission"), value)

    found = without_quota(item)

    assert (found == []) == accepted(answer), refusal(answer)
    if accepted(answer):
        rehearsed = completed(item, row.spec)
        assert rehearsed == really(answer.body, row.spec, rehearsed)
    elif "ValidatingAdmissionPolicy" in refusal(answer):
        told = against(item, "policy")[0].rpartition(" [")[0]
        assert told in refusal(answer)


@contextmanager
def _level(admission: tuple[Any, Client], level: str) -> Iterator[None]:
    """Another level of Pod Security for dev1."""
    cluster, _ = admission
    if level == "restricted":
        cluster.apply(documents=compiled("admission", RESTRICTED).text("groups/dev1/namespace.yaml"))
    yield
    cluster.apply(documents=compiled("admission").text("groups/dev1/namespace.yaml"))


@pytest.mark.parametrize("level", ["baseline", "restricted"])
def test_pod_security(admission: tuple[Any, Client], level: str):
    """Both levels let the same pods pass as the rehearsal does, field by field."""
    wrong = []
    with _level(admission, level):
        probe = pod("probe", "dev1")
        admission[0].eventually(
            lambda: accepted(attempt(admission[1], probe)) == (level == "baseline"), f"it is {level}"
        )
        changes = (RESTRICTED,) if level == "restricted" else ()
        for row in security_rows.ROWS:
            value = pod("pod", "dev1", row.pod, annotations=row.notes)
            answer, item = attempt(admission[1], value), tried(model("admission", *changes), value)
            by_level = "violates PodSecurity" in refusal(answer)
            if by_level != bool(against(item, "pod security")) or by_level == security_rows.allowed(row, level):
                wrong.append((row.name, refusal(answer), against(item, "pod security")))

    assert wrong == []


def test_queues(start_cluster: Any):
    """Kueue lets the same jobs go, to the same pools, and holds the same ones."""
    cluster = start_cluster(extras="kueue", nodes=test_queues_live.NODES)
    queues = Queues(cluster, Client(cluster.kubeconfig))
    namespaces = test_queues_live._in_force(queues, compiled("queues")).namespaces
    for row in queue_rows.ROWS:
        item = row.job
        assert not refusal(attempt(queues.admin, item, dry=False))
        if row.outcome is Outcome.PASSED:
            queues.runs(item)
            assert {one["spec"]["nodeSelector"][POOL] for one in queues.pods(item)} == {row.pool}, row.name
        else:
            queues.waits(item)
        queues.clear(*namespaces)


def test_quota(start_cluster: Any):
    """What goes into a quota does so in both, what does not is refused by both, and defaults are the same."""
    _, admin = _start(start_cluster, "quota")
    wrong = []
    for value in (*QUOTA, *DEFAULTS):
        answer, item = attempt(admin, value), tried(model("quota"), value)
        if (without_quota(item) == []) != accepted(answer):
            wrong.append((value, refusal(answer), without_quota(item)))
        elif accepted(answer) and value["kind"] == "Pod":
            rehearsed = completed(item, value["spec"])
            if rehearsed != really(answer.body, value["spec"], rehearsed):
                wrong.append((value, rehearsed, really(answer.body, value["spec"], rehearsed)))

    assert wrong == []
