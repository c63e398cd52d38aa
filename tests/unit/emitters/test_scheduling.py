"""Queues, beyond what the golden cases show."""

from typing import Any

import pytest
from tests.unit.emitters.compiling import cluster, document, group, objects, output

from cubec.model.quantity import ZERO, parse

POOLS = (
    document(
        "NodePool",
        "v100",
        "  cluster: ack\n  nodes: {names: [big]}\n  capacity: {cpu: 32, memory: 256Gi}\n  accelerator: {model: V100, count: 8}",
    ),
    document(
        "NodePool",
        "vgpu",
        "  cluster: ack\n  nodes: {names: [small]}\n  capacity: {cpu: 8, memory: 32Gi}\n"
        "  accelerator: {model: A10, count: 2, slices: {resource: example.com/vgpu, perCard: 10}}",
    ),
)
TWO = """\
  namespaces:
    - {name: dev1, workloads: [train], quota: {gpu: 1(T4), cpu: 3}}
    - {name: dev1-notebook, workloads: [notebook], quota: {cpu: 1}}
"""
QUOTAS = [
    "{gpu: 1(T4)}",
    "{gpu: [1(T4), 2(V100), 0.3(A10)], cpu: 8, memory: 60Gi}",
    "{gpu: [1(T4), 2(V100)], cpu: 8, borrow: {cpu: 2, gpu: 1(V100)}, lend: {cpu: 1, gpu: 1(T4)}}",
    "{gpu: 1(T4), ephemeralStorage: 10Gi, pods: 7, weight: 0.5}",
    "{cpu: 1}",
]


def queues(*documents: str, quota: str = QUOTAS[0], extra: str = "") -> list[dict[str, Any]]:
    found = objects(
        "groups/dev1/scheduling.yaml", *POOLS, *documents, group("dev1", extra, pools="gpu-t4, v100, vgpu", quota=quota)
    )
    return [item["spec"] for item in found if item["kind"] == "ClusterQueue"]


@pytest.mark.parametrize("quota", QUOTAS)
def test_the_shape_that_kueue_demands(quota: str):
    """Every flavor lists the covered resources in their order; a resource, and a flavor, are in one group only."""
    (queue,) = queues(quota=quota)
    covered = [name for part in queue["resourceGroups"] for name in part["coveredResources"]]
    flavors = [flavor["name"] for part in queue["resourceGroups"] for flavor in part["flavors"]]

    assert len(set(covered)) == len(covered)
    assert len(set(flavors)) == len(flavors)
    for part in queue["resourceGroups"]:
        for flavor in part["flavors"]:
            assert [resource["name"] for resource in flavor["resources"]] == part["coveredResources"]
            for resource in flavor["resources"]:
                assert parse(resource.get("lendingLimit", "0")) <= parse(resource["nominalQuota"])


@pytest.mark.parametrize("extra", ["", TWO])
@pytest.mark.parametrize("quota", QUOTAS[:3])
def test_queue_and_quota_never_contradict(quota: str, extra: str):
    """What a queue admits fits the ResourceQuota of its namespace, which is a ceiling of what is sure and what is borrowed."""
    if extra and "cpu" not in quota:
        quota = "{gpu: 1(T4), cpu: 4}"
    files = [*POOLS, group("dev1", extra, pools="gpu-t4, v100, vgpu", quota=quota)]
    limits = {
        item["metadata"]["namespace"]: item["spec"]["hard"]
        for item in objects("groups/dev1/quota.yaml", *files)
        if item["kind"] == "ResourceQuota"
    }
    names = list(limits)
    for name, queue in zip(names, queues(quota=quota, extra=extra), strict=True):
        sums = {}
        for part in queue["resourceGroups"]:
            for flavor in part["flavors"]:
                for resource in flavor["resources"]:
                    most = parse(resource["nominalQuota"]) + parse(resource["borrowingLimit"])
                    sums[resource["name"]] = sums.get(resource["name"], ZERO) + most
        for resource, most in sums.items():
            ceiling = limits[name].get(f"requests.{resource}")
            assert ceiling is None or parse(ceiling).nano == most.nano


def test_several_namespaces_share_in_a_cohort_of_the_group():
    """Idle cards go to the group's own namespaces first, then to the cluster's other groups."""
    found = objects("groups/dev1/scheduling.yaml", group("dev1", TWO, quota="{gpu: 1(T4), cpu: 4}"))

    assert [item["metadata"]["name"] for item in found if item["kind"] != "LocalQueue"] == [
        "dev1",
        "dev1",
        "dev1-notebook",
    ]
    assert found[0]["spec"] == {"parentName": "cluster--ack"}
    assert {item["spec"].get("cohortName") for item in found if item["kind"] == "ClusterQueue"} == {"dev1"}


@pytest.mark.parametrize(
    ("state", "policy"),
    [
        ("active", None),
        ("suspended", "Hold"),
        ("decommissioned\n  until: 2026-12-31\n  reason: it is over", "Hold"),
    ],
)
def test_a_group_that_rests_admits_nothing(state: str, policy: str | None):
    """What runs goes on; what waits stays waiting."""
    assert [queue.get("stopPolicy") for queue in queues(extra=f"  state: {state}\n")] == [policy]


def test_nothing_without_kueue():
    """A cluster that does not declare Kueue gets none of its objects."""
    files = output(cluster("  capabilities: [kubeflow-training, external-secrets]"))

    assert not {"platform/queues.yaml", "groups/dev1/scheduling.yaml"} & set(files)
    assert all("kueue.x-k8s.io/" not in text for name, text in files.items() if not name.startswith("clients/"))


def test_a_pool_that_does_not_say_how_much_it_has_is_no_limit():
    """What is not limited, and not known, must not hold jobs back."""
    (queue,) = queues()
    amounts = {item["name"]: item["nominalQuota"] for item in queue["resourceGroups"][0]["flavors"][0]["resources"]}

    assert amounts == {"cpu": "52", "memory": "378Gi", "ephemeral-storage": "1Ei"}
