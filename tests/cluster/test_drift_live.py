"""``cubec drift`` against a live API server: nothing where nothing differs, and otherwise exactly what was done by hand."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.cluster import sample, whole
from tests.cluster.attempts import accepted, live
from tests.cluster.client import APPLY, JSON_PATCH, MERGE, Client, account_token
from tests.cluster.pods import named

from cubec.cli import status

pytestmark = pytest.mark.own_cluster  # whole platforms, with definitions of kinds
CLAIMS = (
    ("what was applied does not drift, defaults of the server and other spellings included", "test_nothing_drifts"),
    ("each hand edit is reported, and nothing else", "test_hand_edits_are_found"),
    ("who may only read gets the same answer, and is told how it was found", "test_reading_alone_is_enough"),
    (
        "a list that is forbidden, and a server that is gone, are never taken for no drift",
        "test_no_answer_is_no_answer",
    ),
    ("another server than the document's is refused", "test_another_server_is_refused"),
)
READER = [
    {"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list"]},
]


@pytest.fixture(scope="module")
def cluster(start_cluster) -> Any:
    return start_cluster(extras="kueue", nodes=sample.WORKERS)


@pytest.fixture(scope="module")
def root(cluster, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return whole.tenants(tmp_path_factory.mktemp("platform"), cluster.facts["server"])


@pytest.fixture(scope="module")
def items(root: Path) -> list[dict[str, Any]]:
    return whole.objects(root)


@pytest.fixture(scope="module")
def admin(cluster, items) -> Iterator[Client]:
    with Client(cluster.kubeconfig) as client:
        whole.install(cluster, client)
        whole.apply(client, items)
        yield client


@pytest.fixture
def applied(admin: Client, items) -> Client:
    """As the output says, whatever a test before did."""
    whole.apply(admin, items)
    return admin


def found(result: Any) -> set[tuple[str, str, str]]:
    report = json.loads(result.stdout)
    return {(one["state"], one["kind"], f"{one['namespace']}/{one['name']}".lstrip("/")) for one in report["objects"]}


def test_nothing_drifts(applied: Client, root: Path, cluster):
    """After everything was applied there is no drift: exit status 0, and one line."""
    result = whole.drift(root, cluster.kubeconfig)

    assert result.stderr == "" or "arena-with-oidc" in result.stderr
    assert result.returncode == status.CLEAN, result.stdout
    assert result.stdout.splitlines()[-1].startswith("no drift: ")


def test_hand_edits_are_found(applied: Client, root: Path, cluster):
    """Eight edits by hand are eight findings, each with the fields that differ; what only the cluster says is none."""
    quota = named("ResourceQuota", "quota", "dev1")
    patch(applied, quota, {"spec": {"hard": {"requests.nvidia.com/gpu": "5"}}})
    other = {"metadata": {"labels": {"app.kubernetes.io/managed-by": "helm"}}, "spec": {"policyTypes": ["Ingress"]}}
    isolation = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", **meta("isolation", "dev2")}
    patch(applied, isolation, other)
    applied.delete(rbac("RoleBinding", "developer--bob", "dev1"))
    eve = [
        {"op": "add", "path": "/subjects/-", "value": {"kind": "ServiceAccount", "name": "eve", "namespace": "dev2"}}
    ]
    assert accepted(applied.ask("PATCH", applied.path(rbac("RoleBinding", "developer--tom", "dev2")), eve, JSON_PATCH))
    patch(
        applied,
        named("PersistentVolumeClaim", "dev1-public", "dev1"),
        {"metadata": {"annotations": {"owner": "\x1b[1m"}}},
    )
    patch(applied, queue(), {"spec": {"queueingStrategy": "StrictFIFO"}})
    before = live(applied, named("LimitRange", "defaults", "dev2"))  # what the engine once set, and nobody asks for now
    kept = {"metadata": {"name": "defaults", "namespace": "dev2", "labels": {"engine.example.com/old": "yes"}}}
    old = {**named("LimitRange", "defaults", "dev2"), **kept, "spec": before["spec"]}
    as_engine = f"{applied.path(old)}?fieldManager=argocd-controller&force=true"
    assert accepted(applied.ask("PATCH", as_engine, old, APPLY))
    stray = named("ConfigMap", "stray", "dev1")
    labels = {
        "app.kubernetes.io/managed-by": "cubec",
        "app.kubernetes.io/part-of": "research",
        "cubec.io/cluster": "ack",
    }
    stray["metadata"] |= {"labels": labels, "annotations": {"cubec.io/source": "groups/dev1.yaml"}}
    assert accepted(applied.apply(stray))
    patch(applied, named("LimitRange", "defaults", "dev1"), {"metadata": {"labels": {"mine": "yes"}}})

    result = whole.drift(root, cluster.kubeconfig, "--format", "json")
    told = whole.drift(root, cluster.kubeconfig).stdout
    applied.delete(stray)
    patch(applied, old, {"metadata": {"labels": {"engine.example.com/old": None}}})

    assert result.returncode == status.NO
    assert found(result) == {
        ("different", "ResourceQuota", "dev1/quota"),
        ("somebody else's", "NetworkPolicy", "dev2/isolation"),
        ("missing", "RoleBinding", "dev1/developer--bob"),
        ("different", "RoleBinding", "dev2/developer--tom"),
        ("different", "PersistentVolumeClaim", "dev1/dev1-public"),
        ("different", "ClusterQueue", "dev1"),
        ("left over", "ConfigMap", "dev1/stray"),
        ("different", "LimitRange", "dev2/defaults"),
    }
    fields = {one["kind"] + one["namespace"]: one["fields"] for one in json.loads(result.stdout)["objects"]}
    assert fields["ResourceQuotadev1"] == [
        {"path": ["spec", "hard", "requests.nvidia.com/gpu"], "sealed": False, "live": "5", "wanted": "1"}
    ]
    assert "subjects.eve" in told
    assert "\x1b" not in told


def test_reading_alone_is_enough(applied: Client, root: Path, cluster, tmp_path: Path):
    """An account that may get and list, and not patch, sees the same drift; the note says what the answer rests on."""
    reader = reading(applied, cluster, tmp_path, READER)
    calm = whole.drift(root, reader)
    patch(applied, named("ResourceQuota", "quota", "dev2"), {"spec": {"hard": {"requests.cpu": "9"}}})

    result = whole.drift(root, reader, "--format", "json")

    assert calm.returncode == status.CLEAN, calm.stdout
    assert found(result) == {("different", "ResourceQuota", "dev2/quota")}
    assert json.loads(result.stdout)["notes"][-1].startswith("the server would not rehearse some changes (Forbidden)")


def test_no_answer_is_no_answer(applied: Client, root: Path, cluster, tmp_path: Path):
    """Exit status 5 and words: where a kind may not be listed, and where nobody listens."""
    some = [{"apiGroups": [""], "resources": ["namespaces", "resourcequotas"], "verbs": ["get", "list"]}]
    forbidden = whole.drift(root, reading(applied, cluster, tmp_path, some))
    config = yaml.safe_load(cluster.kubeconfig.read_text())
    config["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1"
    gone = tmp_path / "gone"
    gone.write_text(yaml.safe_dump(config))
    silent = whole.drift(root, gone, "--other-server")

    assert forbidden.returncode == status.ENVIRONMENT
    assert "is forbidden" in forbidden.stderr
    assert silent.returncode == status.ENVIRONMENT
    assert silent.stderr.startswith("cubec: GET /api")
    assert not forbidden.stdout + silent.stdout


def test_another_server_is_refused(admin: Client, root: Path, cluster, tmp_path: Path):
    """With the sample's own address in the document the command does not begin; consent makes it go on."""
    other = whole.tenants(tmp_path / "other", "https://ack.example.com")

    refused = whole.drift(other, cluster.kubeconfig)
    allowed = whole.drift(other, cluster.kubeconfig, "--other-server")

    assert refused.returncode == status.USAGE
    assert "--other-server" in refused.stderr
    assert allowed.returncode in {status.CLEAN, status.NO}


def meta(name: str, namespace: str = "") -> dict[str, Any]:
    return {"metadata": {"name": name, **({"namespace": namespace} if namespace else {})}}


def rbac(kind: str, name: str, namespace: str = "") -> dict[str, Any]:
    return {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, **meta(name, namespace)}


def queue() -> dict[str, Any]:
    return {"apiVersion": "kueue.x-k8s.io/v1beta2", "kind": "ClusterQueue", **meta("dev1")}


def patch(client: Client, item: dict[str, Any], change: dict[str, Any]) -> None:
    answer = client.ask("PATCH", client.path(item), change, MERGE)
    assert accepted(answer), answer.body


def reading(admin: Client, cluster, folder: Path, rules: list[dict[str, Any]]) -> Path:
    """A kubeconfig for an account with these rules and no more."""
    who = {"kind": "ServiceAccount", "name": "reader", "namespace": "default"}
    ref = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "reader"}
    admin.delete(rbac("ClusterRoleBinding", "reader"))
    for item in (
        named("ServiceAccount", "reader", "default"),
        rbac("ClusterRole", "reader") | {"rules": rules},
        rbac("ClusterRoleBinding", "reader") | {"roleRef": ref, "subjects": [who]},
    ):
        assert accepted(admin.apply(item))
    config = yaml.safe_load(cluster.kubeconfig.read_text())
    config["users"][0]["user"] = {"token": account_token(admin, "default", "reader")}
    path = folder / f"reader-{len(rules[0]['resources'])}"
    path.write_text(yaml.safe_dump(config))
    return path
