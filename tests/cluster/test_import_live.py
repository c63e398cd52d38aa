"""``cubec import`` from live clusters: one that the compiler made, and one that somebody set up by hand."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.cluster import lab, sample, whole
from tests.cluster.attempts import accepted, live
from tests.cluster.client import Client
from tests.unit.cli.test_commands import Result, run

from cubec.cli import status
from cubec.plan.fields import differences

pytestmark = pytest.mark.own_cluster  # whole platforms, with definitions of kinds
CLAIMS = (
    (
        "what the compiler made comes back: but for job templates, applying the build changes nothing",
        "test_adopting_our_own_changes_nothing",
    ),
    ("every document that the cluster can tell comes back as it was", "test_the_documents_come_back"),
    ("a cluster set up by hand comes out as files that compile", "test_a_lab_becomes_documents"),
    ("what adopting would replace, and what no document can say, is listed", "test_the_list_of_a_lab_is_complete"),
    ("what a Secret holds stands in no file", "test_no_secret_is_read"),
    ("a folder that is there is never written to", "test_a_folder_that_is_there_is_left_alone"),
)
# Job templates are not taken over, and so the job that advises on their size is told of none.
TEMPLATES = {("ConfigMap", "desired-state"): [("data", "rightSizing.json")]}
CAPACITY = {"cpu": 4, "memory": "30Gi", "ephemeral-storage": "100Gi", "nvidia.com/gpu": 1}  # as the documents say
OWN = ("cubec.io/", "argocd.argoproj.io/", "app.kubernetes.io/managed-by", "app.kubernetes.io/part-of")


@pytest.fixture(scope="module")
def made(start_cluster) -> Any:
    """A cluster with all that the sample has for ``ack``."""
    return start_cluster(extras="kueue", nodes=[{**node, "capacity": CAPACITY} for node in sample.WORKERS])


@pytest.fixture(scope="module")
def client(made, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with Client(made.kubeconfig) as client:
        whole.install(made, client)
        whole.apply(client, whole.objects(whole.tenants(tmp_path_factory.mktemp("sample"), made.facts["server"])))
        yield client


@pytest.fixture(scope="module")
def adopted(client: Client, made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("adopted") / "platform"
    result = take("ack", made, folder)
    assert result.returncode == status.CLEAN, result.stderr
    return folder


@pytest.fixture(scope="module")
def by_hand(start_cluster) -> Any:
    found = start_cluster()
    with Client(found.kubeconfig) as client:
        for item in lab.objects():
            assert accepted(client.apply(item)), item["metadata"]["name"]
        found.eventually(lambda: _bound(client), "claims are bound")
    return found


@pytest.fixture(scope="module")
def taken(by_hand, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lab") / "platform"
    result = take("lab", by_hand, folder)
    assert result.returncode == status.CLEAN, result.stderr
    return folder


def test_adopting_our_own_changes_nothing(client: Client, adopted: Path):
    """A dry-run apply of the build of the imported files leaves all as it is, but for the compiler's marks and templates."""
    items = whole.objects(adopted)
    changed = {}
    for item in items:
        before, answer = live(client, item), client.apply(item, dry=True)
        assert accepted(answer), answer.body
        fields = [field.path for field in differences(_said(before), _said(answer.body))]
        if fields:
            changed[item["kind"], item["metadata"]["name"]] = fields

    assert len(items) > 90
    assert changed == TEMPLATES
    assert {entry["sort"] for entry in entries(adopted)} <= {
        "to be filled in",
        "not expressed",
        "adopting would change",
    }
    assert {entry["name"] for entry in entries(adopted) if "would" in entry["sort"]} == {"desired-state"}


def test_the_documents_come_back(adopted: Path):
    """Quota, members, claims and priorities of the sample's groups are in the new documents."""
    dev2 = document(adopted, "groups/dev2")
    platform = document(adopted, "platform")
    old = yaml.safe_load((sample.ROOT / "tenants/platform.yaml").read_text())["spec"]

    assert dev2["gid"] == 10002
    assert dev2["members"] == [{"user": "tom", "role": "developer"}]
    assert dev2["placements"] == [
        {"cluster": "ack", "pools": ["gpu-t4"], "quota": {"cpu": "8", "memory": "60Gi", "gpu": 2}}
    ]
    assert {one["volume"]: one.get("claim", one["volume"]) for one in dev2["volumes"]} == {
        "dev2-public": "dev2-public",
        "department1-public": "department1-public-dev2",
    }
    assert document(adopted, "users/bob") == {"uid": 20001}
    assert document(adopted, "registries/hub")["credentials"] == {"remote": "registries/hub"}
    assert platform["priorities"] == old["priorities"]
    assert platform["roles"] == old["roles"]
    assert platform["upkeep"].keys() == old["upkeep"].keys() - {"pullSecrets"}


def test_a_lab_becomes_documents(taken: Path):
    """Two groups with their quotas, one department folder with two grants, one role for both, two users."""
    department = document(taken, "volumes/department1-public")

    assert {path.stem for path in (taken / "tenants/groups").iterdir()} == {"dev1", "dev2"}
    assert document(taken, "groups/dev1")["placements"] == [{"cluster": "lab", "quota": {"gpu": 1}}]
    assert document(taken, "groups/dev2")["placements"] == [
        {"cluster": "lab", "quota": {"cpu": "8", "memory": "60Gi", "gpu": 2}}
    ]
    assert document(taken, "groups/dev1")["members"] == [{"user": "bob", "role": "arena"}]
    assert document(taken, "platform")["roles"] == [{"name": "arena", "rules": lab.RULES}]
    assert document(taken, "platform")["defaults"]["network"] == "open"
    assert department["source"] == {"nfs": {"server": "nas-1.example.com", "path": "/department1"}}
    assert department["grants"] == [
        {"group": "dev1", "claim": "department1-public-dev1"},
        {"group": "dev2", "claim": "department1-public-dev2"},
    ]
    assert document(taken, "pools/gpu")["accelerator"] == {"model": "GPU", "count": 1}
    assert run("check", "--root", str(taken)).returncode == status.CLEAN


def test_the_list_of_a_lab_is_complete(taken: Path):
    """Old quotas, bindings, accounts and volumes are to be replaced; wildcards, strangers and system groups are left."""
    replaced = {(one["kind"], one["name"]) for one in entries(taken) if one["sort"] == "adopting would replace"}
    left = {(one["kind"], one["name"]) for one in entries(taken) if one["sort"] == "not expressed"}
    invented = {(one["kind"], one["field"]) for one in entries(taken) if one["sort"] == "to be filled in"}
    text = (taken / "residue.md").read_text()

    assert replaced == {
        *(("ResourceQuota", f"{group}-compute-resources") for group in ("dev1", "dev2")),
        *(("RoleBinding", f"{user}-arena") for user in ("bob", "tom")),
        *(("ServiceAccount", user) for user in ("bob", "tom")),
        ("Role", "arena"),
        *((kind, name) for kind in ("PersistentVolume", "PersistentVolumeClaim") for name in lab._SHARES),
    }
    assert {("Namespace", "bad--name"), ("Role", "power"), ("RoleBinding", "others"), ("Secret", "hub")} <= left
    assert ("RoleBinding", "tom-power") in left
    assert {("Group", "gid"), ("User", "uid"), ("NodePool", "accelerator.model")} <= invented
    assert "\x1b" not in text
    assert "system:authenticated is nobody that a document can name" in text


def test_no_secret_is_read(taken: Path, by_hand):
    """The login of a pull secret stands in no file that was written, the list included."""
    found = [path for path in taken.rglob("*") if path.is_file() and lab.CANARY in path.read_text()]

    assert found == []


def test_a_folder_that_is_there_is_left_alone(by_hand, tmp_path: Path):
    """A second import into the same folder is refused before the cluster is asked; nothing is left beside it."""
    (tmp_path / "there").mkdir()
    (tmp_path / "there/notes").write_text("mine")

    result = take("lab", by_hand, tmp_path / "there")
    nothing = run(
        "import", "--cluster", "lab", "--kubeconfig", str(by_hand.kubeconfig), "-n", "no", "-o", str(tmp_path / "n")
    )

    assert result.returncode == status.USAGE
    assert "is there already" in result.stderr
    assert nothing.returncode == status.USAGE
    assert 'the cluster has no namespace "no"' in nothing.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def take(called: str, cluster: Any, folder: Path) -> Result:
    return run("import", "--cluster", called, "--kubeconfig", str(cluster.kubeconfig), "-o", str(folder))


def document(root: Path, name: str) -> dict[str, Any]:
    return yaml.safe_load((root / f"tenants/{name}.yaml").read_text())["spec"]


def entries(root: Path) -> list[dict[str, Any]]:
    return json.loads((root / "residue.json").read_text())["entries"]


def _bound(client: Client) -> bool:
    claims = client.get("/api/v1/persistentvolumeclaims")["items"]
    return all(one["status"].get("phase") == "Bound" for one in claims if one["metadata"]["name"] in lab._SHARES)


def _said(item: dict[str, Any]) -> dict[str, Any]:
    """An object without what the server writes, and without what the compiler writes on every object."""
    metadata = {"name": item["metadata"]["name"]}
    for field in ("labels", "annotations", "finalizers"):
        kept = item["metadata"].get(field) or {}
        metadata[field] = {k: v for k, v in kept.items() if not k.startswith(OWN)} if isinstance(kept, dict) else kept
    return {**{key: value for key, value in item.items() if key != "status"}, "metadata": metadata}
