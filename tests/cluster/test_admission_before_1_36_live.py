"""The admission policies on servers that complete no pods: below 1.36, and without Kyverno."""

from dataclasses import dataclass
from typing import Any

import pytest
from tests.cluster.attempts import attempt, condition, found, live, refusal
from tests.cluster.client import Client
from tests.cluster.compiled import compiled
from tests.cluster.pod_rows import BATCH, HIDDEN, HIDDEN_POOL, NIGHTLY, RESERVED, SECRET, V100, on
from tests.cluster.pods import CLOUD, GPU, POOL, equal, exists, ids, job, named, pod

CLAIMS = (
    ("without MutatingAdmissionPolicy pods that name their pool, or need not, pass unchanged", "test_allowed"),
    ("others are refused with the line to add, and the tolerations that it needs", "test_refused"),
    ("a Job with that line runs on its pool, one without it says which is missing", "test_jobs"),
    ("the policies pass the type check of older servers", "test_types_check"),
)
POLICY = "ValidatingAdmissionPolicy 'cubec-isolation' with binding 'cubec-isolation' denied request: "
NODES: list[dict[str, Any]] = [
    {"name": "worker01", "labels": {POOL: "gpu-t4"}},
    {
        "name": "hidden01",
        "labels": {HIDDEN: "yes"},
        "taints": [{"key": "cubec.io/pool", "value": "hidden", "effect": "NoSchedule"}],
    },
]


WAYS = {  # with what nothing adds here, but a pool's taints need
    "dev1": f'{CLOUD}: "np-1" (with a toleration of {BATCH}=nightly) or {POOL}: "gpu-t4" or {POOL}: "v100"'
    f" (with a toleration of {BATCH}=nightly and {RESERVED}=v100)",
    "dev2": f'{POOL}: "gpu-t4" or {HIDDEN}: "yes" (with a toleration of {RESERVED}=hidden) or {POOL}: "secret"'
    f" (with a toleration of {RESERVED}=secret and {BATCH}=weekly)",
}
LINE = "; write under nodeSelector of the pod or of its template: "


def no_pool(namespace: str) -> str:
    return f"the pod names no pool that the cluster has{LINE}{WAYS[namespace]}"


def foreign(pool: str) -> str:
    return f"namespace dev1 may not use pool {pool}{LINE}{WAYS['dev1']}"


def wide(what: str) -> str:
    may = f"{BATCH}=nightly, {RESERVED}=v100"
    return f"the pod may not tolerate {what}; namespace dev1 may tolerate: {may}"


@dataclass(frozen=True)
class Site:
    cluster: Any
    admin: Client


@pytest.fixture(scope="module", params=["1.35", "1.33"])
def site(start_cluster, request):
    """A server of that version with the policies that are compiled for it in force."""
    cluster = start_cluster(emulate=request.param, nodes=NODES)
    output = compiled("admission", ('kubernetes: "1.36"', f'kubernetes: "{request.param}"'))
    cluster.apply(
        documents=output.text(
            "platform/namespaces.yaml", "platform/rbac.yaml", "platform/priorities.yaml", "platform/admission.yaml"
        )
    )
    cluster.apply(documents=output.text("groups/*/namespace.yaml", "groups/*/rbac.yaml", "groups/*/quota.yaml"))
    admin = Client(cluster.kubeconfig)
    placed = pod("probe", "dev1", {"nodeName": "worker01"})
    cluster.eventually(lambda: "scheduler alone" in refusal(attempt(admin, placed)), "pods are judged")
    yield Site(cluster, admin)
    cluster.down()


ALLOWED = [
    ("a group that may use every open pool names none", "dev1", {}),
    ("that group names one", "dev1", on("v100")),
    ("that group names a cloud's", "dev1", {"nodeSelector": {CLOUD: "np-1"}}),
    ("that group selects something else", "dev1", {"nodeSelector": {"disk": "ssd"}}),
    ("tolerations of its pools", "dev1", {**on("v100"), "tolerations": [V100, NIGHTLY]}),
    ("any value of its own key", "dev1", {"tolerations": [exists(BATCH)]}),
    ("nodes with cards", "dev1", {"tolerations": [exists(GPU)]}),
    ("a member", "dev1", ids(runAsUser=20001)),
    ("a group that names its reserved pool", "dev2", {**on("secret"), "tolerations": [SECRET]}),
    ("a group that names a pool by another key", "dev2", {"nodeSelector": {HIDDEN: "yes"}}),
    ("a group that names an open pool", "dev2", on("gpu-t4")),
]
REFUSED = [
    ("a group that may not use every open pool names none", "dev2", {}, no_pool("dev2")),
    ("it selects something else", "dev2", {"nodeSelector": {"disk": "ssd"}}, no_pool("dev2")),
    ("it wants its pool by affinity", "dev2", {"affinity": {}}, no_pool("dev2")),
    ("it names no pool at all", "dev2", on("nowhere"), no_pool("dev2")),
    ("a pool that is not there, where none need be named", "dev1", on("nowhere"), no_pool("dev1")),
    ("a pool without a name", "dev1", on(""), no_pool("dev1")),
    ("a foreign pool", "dev1", on("secret"), foreign("secret")),
    ("a foreign pool of another key", "dev1", {"nodeSelector": {HIDDEN: "yes"}}, foreign("hidden")),
    ("every taint", "dev1", {"tolerations": [exists()]}, wide("every taint (a toleration without key)")),
    ("every reserved pool", "dev1", {"tolerations": [exists(RESERVED)]}, wide(RESERVED)),
    ("a foreign reserved pool", "dev1", {"tolerations": [HIDDEN_POOL]}, wide(f"{RESERVED}=hidden")),
    ("a foreign value", "dev1", {"tolerations": [equal(BATCH, "weekly")]}, wide(f"{BATCH}=weekly")),
]


@pytest.mark.parametrize(("namespace", "spec"), [row[1:] for row in ALLOWED], ids=[row[0] for row in ALLOWED])
def test_allowed(site: Site, namespace: str, spec: dict[str, Any]):
    """A pod that names its pool, or need not, passes, and nothing is added to it."""
    answer = attempt(site.admin, pod("pod", namespace, spec))

    assert not refusal(answer)
    assert answer.body["spec"].get("nodeSelector") == spec.get("nodeSelector")


@pytest.mark.parametrize(
    ("namespace", "spec", "refused"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_refused(site: Site, namespace: str, spec: dict[str, Any], refused: str):
    """A pod that must name its pool and does not is told the line to add."""
    assert refusal(attempt(site.admin, pod("pod", namespace, spec))) == f'pods "pod" is forbidden: {POLICY}{refused}'


@pytest.mark.own_nodes
def test_jobs(site: Site):
    """With that line in its template a job runs on its pool; without it, it says which line is missing."""
    runs = job("runs", "dev2", {"nodeSelector": {HIDDEN: "yes"}, "tolerations": [HIDDEN_POOL]})
    open_to_all, waits = job("open", "dev1", parallelism=3), job("waits", "dev2")
    for item in (runs, open_to_all, waits):
        assert not refusal(attempt(site.admin, item, dry=False))

    for item in (runs, open_to_all):
        site.cluster.eventually(lambda item=item: condition(live(site.admin, item), "Complete"), "the job ends")
    event = named("Event", "any", "dev2")
    site.cluster.eventually(
        lambda: any(no_pool("dev2") in one["message"] for one in found(site.admin, event)), "the other job says why"
    )

    nodes = {one["spec"]["nodeName"] for one in found(site.admin, pod("any", "dev1"), job_name="open")}
    assert nodes == {"worker01"}
    assert found(site.admin, pod("any", "dev2"), job_name="runs")[0]["spec"]["nodeName"] == "hidden01"


@pytest.mark.parametrize("name", ["cubec-isolation", "cubec-protect-namespaces", "cubec-secrets"])
def test_types_check(site: Site, name: str):
    """The older server's own type check has no warning about a policy."""
    policy = named("ValidatingAdmissionPolicy", name, version="admissionregistration.k8s.io/v1")

    status = site.cluster.eventually(lambda: live(site.admin, policy).get("status"), "the policy is checked")

    assert status["typeChecking"] == {}
