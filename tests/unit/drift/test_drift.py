"""``cubec drift`` against a stand-in for the API server: what is found, what is said, what is asked."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.cluster import whole
from tests.unit.cli.test_commands import Result
from tests.unit.cluster.twin import Object, Twin, serving, settled

from cubec.cli import status
from cubec.cluster import objects


@dataclass
class Platform:
    root: Path
    twin: Twin

    def drift(self, *words: str) -> Result:
        with serving(self.twin, self.root) as kubeconfig:
            return whole.drift(self.root, kubeconfig, "--other-server", *words)

    def findings(self) -> list[dict[str, Any]]:
        return json.loads(self.drift("--format", "json").stdout)["objects"]

    def find(self, kind: str, name: str, namespace: str = "") -> Object:
        return next(
            item
            for item in self.twin.objects
            if (item["kind"], item["metadata"]["name"], item["metadata"].get("namespace", ""))
            == (kind, name, namespace)
        )


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return whole.tenants(tmp_path_factory.mktemp("platform"), "https://ack.example.com")


@pytest.fixture(scope="module")
def made(root: Path) -> str:
    return json.dumps(settled(whole.objects(root)))


@pytest.fixture
def platform(root: Path, made: str) -> Platform:
    return Platform(root, Twin(json.loads(made)))


def states(findings: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    return {(one["state"], one["kind"], one["name"]) for one in findings}


def test_no_drift(platform: Platform):
    """Where everything is live there is none, status 0, and output/ that is not there is noted."""
    result = platform.drift()

    assert result.returncode == status.CLEAN
    assert "no drift: " in result.stdout
    assert "note: output/ is not what these sources make" in result.stdout
    assert {method for method, _, _ in platform.twin.asked} == {"GET"}


def test_secrets_are_never_read(platform: Platform):
    """Secrets are listed as metadata alone, and by no other request."""
    platform.drift()

    asked = {accept for _, path, accept in platform.twin.asked if path.endswith("/secrets")}
    assert asked == {"application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"}


def test_what_differs(platform: Platform):
    """Changed, missing, foreign, going and left-over objects are told apart, with file and fields; status 6."""
    platform.find("ResourceQuota", "quota", "dev1")["spec"]["hard"]["requests.nvidia.com/gpu"] = "7"
    platform.find("LimitRange", "defaults", "dev1")["metadata"]["labels"] = {"app.kubernetes.io/managed-by": "\x1bme"}
    platform.find("NetworkPolicy", "isolation", "dev1")["metadata"]["deletionTimestamp"] = "2026-11-22T00:00:00Z"
    platform.twin.objects.remove(platform.find("RoleBinding", "developer--bob", "dev1"))
    for kind, name in (("ConfigMap", "stray"), ("PersistentVolumeClaim", "kept")):
        extra = json.loads(json.dumps(platform.find("ServiceAccount", "workload", "dev1")))
        platform.twin.objects.append(extra | {"kind": kind, "metadata": extra["metadata"] | {"name": name}})
    copied = json.loads(json.dumps(platform.find("ServiceAccount", "workload", "dev1")))
    del copied["metadata"]["annotations"]["cubec.io/source"]
    platform.twin.objects.append(copied | {"metadata": copied["metadata"] | {"name": "made-by-the-upkeep-job"}})

    result = platform.drift()
    found = platform.findings()

    assert result.returncode == status.NO
    assert states(found) == {
        ("different", "ResourceQuota", "quota"),
        ("somebody else's", "LimitRange", "defaults"),
        ("being deleted", "NetworkPolicy", "isolation"),
        ("missing", "RoleBinding", "developer--bob"),
        ("left over", "ConfigMap", "stray"),
        ("kept", "PersistentVolumeClaim", "kept"),
    }
    quota = next(one for one in found if one["kind"] == "ResourceQuota")
    assert quota["path"] == "ack/groups/dev1/quota.yaml"
    assert quota["fields"][0]["live"] == "7"
    assert "spec.hard[requests.nvidia.com/gpu]  7 → 1" in result.stdout
    assert "\\u001bme" in result.stdout
    assert "\x1b" not in result.stdout


def test_what_is_kept_is_no_drift(platform: Platform):
    """A claim that nothing asks for any more is named, and the status is 0: it is there on purpose."""
    extra = json.loads(json.dumps(platform.find("ServiceAccount", "workload", "dev1")))
    extra |= {"kind": "PersistentVolumeClaim", "metadata": extra["metadata"] | {"name": "kept"}}
    platform.twin.objects.append(extra)

    result = platform.drift()

    assert result.returncode == status.CLEAN
    assert "= PersistentVolumeClaim dev1/kept" in result.stdout


def test_kinds_that_are_not_served(platform: Platform):
    """Without Kueue's kinds each of its objects is reported as not served, kind by kind in the text."""
    platform.twin.kinds = {kind: version for kind, version in platform.twin.kinds.items() if "kueue" not in version}

    result = platform.drift()

    assert result.returncode == status.NO
    assert "! ClusterQueue (kueue.x-k8s.io/v1beta2)" in result.stdout
    assert {one["kind"] for one in platform.findings()} >= {"ClusterQueue", "LocalQueue", "ResourceFlavor"}


def test_a_rehearsal_that_is_refused(platform: Platform):
    """Where applying may not be rehearsed, what is written is compared without the server, and a note says so."""
    platform.find("ResourceQuota", "quota", "dev1")["spec"]["hard"]["requests.nvidia.com/gpu"] = "7"
    platform.twin.refused = {("PATCH", "/"): (403, "Forbidden")}

    result = platform.drift()

    assert "7 → 1" in result.stdout
    assert "the server would not rehearse it: Forbidden" in result.stdout
    assert "note: the server would not rehearse some changes (Forbidden)" in result.stdout


def test_a_rehearsal_that_finds_nothing(platform: Platform):
    """What only looks different, such as a default that the server writes, is none: the server decides."""
    platform.find("ResourceQuota", "quota", "dev1")["spec"]["hard"]["requests.nvidia.com/gpu"] = "7"
    live = json.loads(json.dumps(platform.twin.objects))
    platform.twin.__class__ = type("Deaf", (Twin,), {"answer": _answering_with(live)})

    assert platform.drift().returncode == status.CLEAN


def _answering_with(live: list[Object]) -> Any:
    """A server that takes what is applied for what it has."""

    def answer(self: Twin, method: str, target: str, accept: str, body: Object | None) -> tuple[int, Any]:
        return Twin.answer(self, "GET" if method == "PATCH" else method, target, accept, body)

    return answer


@pytest.mark.parametrize(("manager", "drifts"), [("argocd-controller", True), ("kubectl", False)])
def test_what_the_engine_once_set(platform: Platform, manager: str, drifts: bool):
    """A field that the engine applied before, and that nobody asks for now, is drift; what others set is theirs."""
    quota = platform.find("ResourceQuota", "quota", "dev1")
    quota["spec"]["hard"]["secrets"] = "9"
    quota["metadata"]["annotations"]["argocd.argoproj.io/tracking-id"] = "x"  # which the engine writes by itself
    mark = {"f:annotations": {"f:argocd.argoproj.io/tracking-id": {}}}
    owned = {
        "f:metadata": mark,
        "f:spec": {"f:hard": {"f:secrets": {}, "f:pods": {}, "f:requests.nvidia.com/gpu": {}, ".": {}}},
    }
    quota["metadata"]["managedFields"] = [
        {"manager": manager, "operation": "Apply", "fieldsV1": owned},
        {"manager": manager, "operation": "Update", "fieldsV1": owned},
    ]
    platform.twin.refused = {("PATCH", "/"): (403, "Forbidden")}

    found = platform.findings()

    assert bool(found) == drifts
    assert [one["fields"] for one in found] == (
        [[{"path": ["spec", "hard", "secrets"], "sealed": False, "live": "9"}]] if drifts else []
    )


@pytest.mark.parametrize("where", ["/api/v1/namespaces", "/apis/rbac.authorization.k8s.io/v1/rolebindings"])
def test_a_list_that_is_forbidden(platform: Platform, where: str):
    """A list that may not be read is status 5 and its words, never no drift."""
    platform.twin.refused = {("GET", where): (403, "Forbidden")}

    result = platform.drift()

    assert result.returncode == status.ENVIRONMENT
    assert "is forbidden" in result.stderr
    assert result.stdout == ""


def test_a_failing_webhook(platform: Platform):
    """A rehearsal that fails for another reason than a refusal is status 5."""
    platform.find("ResourceQuota", "quota", "dev1")["spec"]["hard"]["requests.nvidia.com/gpu"] = "7"
    platform.twin.refused = {("PATCH", "/"): (409, "Conflict")}

    assert platform.drift().returncode == status.ENVIRONMENT


def test_many_objects_without_labels_are_listed_once(platform: Platform, monkeypatch: pytest.MonkeyPatch):
    """Where many wanted objects lack our label they are not looked up one by one."""
    monkeypatch.setattr(objects, "_FEW", 5)
    for item in platform.twin.objects:
        if item["kind"] in {"ClusterRole", "RoleBinding", "ServiceAccount", "Role"}:
            item["metadata"].pop("labels")

    found = platform.findings()

    single = [path for method, path, _ in platform.twin.asked if method == "GET" and "/serviceaccounts/" in path]
    assert len(found) > 40
    assert {one["state"] for one in found} == {"somebody else's"}
    assert single == []


def test_a_label_that_was_taken_off(platform: Platform):
    """An object without our label is looked up by its name, and reported with the label that it lacks."""
    del platform.find("NetworkPolicy", "isolation", "dev1")["metadata"]["labels"]

    assert states(platform.findings()) == {("somebody else's", "NetworkPolicy", "isolation")}


def test_an_output_that_cannot_be_read(platform: Platform, tmp_path: Path):
    """An output folder that is none is noted as not what the sources make; the comparison goes on."""
    root = whole.tenants(tmp_path / "other", "https://ack.example.com")
    (root / "output").mkdir()
    (root / "output/README.md").write_text("mine")

    with serving(platform.twin, tmp_path) as kubeconfig:
        result = whole.drift(root, kubeconfig, "--other-server")

    assert "note: output/ is not what these sources make" in result.stdout


def test_long_lists_are_cut(platform: Platform):
    """More than forty objects of one state end with how many there are."""
    platform.twin.objects = [item for item in platform.twin.objects if item["kind"] in {"Namespace", "Node"}]

    result = platform.drift()

    assert result.returncode == status.NO
    assert "more; --format json has them all" in result.stdout


def test_another_cluster_of_the_platform(platform: Platform):
    """A cluster whose namespaces say that it is another one is refused, whatever was consented to."""
    for item in platform.twin.objects:
        if item["kind"] == "Namespace" and "cubec.io/cluster" in item["metadata"].get("labels", {}):
            item["metadata"]["labels"]["cubec.io/cluster"] = "dev"

    result = platform.drift()

    assert result.returncode == status.USAGE
    assert 'what is there says that this is cluster "dev", not "ack"' in result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--cluster", "elsewhere"), 'unknown cluster "elsewhere"; declared are ack, dev'),
        (("--cluster", "ack"), "say --other-server if they are the same"),
    ],
)
def test_wrong_usage(platform: Platform, words: tuple[str, ...], said: str):
    """An unknown cluster, and another server than the document's, are status 2 with the way out."""
    with serving(platform.twin, platform.root) as kubeconfig:
        result = whole.drift(platform.root, kubeconfig, *words)

    assert result.returncode == status.USAGE
    assert said in result.stderr


def test_documents_with_errors(platform: Platform, tmp_path: Path):
    """Sources with errors are status 1, and the cluster is not asked."""
    broken = whole.tenants(tmp_path / "broken", "https://ack.example.com")
    (broken / "tenants/groups/dev1.yaml").write_text("kind: Group\n")
    with serving(platform.twin, tmp_path) as kubeconfig:
        result = whole.drift(broken, kubeconfig)

    assert result.returncode == status.INPUT
    assert platform.twin.asked == []
