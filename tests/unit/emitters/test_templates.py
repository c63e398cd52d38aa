"""Templates, beyond what the golden cases show."""

from typing import Any

import pytest
from tests.unit.emitters.compiling import cluster, document, group, model, objects

from cubec.model import gpu, job_pod

FILE = "groups/dev1/templates.yaml"
ARGO = cluster("  capabilities: [kueue, kubeflow-training, external-secrets, argo-workflows]")
OFFERED = "  templates: [task]\n"
CARDS = "  resources: {gpu: %s}\n"


def pool(name: str, accelerator: str, extra: str = "") -> str:
    spec = f"  cluster: ack\n  nodes: {{names: [{name}-1]}}\n  capacity: {{cpu: 8, memory: 64Gi}}\n  accelerator: {accelerator}\n{extra}"
    return document("NodePool", name, spec)


def template(spec: str) -> str:
    return document("JobTemplate", "task", f"  image: registry.example.com/task:1\n{spec}")


def pod(spec: str, *more: str, pools: str = "gpu-t4") -> dict[str, Any]:
    """The pod of the PodTemplate that a template of this spec becomes."""
    (made,) = objects(FILE, template(spec), group("dev1", OFFERED, pools=pools), *more)
    return made["template"]["spec"]


def workflow(spec: str) -> dict[str, Any]:
    _, made = objects(FILE, template(spec), group("dev1", OFFERED), ARGO)
    assert made["kind"] == "WorkflowTemplate"
    return made["spec"]


@pytest.mark.parametrize(
    ("parameter", "words"),
    [
        ("{name: epochs, type: int, default: 10}", ["--epochs=10"]),
        ("{name: --epochs, type: int, default: 0}", ["--epochs=0"]),
        ("{name: -n, default: '-1'}", ["-n", "-1"]),
        ("{name: note, default: '-x y'}", ["--note=-x y"]),
        ("{name: fast, type: bool, default: true}", ["--fast"]),
        ("{name: fast, type: bool, default: false}", []),
        ("{name: fast, type: bool}", []),
        ("{name: note, default: ''}", []),
        ("{name: items, type: list, default: [a, b]}", ["--items=a,b"]),
        ("{name: items, type: list, default: []}", []),
        ("{name: shape, type: json, default: [1, 2]}", ["--shape=[1,2]"]),
        ("{name: shape, type: dict, default: {b: 1, a: é}}", ['--shape={"a":"é","b":1}']),
    ],
)
def test_defaults_become_words(parameter: str, words: list[str]):
    """A default is one argument that nothing in its value can break; a flag that is off, and an empty value, are none."""
    container = pod(f"  parameters:\n    - {parameter}\n")["containers"][0]

    assert container.get("args", []) == words


def test_argo_asks_for_values_and_not_for_what_it_cannot_leave_out():
    """Values are asked for; flags and what may stay empty stand as their defaults say."""
    spec = workflow(
        "  parameters:\n"
        "    - {name: data.dir, describe: where}\n"
        "    - {name: fast, type: bool, default: true}\n"
        "    - {name: quiet, type: bool, default: false}\n"
        "    - {name: note, required: false}\n"
        "    - {name: mode, type: enum, default: a, choices: [a, b]}\n"
    )

    assert spec["arguments"]["parameters"] == [
        {"name": "data_dir", "description": "where"},
        {"name": "mode", "value": "a", "enum": ["a", "b"]},
    ]
    assert spec["templates"][0]["container"]["args"] == [
        "--data.dir={{inputs.parameters.data_dir}}",
        "--fast",
        "--mode={{inputs.parameters.mode}}",
    ]


def test_every_argument_that_is_used_is_declared():
    """What a step refers to is among its inputs, and those among the arguments."""
    spec = workflow(
        "  parameters: [{name: username}, {name: -k, default: 1}]\n  mounts: [{claim: data, path: /mnt, personal: true}]\n"
    )
    declared = [item["name"] for item in spec["arguments"]["parameters"]]

    assert declared == [item["name"] for item in spec["templates"][0]["inputs"]["parameters"]] == ["username", "k"]


def test_a_personal_mount_never_has_an_empty_name():
    """An empty name would mount everybody's files, so there always is one; other pods have none at all."""
    container = pod("  env: {ZONE: a}\n  mounts: data(pvc):/mnt\n")["containers"][0]

    assert container["volumeMounts"] == [{"name": "claim-0", "mountPath": "/mnt", "subPathExpr": "$(USERNAME)"}]
    assert container["env"][-1] == {"name": "USERNAME", "value": "put-your-user-name-here"}
    assert "USERNAME" not in str(pod("  mounts: data(storage):/mnt\n"))


def test_pods_without_cards_see_none():
    """Images that look for cards do not find those of the node, unless the template says which to show."""
    assert pod("")["containers"][0]["env"] == [{"name": "NVIDIA_VISIBLE_DEVICES", "value": "none"}]
    assert pod("  env: {NVIDIA_VISIBLE_DEVICES: all}\n")["containers"][0]["env"][0]["value"] == "all"
    assert "env" not in pod(CARDS % "1")["containers"][0]


def test_cards_are_requested_where_they_are():
    """The pod asks for its cards' resource, as much as it may use, on the pool that has it, and tolerates that pool's taints."""
    rdma = "  groups: [dev1]\n  taints: [{key: example.com/rdma, effect: NoSchedule}]\n"
    made = pod(
        CARDS % "2(A100)",
        pool("a100", "{model: a100, count: 4, resource: example.com/gpu}", rdma),
        pools="gpu-t4, a100",
    )

    assert made["containers"][0]["resources"] == {
        "requests": {"example.com/gpu": "2"},
        "limits": {"example.com/gpu": "2"},
    }
    assert made["nodeSelector"] == {"cubec.node-restriction.kubernetes.io/pool": "a100"}
    assert [item["key"] for item in made["tolerations"]] == ["cubec.io/pool", "example.com/rdma"]


def test_a_template_whose_cards_are_elsewhere_is_not_offered():
    """It could never run there."""
    assert (
        objects(
            FILE,
            template(CARDS % "1(H100)"),
            group("dev1", "  allTemplates: true\n"),
            document("JobTemplate", "pytorch", "  image: registry.example.com/a:1\n  version: Alpha"),
        )
        == []
    )


@pytest.mark.parametrize(
    ("item", "pools", "chosen"),
    [
        ("1(T4)", ["small", "large"], "small"),
        ("4(T4)", ["small", "large"], "large"),
        ("1(T4)", ["slices", "small"], "small"),
        ("0.5(T4)", ["small", "slices"], "slices"),
        ("64(T4)", ["small", "large"], "small"),
        ("1(V100)", ["small", "large"], None),
        ("1(T4)", [], None),
    ],
)
def test_the_pool_whose_nodes_have_enough(item: str, pools: list[str], chosen: str | None):
    """Whole cards come first, then the document's order; a pod runs on one node, so the node must have as many."""
    built = model(
        pool("small", "{model: T4, count: 1}"),
        pool("large", "{model: T4, count: 8}"),
        pool("slices", "{model: T4, count: 2, slices: {resource: nvidia.com/vgpu, perCard: 10}}"),
    )
    found = job_pod.pool_of(gpu.parse(item), [built.pools[name] for name in pools])

    assert (found.name if found else None) == chosen


def test_only_training_namespaces_have_templates():
    """A namespace that is for something else offers no jobs."""
    two = "  namespaces:\n    - {name: dev1, workloads: [train], quota: {gpu: 1(T4)}}\n    - {name: dev1-web, workloads: [service]}\n"

    assert [item["metadata"]["namespace"] for item in objects(FILE, template(""), group("dev1", two + OFFERED))] == [
        "dev1"
    ]


def test_mounts_of_every_type():
    """Each type of mount becomes the volume that it names."""
    made = pod(
        "  mounts:\n    - {claim: data, path: /data, readOnly: true}\n    - {memory: 4G, path: /dev/shm}\n"
        "    - {configMap: settings, path: /etc/a}\n    - {secret: token, path: /etc/b}\n"
    )

    assert [{key: value for key, value in item.items() if key != "name"} for item in made["volumes"]] == [
        {"persistentVolumeClaim": {"claimName": "data"}},
        {"emptyDir": {"medium": "Memory", "sizeLimit": "4G"}},
        {"configMap": {"name": "settings"}},
        {"secret": {"secretName": "token"}},
    ]
    assert made["containers"][0]["volumeMounts"][0] == {"name": "claim-0", "mountPath": "/data", "readOnly": True}
