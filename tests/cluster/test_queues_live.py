"""Queues on real Kueue: jobs wait for their turn, groups lend and take back, and quota and queue never contradict each other."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.cluster.attempts import attempt, condition, found, live, refusal, remove
from tests.cluster.client import Client
from tests.cluster.compiled import Output, compiled
from tests.cluster.jobs_in_queues import KUEUE, Queues, cards
from tests.cluster.pods import GPU, POOL, container, ids, job, long_running, named, pod, workload

CLAIMS = (
    ("every queue of the sample is active; a second apply changes nothing", "test_every_queue_is_active"),
    (
        "a job that names no queue gets the default one; the second waits and starts when the first ends",
        "test_the_second_job_waits_for_the_first",
    ),
    ("a job that is too large does not hold up others", "test_a_waiting_job_does_not_hold_up_others"),
    ("a job of an unknown queue waits", "test_a_job_of_an_unknown_queue_waits"),
    (
        "no job that Kueue admits is refused by quota: 18 shapes that state requests, or nothing",
        "test_what_is_admitted_is_not_refused",
    ),
    (
        "limit: a job that states limits and no requests is counted too low; quota holds it, and it goes on by itself",
        "test_limits_alone_are_counted_too_low",
    ),
    ("what could never run is held with the reason", "test_what_could_never_run_is_held"),
    ("an urgent job takes the place of another, which runs again later", "test_urgent_jobs_go_first"),
    (
        "single pods go through the queue; while the quota is used up they are refused",
        "test_single_pods_wait_or_are_refused",
    ),
    ("pods of Deployments go through the queue", "test_services_run_through_the_queue"),
    ("Kueue takes every queue object of the golden cases", "test_queues_of_every_golden_case_are_taken"),
    (
        "queues that borrow, lend nothing, or share within a group are active",
        "test_every_queue_of_the_variant_is_active",
    ),
    ("idle cards are borrowed up to the limit, and taken back", "test_idle_cards_are_borrowed_and_taken_back"),
    ("what is not lent is not borrowed", "test_what_is_not_lent_is_not_borrowed"),
    ("a group with several namespaces shares in its Cohort", "test_namespaces_of_a_group_share"),
    ("with cards of two models the queue chooses the pool, and the quota agrees", "test_the_queue_chooses_the_pool"),
    (
        "limit: Kueue holds pods that request more than the largest; limits above it are refused by the LimitRange",
        "test_the_largest_pod",
    ),
    ("the queue of a suspended group holds, what runs goes on", "test_the_queue_of_a_suspended_group_holds"),
)
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
    if queues.cluster.foreign:
        _looked_after(queues)
    return site


def _looked_after(queues: Queues) -> None:
    """Leave the tests out where Kueue is told not to look at these namespaces."""
    probe = attempt(queues.admin, job("probe", "dev1")).body
    if probe["metadata"].get("labels", {}).get("kueue.x-k8s.io/queue-name") != "default":
        pytest.skip(
            "the cluster's Kueue does not look after jobs in these namespaces: name what its managedJobsNamespaceSelector "
            "wants with --namespace-label"
        )


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


def test_every_queue_is_active(sample: Site):
    """Every ClusterQueue and LocalQueue of the sample is active, and an engine that applies them again changes nothing."""
    _are_active(sample)


def _are_active(site: Site) -> None:
    files = ("platform/queues.yaml", "groups/*/scheduling.yaml")
    items = [one for one in site.output.objects(*files) if "kueue" in one["apiVersion"]]
    assert {one["kind"] for one in items} >= {"Cohort", "ResourceFlavor", "ClusterQueue", "LocalQueue"}
    before = [live(site.queues.admin, one)["metadata"]["generation"] for one in items]

    site.queues.cluster.apply(documents=site.output.text(*files))

    assert [live(site.queues.admin, one)["metadata"]["generation"] for one in items] == before
    assert all(_active(site.queues, one) for one in items if one["kind"] in {"ClusterQueue", "LocalQueue"})


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
    cpu: str = "100m", memory: str = "64Mi", name: str = "main", limits: dict[str, str] | None = None
) -> dict[str, Any]:
    """A container that states what it needs; its limits are the same unless given."""
    requests = {"cpu": cpu, "memory": memory}
    return container(name, resources={"requests": requests, "limits": {**requests, **(limits or {})}})


def asking(**resources: dict[str, str]) -> dict[str, Any]:
    """A pod's spec with one container of these ``requests`` and ``limits``."""
    return {"containers": [container(resources=resources)]}


def several(number: int, runs: int = 0) -> dict[str, int]:
    return {"parallelism": number, "completions": runs or number}


SHAPES: list[tuple[str, Any, dict[str, Any]]] = [
    ("states-nothing", {}, {}),
    ("requests-only", asking(requests={"cpu": "1", "memory": "64Mi"}), {}),
    ("limits-above-requests", asking(requests={"cpu": "1"}, limits={"cpu": "4"}), {}),
    ("limits-above-the-quota", {"containers": [sized("1", "1Gi", limits={"cpu": "64", "memory": "512Gi"})]}, {}),
    ("limits-above-together", asking(requests={"cpu": "1"}, limits={"cpu": "9"}), several(4)),
    ("all-the-cpu", {"containers": [sized("4")]}, several(2)),
    ("all-the-memory", {"containers": [sized(memory="30Gi")]}, several(2)),
    ("all-the-cards", cards(), several(2)),
    ("more-runs-than-room", {"containers": [sized("2")]}, several(4, runs=6)),
    ("two-containers", {"containers": [sized("1"), sized("2", name="other")]}, {}),
    ("a-large-first", {"initContainers": [sized("4", name="first")], "containers": [sized("1")]}, several(2)),
    (
        "a-sidecar",
        {"initContainers": [{**sized("1", name="beside"), "restartPolicy": "Always"}], "containers": [sized("3")]},
        several(2),
    ),
    ("disk-of-nodes", asking(requests={"ephemeral-storage": "1Gi"}, limits={"ephemeral-storage": "100Gi"}), {}),
    ("all-the-disk-of-a-node", asking(limits={"ephemeral-storage": "100Gi"}), {}),
    ("a-member", ids(runAsUser=20002, runAsGroup=10002), {}),
    ("its-pool", {"nodeSelector": {POOL: "gpu-t4"}, **cards()}, {}),
    ("urgent", {"priorityClassName": "urgent", **cards()}, {}),
    ("numbered", {}, {"completionMode": "Indexed", **several(3)}),
]


@pytest.mark.own_nodes
def test_what_is_admitted_is_not_refused(sample: Site):
    """Jobs of every shape, all at once, more than the quota holds: each gets its turn and ends, none of their pods is refused."""
    queues = sample.queues
    jobs = [queues.submit(name, "dev2", spec, run_for="500ms", **fields) for name, spec, fields in SHAPES]

    for item in jobs:
        queues.completes(item)

    assert queues.failures("dev2") == []


def test_limits_alone_are_counted_too_low(sample: Site):
    """Where a container states a limit and no request, Kueue counts the platform's default request, and Kubernetes the limit.

    The quota is the wall then: a job that was let in too early waits for room, and goes on by itself.
    """
    queues = sample.queues
    jobs = [queues.submit(name, "dev2", asking(limits={"cpu": "3"})) for name in ("one", "two", "three")]
    for item in jobs:
        queues.eventually(
            lambda item=item: condition(queues.workload(item), "Admitted").get("status") == "True", "it is let in"
        )
    queues.eventually(lambda: sum(map(queues.running, jobs)) == 2, "two run")
    queues.eventually(lambda: queues.failures("dev2"), "the third is refused")
    assert all("exceeded quota: quota, requested: requests.cpu=3" in words for words in queues.failures("dev2"))

    queues.ends(next(item for item in jobs if queues.running(item)))

    queues.eventually(
        lambda: all(queues.running(item) or condition(live(queues.admin, item), "Complete") for item in jobs),
        "the third runs",
    )


UNFIT = [
    (
        "cards",
        cards(3),
        "nvidia.com/gpu in flavor gpu-t4, previously considered podsets requests (0) + current podset request (3) > maximum capacity (2)",
    ),
    ("cpu", {"containers": [sized("9")]}, "request (9) > maximum capacity (8)"),
    ("memory", {"containers": [sized(memory="61Gi")]}, "request (61Gi) > maximum capacity (60Gi)"),
    ("disk of nodes", asking(limits={"ephemeral-storage": "301Gi"}), "request (301Gi) > maximum capacity (300Gi)"),
    (
        "cards of a kind that no pool has",
        asking(limits={"example.com/vgpu": "1"}),
        "resource example.com/vgpu unavailable in ClusterQueue",
    ),
    (
        "cards of a foreign pool",
        {"nodeSelector": {POOL: "v100"}, **cards()},
        "flavor gpu-t4 doesn't match node affinity",
    ),
    ("a request above the default limit", asking(requests={"cpu": "2"}), "requests must not exceed its limits"),
]


@pytest.mark.parametrize(("spec", "words"), [row[1:] for row in UNFIT], ids=[row[0] for row in UNFIT])
def test_what_could_never_run_is_held(sample: Site, spec: dict[str, Any], words: str):
    """A job that its quota or its pools could never run is held with the reason, and takes nobody's place."""
    held = sample.queues.submit("held", "dev2", spec)

    sample.queues.waits(held, words)


@pytest.mark.own_nodes
def test_urgent_jobs_go_first(sample: Site):
    """Within a queue a job of a higher priority takes the place of one with a lower, which waits and then runs again."""
    queues = sample.queues
    normal = queues.submit("normal", "dev1", cards())
    queues.runs(normal)

    urgent = queues.submit("urgent", "dev1", {"priorityClassName": "urgent", **cards()})

    queues.runs(urgent)
    queues.waits(normal, "insufficient unused quota")
    assert condition(queues.workload(normal), "Preempted")["reason"] == "InClusterQueue"
    queues.ends(urgent)
    queues.runs(normal)


@pytest.mark.own_nodes
def test_single_pods_wait_or_are_refused(sample: Site):
    """A pod without a job goes through the queue, too; while the quota is used up it is refused at once, in the quota's words."""
    queues, quota = sample.queues, sample.output.find("ResourceQuota", "quota", "dev1")
    running = queues.submit("running", "dev1", cards())
    queues.runs(running)
    queues.eventually(
        lambda: live(queues.admin, quota)["status"]["used"][f"requests.{GPU}"] == "1", "the card is counted"
    )
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


@pytest.mark.own_nodes
def test_services_run_through_the_queue(sample: Site):
    """The pods of a Deployment are admitted one by one and run."""
    queues = sample.queues
    item = workload("Deployment", "service", "dev2", replicas=2)
    assert not refusal(attempt(queues.admin, item, dry=False))

    queues.eventually(lambda: live(queues.admin, item).get("status", {}).get("readyReplicas") == 2, "both run")

    assert not refusal(queues.admin.ask("DELETE", f"{queues.admin.path(item)}?propagationPolicy=Background"))
    queues.eventually(lambda: not found(queues.admin, pod("any", "dev2")), "its pods are gone")


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


def test_every_queue_of_the_variant_is_active(variant: Site):
    """The same where groups borrow, lend nothing, have several namespaces, or cards of two models."""
    _are_active(variant)


def test_idle_cards_are_borrowed_and_taken_back(variant: Site):
    """A group borrows what another leaves idle, no more than it may; when the owner wants it back, the borrower's job waits again."""
    queues = variant.queues
    jobs = [queues.submit(name, "dev1", cards()) for name in ("own", "borrowed")]
    for item in jobs:
        queues.runs(item)
    too_many = queues.submit("too-many", "dev1", cards())
    queues.waits(too_many, "insufficient")
    assert not refusal(remove(queues.admin, too_many))

    lender = queues.submit("lender", "dev2", cards())

    queues.runs(lender)
    lost = [
        item for item in jobs if condition(queues.workload(item), "Preempted").get("reason") == "InCohortReclamation"
    ]
    assert len(lost) == 1
    queues.waits(lost[0])
    queues.ends(lender)
    queues.runs(lost[0])
    assert queues.failures("dev1") == queues.failures("dev2") == []


def test_what_is_not_lent_is_not_borrowed(variant: Site):
    """The cards of a group that lends none stay idle rather than go to another."""
    queues = variant.queues
    queues.runs(queues.submit("owner", "dev2", cards()))
    queues.runs(queues.submit("own", "dev1", cards()))

    queues.waits(queues.submit("too-many", "dev1", cards()), "insufficient")


@pytest.mark.own_nodes
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


@pytest.mark.own_nodes
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


def test_the_largest_pod(variant: Site):
    """A job whose pods request more than one pod may is held; one whose limits alone are above is refused by the LimitRange."""
    queues = variant.queues

    held = queues.submit("held", "dev2", {"containers": [sized("5")]})
    queues.submit("refused", "dev2", asking(requests={"cpu": "1"}, limits={"cpu": "5"}))

    queues.waits(held, "requests must not be above the limitRange max")
    said = queues.eventually(lambda: queues.failures("dev2"), "the other job's pod is refused")
    assert all("maximum cpu usage per Pod is 4, but limit is 5" in words for words in said)


@pytest.mark.own_nodes
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
