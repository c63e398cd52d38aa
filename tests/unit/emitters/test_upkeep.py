"""The upkeep tasks, beyond what the golden case shows."""

import json
from dataclasses import replace
from typing import Any

import pytest
from tests.unit.emitters.compiling import cluster, document, model, objects, output

from cubec.emitters import upkeep_accounts

PLATFORM = "  hostPathAllow: [/data/k8s]\n  templateCategories: [{name: training}]\n"
IMAGE = "  upkeep:\n    image: registry.example.com/cubec:1\n"
TASKS = "    nodes: {}\n    pullSecrets: {dryRun: false}\n    notebooks: {}\n    finished: {}\n    rightSizing: {}\n"
SYNC = cluster("  capabilities: [kueue, kubeflow-training]\n  secrets: {mode: sync, namespace: registries}")
HUB = document("Registry", "hub", "  server: registry.example.com\n  secretName: pull-hub\n  allGroups: true")


def platform(tasks: str = TASKS) -> str:
    return document("Platform", "research", PLATFORM + IMAGE + tasks)


def roles(*documents: str) -> list[dict[str, Any]]:
    return [item for item in objects("upkeep/accounts.yaml", *documents) if item["kind"] in {"Role", "ClusterRole"}]


def jobs(*documents: str) -> dict[str, dict[str, Any]]:
    return {item["metadata"]["name"]: item["spec"] for item in objects("upkeep/jobs.yaml", *documents)}


def test_nothing_without_tasks():
    """A platform that declares no upkeep, or no task of it, gets no folder."""
    for text in (document("Platform", "research", PLATFORM), platform("")):
        assert not [name for name in output(text) if name.startswith("upkeep/")]


def test_pull_secrets_are_copied_only_where_that_is_the_way():
    """On a cluster whose secrets come another way the task, its account and its bindings are not there."""
    name = "upkeep-pull-secrets"
    assert name in jobs(platform(), SYNC, HUB)
    assert name not in jobs(platform())
    assert name not in "".join(text for path, text in output(platform()).items() if not path.startswith("clients/"))


def test_bindings_lead_to_roles():
    """Every role that a group's folder binds for the upkeep is one that the platform's folder has."""
    bound = {
        item["roleRef"]["name"]
        for item in objects("groups/dev1/rbac.yaml", platform(), SYNC, HUB)
        if item["kind"] == "RoleBinding" and item["metadata"]["name"].startswith("cubec--")
    }
    assert bound
    assert bound < {item["metadata"]["name"] for item in roles(platform(), SYNC, HUB)}


def test_no_account_may_more_than_its_task_needs():
    """No wildcard, no Secret outside of the one task that copies them, and no other Secret than a registry's is read."""
    for role in roles(platform(), SYNC, HUB):
        name = role["metadata"]["name"]
        for rule in role["rules"]:
            assert "*" not in [*rule["apiGroups"], *rule["resources"], *rule["verbs"]]
            if "secrets" in rule["resources"]:
                assert name in {"cubec:upkeep-pull-secrets--hub", "cubec:registries"}
                assert rule["verbs"] == ["create"] or rule["resourceNames"] == ["pull-hub"]
        if name == "cubec:registries":
            assert role["metadata"]["namespace"] == "registries"
            assert [rule["resourceNames"] for rule in role["rules"]] == [["pull-hub"]]


def test_the_copier_is_let_past_the_policy_of_secrets():
    """It reads no Secret but those that it writes, so the policy names its account; where nothing is copied it names nobody."""
    account = "system:serviceaccount:cubec-system:upkeep-pull-secrets"
    found = {mode: _policy(*documents) for mode, documents in {"sync": (SYNC, HUB), "other": ()}.items()}

    assert f"(request.userInfo.username == '{account}' && object.?type.orValue('') ==" in found["sync"]
    assert "userInfo" not in found["other"]


def _policy(*documents: str) -> str:
    policies = objects("platform/admission.yaml", platform(), *documents)
    (found,) = (
        item
        for item in policies
        if item["kind"] == "ValidatingAdmissionPolicy" and item["metadata"]["name"] == "cubec-secrets"
    )
    return json.dumps(found["spec"]["variables"])


def test_a_right_for_each_listed_registry():
    """A group's namespaces bind the copier's role of each registry that they list, and of no other."""
    other = document("Registry", "lab", "  server: lab.example.com\n  secretName: pull-lab\n  groups: [dev2]")
    bound = [
        item["roleRef"]["name"]
        for item in objects("groups/dev1/rbac.yaml", platform(), SYNC, HUB, other)
        if item["kind"] == "RoleBinding" and "pull-secrets" in item["metadata"]["name"]
    ]

    assert bound == ["cubec:upkeep-pull-secrets--hub"]
    assert "cubec:upkeep-pull-secrets--lab" in [
        item["metadata"]["name"] for item in roles(platform(), SYNC, HUB, other)
    ]


def test_without_registries_no_secret_can_be_read():
    """A rule without names would allow every Secret beside the registries'."""
    site = replace(model(platform(), SYNC, HUB).sites["ack"], registries=())

    assert "cubec:registries" not in [item.name for item in upkeep_accounts.emit(site)]


@pytest.mark.parametrize(
    ("task", "words"), [("nodes", ["reconcile", "nodes"]), ("pullSecrets", ["reconcile", "pullSecrets", "--apply"])]
)
def test_a_task_applies_only_when_told(task: str, words: list[str]):
    """Without ``dryRun: false`` a task reports what it would do."""
    found = jobs(platform(), SYNC, HUB)
    spec = found["upkeep-nodes" if task == "nodes" else "upkeep-pull-secrets"]["jobTemplate"]["spec"]["template"][
        "spec"
    ]

    assert spec["containers"][0]["args"] == words


def test_every_task_is_told_what_it_needs():
    """The ConfigMap holds a JSON document for each task, which is what the job reads."""
    (state,) = objects("upkeep/desired-state.yaml", platform(), SYNC, HUB)
    told = {name: json.loads(text) for name, text in state["data"].items()}

    assert sorted(told) == [f"{task}.json" for task in ("finished", "nodes", "notebooks", "pullSecrets", "rightSizing")]
    assert told["pullSecrets.json"] == {
        "platform": "research",
        "namespace": "cubec-system",
        "from": "registries",
        "registries": [{"registry": "hub", "secret": "pull-hub", "binding": "cubec--upkeep-pull-secrets--hub"}],
        "timeZone": "Etc/UTC",
    }
    assert told["nodes.json"]["pools"][0]["labels"] == {"cubec.node-restriction.kubernetes.io/pool": "gpu-t4"}


def test_what_templates_ask_for():
    """Right-sizing is told each template's amounts, and in which variables they stand; not of one that wants no advice."""
    image = "  category: training\n  image: registry.example.com/a:1\n"
    plain = document("JobTemplate", "plain", image + "  resources: {cpu: 1~2, memory: 4G, gpu: 1}\n")
    fixed = document("JobTemplate", "fixed", image + "  env: {TASK_RESOURCE_CPU: 3}\n  resources: {memory: 2Gi}\n")
    unjudged = document("JobTemplate", "unjudged", image + "  env: {NO_RESOURCE_CHECK: true}\n  resources: {cpu: 1}\n")
    (state,) = objects("upkeep/desired-state.yaml", platform(), plain, fixed, unjudged)
    told = {one["name"]: one for one in json.loads(state["data"]["rightSizing.json"])["templates"]}

    assert "unjudged" not in told
    assert told["plain"]["asks"] == {
        "cpu": {"request": "1", "limit": "2"},
        "memory": {"request": "4G", "limit": "4G"},
    }
    assert told["fixed"]["asks"]["cpu"] == {"request": "3", "limit": "3"}
    assert (told["plain"]["variables"], told["fixed"]["variables"]) == ({}, {"cpu": "TASK_RESOURCE_CPU"})


@pytest.mark.parametrize(
    ("pool", "labels"),
    [
        ("", {"cpu", "org"}),
        ("  accelerator: {model: T4, count: 1}\n", {"gpu", "gpu-type", "org"}),
        (
            "  accelerator: {model: T4, count: 1, slices: {resource: example.com/vgpu, perCard: 4}}\n",
            {"vgpu", "gpu-type", "org"},
        ),
        ("  components: [mysql, istio]\n", {"cpu", "org", "mysql", "istio"}),
    ],
)
def test_nodes_carry_what_cube_studio_selects_by(pool: str, labels: set[str]):
    """One kind of machine, what the pool is for, its resource group, and the card in upper case."""
    head = "  cluster: ack\n  nodes: {names: [extra]}\n  capacity: {cpu: 8, memory: 64Gi}\n  workloads: [train]\n"
    text = document("Platform", "research", PLATFORM + "  profiles: [cube-studio]\n" + IMAGE + TASKS)
    made = document("NodePool", "extra", head + pool)
    (state,) = objects("upkeep/desired-state.yaml", text, cluster("  control: true"), made)
    (found,) = (item for item in json.loads(state["data"]["nodes.json"])["pools"] if item["name"] == "extra")

    assert set(found["labels"]) == {"cubec.node-restriction.kubernetes.io/pool", "train", *labels}
    assert found["labels"]["org"] == "public"
