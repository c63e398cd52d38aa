"""Quotas and defaults on a real API server: what a group can have, in each of the resources that a document limits."""

from dataclasses import dataclass
from typing import Any

import pytest
from tests.cluster.attempts import accepted, attempt, condition, found, live, refusal, remove
from tests.cluster.client import Client, account_token
from tests.cluster.compiled import Output, compiled
from tests.cluster.definitions import install, loose
from tests.cluster.pods import GPU, POOL, container, long_running, named, pod, workload

CLAIMS = (
    ("containers that state nothing get the defaults, never cards", "test_defaults"),
    (
        "a request above the default limit needs a limit of its own",
        "test_a_request_above_the_default_limit_needs_a_limit",
    ),
    ("what the document gives can be had to the last of it", "test_within"),
    ("what goes beyond is refused: 22 ways, ports, pod maxima and foreign cards among them", "test_beyond"),
    ("so many objects of a kind and no more", "test_counted"),
    ("running pods of a controller are added up", "test_running_pods_are_added_up"),
    ("a suspended group goes on and starts nothing", "test_a_suspended_group_goes_on_and_starts_nothing"),
    ("jobs of an addition are counted, once its kind is known", "test_jobs_of_an_addition_are_counted"),
)
NODES = [{"name": name, "labels": {POOL: "gpu-t4"}} for name in ("worker01", "worker02", "worker03")]
PLATFORM = (
    "platform/namespaces.yaml",
    "platform/rbac.yaml",
    "platform/identities.yaml",
    "platform/priorities.yaml",
    "platform/admission.yaml",
)
GROUPS = ("groups/*/namespace.yaml", "groups/*/rbac.yaml", "groups/*/quota.yaml")
QUOTA = "exceeded quota: quota, requested: "


@dataclass(frozen=True)
class Site:
    cluster: Any
    admin: Client
    bob: Client  # a developer of dev1 and sleepy
    output: Output

    def eventually(self, holds: Any, what: str) -> Any:
        return self.cluster.eventually(holds, what)


@pytest.fixture(scope="module")
def site(start_cluster) -> Site:
    """A cluster on which every quota counts and pods are completed."""
    cluster, output = start_cluster(nodes=NODES), compiled("quota")
    admin = Client(cluster.kubeconfig)
    install(cluster, admin, [loose("tfjobs", "TFJob")])  # before the quota that counts them
    cluster.apply(documents=output.text(*PLATFORM))
    cluster.apply(documents=output.text(*GROUPS))
    cluster.eventually(
        lambda: "nodeSelector" in attempt(admin, pod("probe", "dev1")).body.get("spec", {}), "pods are completed"
    )
    made = Site(cluster, admin, admin.user(account_token(admin, "cubec-users", "bob")), output)
    for name in ("dev1", "dev2", "split-jobs", "split-rest", "sleepy"):
        _counts(made, name)
    return made


def _counts(site: Site, namespace: str, output: Output | None = None) -> None:
    """Wait until a quota counts as it was compiled."""
    quota = (output or site.output).find("ResourceQuota", "quota", namespace)
    hard = quota["spec"]["hard"]
    site.eventually(
        lambda: live(site.admin, quota).get("status", {}).get("hard") == hard, f"the quota of {namespace} counts"
    )


def _tfjob(name: str) -> dict[str, Any]:
    return named("TFJob", name, "dev1", "kubeflow.org/v1", spec={})


def _asking(name: str, namespace: str = "dev1", **amounts: str) -> dict[str, Any]:
    """A pod that asks for so much; in the names of resources ``_`` stands for ``-``."""
    limits = {resource.replace("_", "-"): amount for resource, amount in amounts.items()}
    return pod(name, namespace, {"containers": [container(resources={"limits": limits})]})


def _service(name: str, namespace: str = "dev1", kind: str = "ClusterIP", **fields: Any) -> dict[str, Any]:
    return named("Service", name, namespace, spec={"type": kind, "ports": [{"port": 80}], **fields})


def _claim(name: str, size: str) -> dict[str, Any]:
    spec = {"accessModes": ["ReadWriteMany"], "storageClassName": "", "resources": {"requests": {"storage": size}}}
    return named("PersistentVolumeClaim", name, "dev1", spec=spec)


DEFAULTS = [
    ("nothing", {}, ("250m", "256Mi"), ("1", "1Gi")),
    ("a limit of cpu", {"limits": {"cpu": "2"}}, ("2", "256Mi"), ("2", "1Gi")),
    ("a request of cpu", {"requests": {"cpu": "500m"}}, ("500m", "256Mi"), ("1", "1Gi")),
    ("memory", {"limits": {"memory": "2Gi"}, "requests": {"memory": "1Gi"}}, ("250m", "1Gi"), ("1", "2Gi")),
    (
        "both",
        {"limits": {"cpu": "3", "memory": "3Gi"}, "requests": {"cpu": "2", "memory": "2Gi"}},
        ("2", "2Gi"),
        ("3", "3Gi"),
    ),
]


@pytest.mark.parametrize(
    ("resources", "requests", "limits"), [row[1:] for row in DEFAULTS], ids=[row[0] for row in DEFAULTS]
)
@pytest.mark.parametrize("part", ["containers", "initContainers"])
def test_defaults(site: Site, part: str, resources: dict[str, Any], requests: tuple[str, str], limits: tuple[str, str]):
    """A container gets what it does not state, and keeps what it states; it never gets cards."""
    one = container("one", resources=resources)

    answer = attempt(
        site.admin,
        pod("pod", "dev1", {part: [one]} if part == "containers" else {part: [one], "containers": [container()]}),
    )

    assert not refusal(answer)
    got = answer.body["spec"][part][0]["resources"]
    assert got == {
        "requests": dict(zip(("cpu", "memory"), requests, strict=True)),
        "limits": dict(zip(("cpu", "memory"), limits, strict=True)),
    }


def test_a_request_above_the_default_limit_needs_a_limit(site: Site):
    """Who asks for more than the default limit and states no limit is told so by Kubernetes: the two are stated together."""
    asked = pod("pod", "dev1", {"containers": [container(resources={"requests": {"cpu": "2"}})]})

    assert "must be less than or equal to cpu limit of 1" in refusal(attempt(site.admin, asked))


WITHIN = [
    ("all the cpu", _asking("pod", cpu="8")),
    ("all the memory", _asking("pod", memory="16Gi")),
    ("all the disk of nodes", _asking("pod", ephemeral_storage="20Gi")),
    ("all the cards", _asking("pod", **{GPU: "2"})),
    ("all the storage", _claim("claim", "100Gi")),
    ("a service", _service("service")),
    ("a headless service", _service("service", clusterIP="None")),
    ("a node port where there is one", _service("service", "dev2", "NodePort")),
    ("a load balancer where there is one", _service("service", "dev2", "LoadBalancer")),
    ("the largest pod", _asking("pod", "dev2", cpu="2", memory="4Gi")),
    (
        "many cpu where none are limited",
        pod("pod", "sleepy", {"containers": [container(resources={"limits": {"cpu": "64", "memory": "1Ti"}})]}),
    ),
    ("a namespace's share", _asking("pod", "split-jobs", cpu="2")),
    ("a claim where none are limited", {**_claim("claim", "9Ti"), "metadata": {"name": "claim", "namespace": "dev2"}}),
]


@pytest.mark.parametrize("item", [row[1] for row in WITHIN], ids=[row[0] for row in WITHIN])
def test_within(site: Site, item: dict[str, Any]):
    """What the document gives can be had, to the last of it."""
    assert not refusal(attempt(site.admin, item))


BEYOND = [
    (
        "cpu",
        _asking("pod", cpu="8100m"),
        f"{QUOTA}limits.cpu=8100m,requests.cpu=8100m, used: limits.cpu=0,requests.cpu=0, limited: limits.cpu=8,requests.cpu=8",
    ),
    (
        "limits of cpu above requests",
        pod("pod", "dev1", {"containers": [container(resources={"limits": {"cpu": "9"}, "requests": {"cpu": "1"}})]}),
        f"{QUOTA}limits.cpu=9, used: limits.cpu=0, limited: limits.cpu=8",
    ),
    (
        "cpu of two containers",
        pod("pod", "dev1", {"containers": [container(name, resources={"limits": {"cpu": "5"}}) for name in "ab"]}),
        f"{QUOTA}limits.cpu=10,requests.cpu=10",
    ),
    (
        "cpu of an init container",
        pod("pod", "dev1", {"initContainers": [container("a", resources={"limits": {"cpu": "9"}})]}),
        f"{QUOTA}limits.cpu=9,requests.cpu=9",
    ),
    ("memory", _asking("pod", memory="17Gi"), f"{QUOTA}limits.memory=17Gi,requests.memory=17Gi"),
    (
        "disk of nodes",
        _asking("pod", ephemeral_storage="21Gi"),
        f"{QUOTA}limits.ephemeral-storage=21Gi,requests.ephemeral-storage=21Gi",
    ),
    (
        "cards",
        _asking("pod", **{GPU: "3"}),
        f"{QUOTA}requests.{GPU}=3, used: requests.{GPU}=0, limited: requests.{GPU}=2",
    ),
    (
        "cards of a pool that the group does not have",
        _asking("pod", **{"example.com/vgpu": "1"}),
        f"{QUOTA}requests.example.com/vgpu=1, used: requests.example.com/vgpu=0, limited: requests.example.com/vgpu=0",
    ),
    ("cards where there are none", _asking("pod", "sleepy", **{GPU: "1"}), f"limited: requests.{GPU}=0"),
    (
        "storage",
        _claim("claim", "101Gi"),
        f"{QUOTA}requests.storage=101Gi, used: requests.storage=0, limited: requests.storage=100Gi",
    ),
    (
        "a node port",
        _service("service", "dev1", "NodePort"),
        f"{QUOTA}services.nodeports=1, used: services.nodeports=0, limited: services.nodeports=0",
    ),
    ("a load balancer", _service("service", "dev1", "LoadBalancer"), "limited: services.loadbalancers=0"),
    (
        "a load balancer without node ports",
        _service("service", "dev1", "LoadBalancer", allocateLoadBalancerNodePorts=False),
        f"{QUOTA}services.loadbalancers=1, used: services.loadbalancers=0, limited: services.loadbalancers=0",
    ),
    (
        "two node ports where there is one",
        named(
            "Service",
            "service",
            "dev2",
            spec={"type": "NodePort", "ports": [{"name": "a", "port": 80}, {"name": "b", "port": 81}]},
        ),
        f"{QUOTA}services.nodeports=2",
    ),
    (
        "a pod larger than the largest",
        _asking("pod", "dev2", cpu="3"),
        "maximum cpu usage per Pod is 2, but limit is 3",
    ),
    (
        "a pod with more memory than the largest",
        _asking("pod", "dev2", memory="5Gi"),
        "maximum memory usage per Pod is 4Gi, but limit is 5Gi",
    ),
    (
        "a pod that may grow larger than the largest",
        pod("pod", "dev2", {"containers": [container(resources={"limits": {"cpu": "3"}, "requests": {"cpu": "1"}})]}),
        "maximum cpu usage per Pod is 2, but limit is 3",
    ),
    (
        "containers larger than the largest together",
        pod("pod", "dev2", {"containers": [container(name) for name in "abc"]}),
        "maximum cpu usage per Pod is 2, but limit is 3",
    ),
    ("more than a namespace's share", _asking("pod", "split-jobs", cpu="3"), f"{QUOTA}limits.cpu=3,requests.cpu=3"),
    ("anything where a namespace has no share", pod("pod", "split-rest"), "limited: limits.cpu=0,requests.cpu=0"),
    (
        "a service where a namespace has no share",
        _service("service", "split-rest"),
        f"{QUOTA}services=1, used: services=0, limited: services=0",
    ),
    (
        "a pod beside people's accounts",
        pod(
            "pod",
            "cubec-users",
            {
                "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
                "containers": [
                    container(securityContext={"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}})
                ],
            },
        ),
        "exceeded quota: no-pods, requested: pods=1, used: pods=0, limited: pods=0",
    ),
]


@pytest.mark.parametrize(("item", "said"), [row[1:] for row in BEYOND], ids=[row[0] for row in BEYOND])
def test_beyond(site: Site, item: dict[str, Any], said: str):
    """What goes beyond is refused, to an administrator as well, and the answer says what is used and what there is."""
    answer = attempt(site.admin, item)

    assert answer.status == 403
    assert said in refusal(answer)


COUNTED = [
    ("pods", 6, lambda number: long_running(f"counted-{number}", "dev1")),
    ("services", 2, lambda number: _service(f"counted-{number}")),
    ("persistentvolumeclaims", 2, lambda number: _claim(f"counted-{number}", "1Gi")),
    ("configmaps", 3, lambda number: named("ConfigMap", f"counted-{number}", "dev1")),
    ("secrets", 2, lambda number: named("Secret", f"counted-{number}", "dev1")),
]
MADE_BY_KUBERNETES = {"configmaps": 1}  # the certificate authority of the cluster, in every namespace


@pytest.mark.parametrize(("resource", "number", "item"), COUNTED, ids=[row[0] for row in COUNTED])
def test_counted(site: Site, resource: str, number: int, item: Any):
    """So many objects and no more; one that is deleted makes room for another."""
    _fill_up(site, resource, number, item)


def _fill_up(site: Site, resource: str, number: int, item: Any) -> None:
    items = [item(index) for index in range(number - MADE_BY_KUBERNETES.get(resource, 0))]
    for one in items:
        assert not refusal(attempt(site.admin, one, dry=False))

    another = attempt(site.admin, item("another"))

    assert f"{QUOTA}{resource}=1, used: {resource}={number}, limited: {resource}={number}" in refusal(another)
    for one in items:
        assert not refusal(remove(site.admin, one))
    site.eventually(lambda: accepted(attempt(site.admin, item("another"))), f"there is room for {resource} again")


@pytest.mark.own_nodes
def test_running_pods_are_added_up(site: Site):
    """The pods of a controller run as far as the quota goes, and the reason for the rest stands in its condition."""
    spec = {"containers": [container(resources={"limits": {"cpu": "3"}})], "terminationGracePeriodSeconds": 0}
    item = workload("Deployment", "big", "dev1", spec, replicas=3)
    assert not refusal(attempt(site.bob, item, dry=False))

    site.eventually(lambda: live(site.admin, item).get("status", {}).get("readyReplicas") == 2, "two pods of three run")
    failure = site.eventually(lambda: condition(live(site.admin, item), "ReplicaFailure"), "the third is refused")

    assert (
        "limits.cpu=3,requests.cpu=3, used: limits.cpu=6,requests.cpu=6, limited: limits.cpu=8,requests.cpu=8"
        in failure["message"]
    )
    assert not refusal(remove(site.admin, item))
    site.eventually(lambda: not found(site.admin, pod("any", "dev1"), app="big"), "the pods are gone")


@pytest.mark.own_nodes
def test_a_suspended_group_goes_on_and_starts_nothing(site: Site):
    """What runs when a group is suspended runs on; nothing new starts, nor is what ends replaced, until it is active again."""
    item = workload("Deployment", "steady", "sleepy", {"terminationGracePeriodSeconds": 0}, replicas=2)
    single = long_running("single", "sleepy")
    for one in (item, single):
        assert not refusal(attempt(site.bob, one, dry=False))
    site.eventually(lambda: live(site.admin, item).get("status", {}).get("readyReplicas") == 2, "two pods run")
    before = {one["metadata"]["uid"] for one in found(site.admin, single)}

    suspended = compiled("quota", ("state: active", "state: suspended"))
    site.cluster.apply(documents=suspended.text("groups/sleepy/quota.yaml", "groups/sleepy/namespace.yaml"))
    _counts(site, "sleepy", suspended)

    assert "requested: pods=1, used: pods=3, limited: pods=0" in refusal(attempt(site.bob, pod("new", "sleepy")))
    assert {one["metadata"]["uid"] for one in found(site.admin, single)} == before
    assert not refusal(
        remove(site.bob, found(site.admin, single, app="steady")[0] | {"apiVersion": "v1", "kind": "Pod"})
    )
    failure = site.eventually(lambda: condition(live(site.admin, item), "ReplicaFailure"), "the pod is not replaced")
    assert "limited: pods=0" in failure["message"]
    assert live(site.admin, single)["status"]["phase"] == "Running"

    site.cluster.apply(documents=site.output.text("groups/sleepy/quota.yaml", "groups/sleepy/namespace.yaml"))
    _counts(site, "sleepy")
    assert not refusal(attempt(site.bob, pod("new", "sleepy")))
    site.eventually(lambda: live(site.admin, item)["status"].get("readyReplicas") == 2, "the pod is replaced after all")


@pytest.mark.own_kinds
def test_jobs_of_an_addition_are_counted(site: Site):
    """A kind that was defined a moment ago is counted as others are, once the controllers know it: they look every 30 seconds."""
    quota, resource = site.output.find("ResourceQuota", "quota", "dev1"), "count/tfjobs.kubeflow.org"
    site.eventually(lambda: resource in live(site.admin, quota)["status"]["used"], "the controllers know the kind")

    _fill_up(site, resource, 1, lambda number: _tfjob(f"counted-{number}"))
