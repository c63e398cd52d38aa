"""What cube-studio is told, in its own grammar."""

import ast
import json
import re

import pytest
from tests.unit.emitters.compiling import cluster, document, group, output

PROFILE = document(
    "Platform",
    "research",
    "  profiles: [cube-studio]\n  hostPathAllow: [/data/k8s]\n  templateCategories: [{name: training}]",
)
CONTROL = cluster("  control: true")
QUOTA = re.compile(
    r"(all|jupyter|pipeline|service|automl|aihub),(cpu|memory|gpu),(single|concurrent|total),[0-9]+(\.[0-9]+)?"
)
MOUNT = re.compile(r"[a-z0-9.-]+\((pvc|pvc-share)\):/[^,;]+")
NAMESPACE = re.compile(r"(NOTEBOOK|PIPELINE|SERVICE|AUTOML)_NAMESPACE:[a-z0-9-]+")


def expand(*documents: str, name: str = "dev1") -> dict[str, str]:
    return json.loads(output(PROFILE, CONTROL, *documents)[f"clients/cube-studio/{name}.json"])


@pytest.mark.parametrize(
    "quota",
    [
        "{gpu: 1(T4)}",
        "{cpu: 0.5, memory: 999Mi, gpu: 1(T4)}",
        "{cpu: 8, memory: 60Gi, gpu: 1(T4), perPod: {cpu: 2500m, memory: 4G, gpu: 1(T4)}}",
    ],
)
def test_every_field_is_in_its_grammar(quota: str):
    """cube-studio ignores or refuses what is not in its grammar, so everything is."""
    volume = "  capacity: 1Ti\n  source: {nfs: {server: nas-1, path: /a}}\n  grants: [{group: dev1, access: read-only}]"
    uses = group("dev1", "  volumes: [{volume: data, mount: /data/a}]\n", quota=quota)
    told = expand(document("Volume", "data", volume), uses)

    assert set(told) == {"cluster", "org", "volume_mount", "namespace", "quota"}
    assert all(QUOTA.fullmatch(item) for item in told["quota"].split(";"))
    assert all(MOUNT.fullmatch(item) for item in told["volume_mount"].split(","))
    assert all(NAMESPACE.fullmatch(item) for item in told["namespace"].split(","))


def test_what_is_not_limited_is_not_told():
    """No limit is no line; cards always are limited."""
    assert expand(group("dev1"))["quota"] == "all,gpu,concurrent,1"


def test_automl_has_its_own_namespace_where_there_is_one():
    """Of two namespaces for training the first is for pipelines, the last for AutoML."""
    two = "  namespaces:\n    - {name: dev1, workloads: [train], quota: {gpu: 1(T4)}}\n    - {name: dev1-automl, workloads: [train]}\n"

    assert expand(group("dev1", two))["namespace"] == "PIPELINE_NAMESPACE:dev1,AUTOML_NAMESPACE:dev1-automl"


def test_the_fragment_is_python_and_json():
    """It can be pasted into the configuration, or read by it; the key is the cluster's name, in lower case as it must be."""
    text = output(PROFILE, CONTROL)["clients/cube-studio/clusters.json"]

    assert ast.literal_eval(text) == json.loads(text) == {"ack": {"NAME": "ack", "KUBECONFIG": ""}}


def test_nothing_without_the_profile():
    """Without the profile there is no such file at all."""
    assert not [path for path in output() if "cube-studio" in path]
