"""Queues on real Kueue: jobs wait for their turn, groups lend and take back, and quota and queue never contradict each other."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.cluster.attempts import attempt, condition, found, live, refusal
from tests.cluster.client import Client
from tests.cluster.compiled import Output, compiled
from tests.cluster.jobs_in_queues import KUEUE, Queues, cards
from tests.cluster.pods import GPU, POOL, container, ids, job, long_running, named, pod, workload

SAMPLE = Path(__file__).parents[2] / "output/ack"
NODES: list[dict[str, Any]] = [
    *(
        {
            "name": f"worker0{number}",
            "labels": {POOL: "gpu-t4"},
            "capacity": {"cpu": 4, "memory": "30Gi", "ephemeral-storage": "100Gi", GPU: 1},
        }
        for number in (1, 2, 3)
    ),
    {
        "name": "big01",
        "labels": {POOL: "v100"},
        "taints": [{"key": "cubec.io/pool", "value": "v100", "effect": "NoSchedule"}],
        "capacity": {"cpu": 32, "memory": "256Gi", GPU: 4},
    },
]
PLATFORM = (
    "platform/namespaces.yaml",
    "platform/rbac.yaml",
    "platform/priorities.yaml",
    "platform/queues.yaml",
    "platform/admission.yaml",
)
GROUP = ("groups/*/namespace.yaml", "groups/*/rbac.yaml", "groups/*/quota.yaml", "groups/*/scheduling.yaml")


@dataclass(frozen=True)
class Site:
    queues: Queues
    output: Output

    @property
    def namespaces(self) -> list[str]:
        return [one["metadata"]["name"] for one in self.output.objects("groups/*/namespace.yaml")]


@pytest.fixture(scope="module")
def queues(start_cluster) -> Queues:
    cluster = start_cluster(extras="kueue", nodes=NODES)
    return Queues(cluster, Client(cluster.kubeconfig))


@pytest.fixture(scope="module")
def sample(queues: Queues) -> Site:
    """The committed output of the sample's cluster ``ack`` in force."""
    files = {path.relative_to(SAMPLE).as_posix(): path.read_bytes() for path in SAMPLE.rglob("*.yaml")}
    return _in_force(queues, Output(files))


@pytest.fixture(scope="module")
def variant(queues: Queues, sample: Site) -> Site:
    """After it other groups, and the same ones with other quotas."""
    return _in_force(queues, compiled("queues"))


def _in_force(queues: Queues, output: Output) -> Site:
    for globs in (PLATFORM, GROUP):
        queues.cluster.apply(documents=output.text(*globs))
    site = Site(queues, output)
    for queue in site.output.objects("groups/*/scheduling.yaml"):
        if queue["kind"] in {"ClusterQueue", "LocalQueue"}:
            queues.eventually(partial(_active, queues, queue), f"{queue['kind']} {queue['metadata']['name']} is active")
    for quota in site.output.objects("groups/*/quota.yaml"):
        if quota["kind"] == "ResourceQuota":
            queues.eventually(partial(_counts, queues, quota), "the quota counts")
    for name in site.namespaces:
        queues.eventually(
            lambda name=name: "nodeSelector" in attempt(queues.admin, pod("probe", name)).body.get("spec", {}),
            f"pods of {name} are completed",
        )
    return site


def _active(queues: Queues, queue: dict[str, Any]) -> bool:
    now = live(queues.admin, queue)
    return (
        condition(now, "Active").get("status") == "True"
        and condition(now, "Active")["observedGeneration"] == now["metadata"]["generation"]
    )


def _counts(queues: Queues, quota: dict[str, Any]) -> bool:
    return live(queues.admin, quota).get("status", {}).get("hard") == quota["spec"]["hard"]


@pytest.fixture(autouse=True)
def _empty(request, queues: Queues) -> Iterator[None]:
    """Leave empty queues to the next test."""
    yield
    site = request.getfixturevalue("variant" if "variant" in request.fixturenames else "sample")
    queues.clear(*site.namespaces)


@pytest.mark.parametrize("name", ["sample", "variant"])
def test_every_queue_is_active(request, queues: Queues, name: str):
    """Every ClusterQueue and LocalQueue that was compiled is active, and an engine that applies them again changes nothing."""
    site = request.getfixturevalue(name)
    compiled_queues = [
        one
        for one in site.output.objects("platform/queues.yaml", "groups/*/scheduling.yaml")
        if "kueue" in one["apiVersion"]
    ]
    before = [live(queues.admin, one)["metadata"]["generation"] for one in compiled_queues]

    queues.cluster.apply(documents=site.output.text("platform/queues.yaml", "groups/*/scheduling.yaml"))

    assert [live(queues.admin, one)["metadata"]["generation"] for one in compiled_queues] == before
    assert all(_active(queues, one) for one in compiled_queues if one["kind"] in {"ClusterQueue", "LocalQueue"})
    assert {one["kind"] for one in compiled_queues} >= {"Cohort", "ResourceFlavor", "ClusterQueue", "LocalQueue"}


def test_the_second_job_waits_for_the_first(sample: Site):
    """Of two jobs for one card the second has no pod until the first ends; neither names a queue."""
    queues = sample.queues
    first = queues.submit("first", "dev1", cards())
    queues.runs(first)

    second = queues.submit("second", "dev1", cards())

    assert live(queues.admin, second)["metadata"]["labels"]["kueue.x-k8s.io/queue-name"] == "default"
    queues.waits(second, "insufficient unused quota for nvidia.com/gpu in flavor gpu-t4, 1 more needed")
    queues.ends(first)
    queues.runs(second)
    assert queues.pods(second)[0]["spec"]["nodeSelector"] == {POOL: "gpu-t4"}
    assert queues.failures("dev1") == []


def test_a_waiting_job_does_not_hold_up_others(sample: Site):
    """A job that is larger than its queue waits; smaller ones behind it run."""
    queues = sample.queues
    large = queues.submit("large", "dev2", cards(), parallelism=3, completions=3)
    queues.waits(large, "nvidia.com/gpu")

    queues.runs(queues.submit("small", "dev2", cards()))


def test_a_job_of_an_unknown_queue_waits(sample: Site):
    """A job that names a queue which is not there is held, and told so."""
    queues = sample.queues
    item = job("lost", "dev1")
    item["metadata"]["labels"] = {"kueue.x-k8s.io/queue-name": "nowhere"}
    assert not refusal(attempt(queues.admin, item, dry=False))

    queues.waits(item, "LocalQueue nowhere doesn't exist")


def sized(
    requests: dict[str, str] | None = None, limits: dict[str, str] | None = None, name: str = "main"
) -> dict[str, Any]:
    resources = {"requests": requests, "limits": limits}
    return container(name, resources={key: value for key, value in resources.items() if value})


SHAPES: list[tuple[str, Any, dict[str, Any]]] = [
    ("states-nothing", {}, {}),
    ("limits-only", {"containers": [sized(limits={"cpu": "3"})]}, {}),
    ("small-requests", {"containers": [sized({"cpu": "100m", "memory": "64Mi"})]}, {}),
    ("limits-above-requests", {"containers": [sized({"cpu": "1"}, {"cpu": "4"})]}, {}),
    (
        "limits-above-the-quota",
        {"containers": [sized({"cpu": "1", "memory": "1Gi"}, {"cpu": "64", "memory": "512Gi"})]},
        {},
    ),
    (
        "many-limits-above-the-quota",
        {"containers": [sized({"cpu": "1"}, {"cpu": "9"})]},
        {"parallelism": 4, "completions": 4},
    ),
    ("all-the-cpu", {"containers": [sized(limits={"cpu": "4"})]}, {"parallelism": 2, "completions": 2}),
    (
        "all-the-memory",
        {"containers": [sized(limits={"memory": "30Gi", "cpu": "100m"})]},
        {"parallelism": 2, "completions": 2},
    ),
    ("all-the-cards", cards(), {"parallelism": 2, "completions": 2}),
    ("more-runs-than-room", {"containers": [sized(limits={"cpu": "2"})]}, {"parallelism": 4, "completions": 6}),
    ("two-containers", {"containers": [sized(limits={"cpu": "1"}), sized(limits={"cpu": "2"}, name="other")]}, {}),
    (
        "a-large-init-container",
        {"initContainers": [sized(limits={"cpu": "4"}, name="first")], "containers": [sized(limits={"cpu": "1"})]},
        {"parallelism": 2, "completions": 2},
    ),
    (
        "a-sidecar",
        {
            "initContainers": [{**sized(limits={"cpu": "1"}, name="beside"), "restartPolicy": "Always"}],
            "containers": [sized(limits={"cpu": "3"})],
        },
        {"parallelism": 2, "completions": 2},
    ),
    ("disk-of-nodes", {"containers": [sized({"ephemeral-storage": "1Gi"}, {"ephemeral-storage": "100Gi"})]}, {}),
    ("a-member", ids(runAsUser=20002, runAsGroup=10002), {}),
    ("its-pool", {"nodeSelector": {POOL: "gpu-t4"}, **cards()}, {}),
    ("urgent", {"priorityClassName": "urgent", **cards()}, {}),
    ("numbered", {}, {"completionMode": "Indexed", "parallelism": 3, "completions": 3}),
]


def test_what_is_admitted_is_not_refused(sample: Site):
    """Jobs of every shape, all at once, more than the quota holds: each gets its turn and ends, none of their pods is refused."""
    queues = sample.queues
    jobs = [queues.submit(name, "dev2", spec, run_for="1s", **fields) for name, spec, fields in SHAPES]

    for item in jobs:
        queues.completes(item)

    assert queues.failures("dev2") == []


UNFIT = [
    ("cards", cards(3), "nvidia.com/gpu"),
    ("cpu", {"containers": [sized(limits={"cpu": "9"})]}, "insufficient quota for cpu"),
    ("memory", {"containers": [sized(limits={"memory": "61Gi"})]}, "insufficient quota for memory"),
    ("a resource that no pool has", {"containers": [sized(limits={"example.com/vgpu": "1"})]}, "example.com/vgpu"),
    ("a foreign pool", {"nodeSelector": {POOL: "v100"}, **cards()}, "doesn't match node affinity"),
    ("a request above the default limit", {"containers": [sized({"cpu": "2"})]}, "requests must not exceed its limits"),
]


@pytest.mark.parametrize(("spec", "words"), [row[1:] for row in UNFIT], ids=[row[0] for row in UNFIT])
def test_what_could_never_run_is_held(sample: Site, spec: dict[str, Any], words: str):
    """A job that its quota or its pools could never run is held with the reason, and takes nobody's place."""
    held = sample.queues.submit("held", "dev2", spec)

    sample.queues.waits(held, words)

    assert sample.queues.failures("dev2") == []


def test_single_pods_wait_or_are_refused(sample: Site):
    """A pod without a job goes through the queue, too; while the quota is used up it is refused at once, in the quota's words."""
    queues = sample.queues
    running = queues.submit("running", "dev1", cards())
    queues.runs(running)
    bare = long_running("bare", "dev1", cards())

    refused = refusal(attempt(queues.admin, bare, dry=False))

    assert (
        f"exceeded quota: quota, requested: requests.{GPU}=1, used: requests.{GPU}=1, limited: requests.{GPU}=1"
        in refused
    )
    queues.ends(running)
    queues.eventually(lambda: not refusal(attempt(queues.admin, bare, dry=False)), "there is room again")
    queues.eventually(lambda: live(queues.admin, bare)["status"]["phase"] == "Running", "the pod runs")
    assert condition(queues.workload(bare), "Admitted")["status"] == "True"


def test_services_run_through_the_queue(sample: Site):
    """The pods of a Deployment are admitted one by one and run."""
    queues = sample.queues
    item = workload("Deployment", "service", "dev2", replicas=2)
    assert not refusal(attempt(queues.admin, item, dry=False))

    queues.eventually(lambda: live(queues.admin, item).get("status", {}).get("readyReplicas") == 2, "both run")

    assert not refusal(queues.admin.ask("DELETE", f"{queues.admin.path(item)}?propagationPolicy=Background"))
    queues.eventually(lambda: not found(queues.admin, pod("any", "dev2")), "its pods are gone")


def test_idle_cards_are_borrowed_and_taken_back(variant: Site):
    """A group borrows what another leaves idle, no more than it may; when the owner wants it back, the borrower's job waits again."""
    queues = variant.queues
    own, borrowed = (queues.submit(name, "dev1", cards()) for name in ("own", "borrowed"))
    for item in (own, borrowed):
        queues.runs(item)
    too_many = queues.submit("too-many", "dev1", cards())
    queues.waits(too_many, "insufficient")
    lenders = [queues.submit("lender", name, cards()) for name in ("dev2", "mixed")]

    for item in lenders:
        queues.runs(item)

    evicted = [
        item
        for item in (own, borrowed)
        if condition(queues.workload(item), "Evicted").get("status") == "True" or queues.said(item)
    ]
    assert len(evicted) == 1
    queues.eventually(
        lambda: condition(queues.workload(evicted[0]), "Preempted").get("reason") == "InCohortReclamation",
        "it was taken back",
    )
    queues.waits(evicted[0], "insufficient")
    for item in lenders:
        queues.ends(item)
    queues.runs(evicted[0])
    assert queues.failures("dev1") == queues.failures("dev2") == []


def test_namespaces_of_a_group_share(variant: Site):
    """A group with several namespaces: each queue gives what its namespace has, and the cards that one leaves idle go to the other."""
    queues = variant.queues
    training = [queues.submit(name, "team-train", cards()) for name in ("first", "second")]
    for item in training:
        queues.runs(item)
        assert queues.pods(item)[0]["spec"]["nodeName"] == "big01"
    third, notebook = queues.submit("third", "team-train", cards()), queues.submit("notebook", "team-notebook", cards())
    for item in (third, notebook):
        queues.waits(item, "insufficient unused quota")

    queues.ends(training[0])
    queues.runs(third)
    queues.ends(training[1])

    queues.runs(notebook)
    assert live(queues.admin, named("Cohort", "team", version=KUEUE))["spec"]["parentName"] == "cluster--ack"
    assert queues.failures("team-train") == queues.failures("team-notebook") == []


def test_the_queue_chooses_the_pool(variant: Site):
    """With cards of two models and no pool named, each job runs where its queue found a card, and the quota agrees."""
    queues = variant.queues
    items = [queues.submit(name, "mixed", cards()) for name in ("one", "two")]
    for item in items:
        queues.runs(item)

    nodes = {queues.pods(item)[0]["spec"]["nodeName"] for item in items}
    chosen = queues.submit("chosen", "mixed", {"nodeSelector": {POOL: "v100"}, **cards()})

    assert "big01" in nodes
    assert len(nodes) == 2
    queues.waits(chosen, "insufficient unused quota for nvidia.com/gpu in flavor v100")
    assert queues.failures("mixed") == []


def test_the_queue_of_a_suspended_group_holds(variant: Site):
    """While a group is suspended its running job goes on and a new one waits; once it is active again the new one starts."""
    queues = variant.queues
    running = queues.submit("running", "sleepy")
    queues.runs(running)
    suspended = compiled("queues", ("state: active", "state: suspended"))
    queue = suspended.find("ClusterQueue", "sleepy")

    queues.cluster.apply(documents=suspended.text("groups/sleepy/quota.yaml", "groups/sleepy/scheduling.yaml"))
    queues.eventually(
        lambda: condition(live(queues.admin, queue), "Active").get("reason") == "Stopped", "the queue is stopped"
    )
    held = queues.submit("held", "sleepy")

    queues.waits(held, "sleepy is inactive")
    assert [one["status"]["phase"] for one in queues.pods(running)] == ["Running"]
    queues.ends(running)
    queues.cluster.apply(documents=variant.output.text("groups/sleepy/quota.yaml", "groups/sleepy/scheduling.yaml"))
    queues.runs(held)
    assert queues.failures("sleepy") == []


def test_urgent_jobs_go_first(variant: Site):
    """Within a queue a job of a higher priority takes the place of one with a lower, which waits and then runs again."""
    queues = variant.queues
    normal = queues.submit("normal", "dev2", cards())
    queues.runs(normal)

    first = queues.submit("first", "dev2", {"priorityClassName": "normal", **cards()})
    queues.waits(first, "insufficient")

    queues.ends(normal)
    queues.runs(first)


GOLDEN = Path(__file__).parents[1] / "golden"


def test_queues_of_every_golden_case_are_taken(queues: Queues, sample: Site):
    """Kueue's own checks take every queue object of the golden cases, whatever is limited, borrowed, lent or weighted."""
    files = sorted(GOLDEN.glob("*/expected/output/*/*/**/*.yaml"))
    items = [
        one
        for path in files
        for one in yaml.load_all(path.read_text(), Loader=yaml.CSafeLoader)
        if one["apiVersion"] == KUEUE
    ]
    assert len(items) > 10

    for item in items:
        if "namespace" in item["metadata"]:
            item["metadata"]["namespace"] = "dev1"
        answer = queues.admin.apply(item, dry=True)
        assert "field is immutable" in refusal(answer) or not refusal(answer)
