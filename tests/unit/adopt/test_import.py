"""``cubec import`` from a stand-in for the API server: whole imports, and what each of them leaves."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.cluster import lab, sample, whole
from tests.unit.cli.test_commands import Result, run
from tests.unit.cluster.twin import Object, Twin, node, serving, settled

from cubec.cli import status

GPU = {"nvidia.com/gpu": "1"}
WORKERS = [node(one["name"], labels=one["labels"], **GPU) for one in sample.WORKERS]


@dataclass
class Import:
    """One import, and what it wrote."""

    twin: Twin
    folder: Path
    entries: list[dict[str, Any]] = field(default_factory=list)

    def run(self, called: str = "ack", *words: str) -> Result:
        with serving(self.twin, self.folder) as kubeconfig:
            where = ("--kubeconfig", str(kubeconfig), "-o", str(self.folder / "new"))
            result = run("import", "--cluster", called, *where, *words)
        if result.returncode == status.CLEAN:
            self.entries = json.loads((self.folder / "new/residue.json").read_text())["entries"]
        return result

    def document(self, name: str) -> dict[str, Any]:
        return yaml.safe_load((self.folder / f"new/tenants/{name}.yaml").read_text())["spec"]

    def names(self, folder: str) -> set[str]:
        return {path.stem for path in (self.folder / "new/tenants" / folder).glob("*.yaml")}

    def sorted(self, sort: str) -> set[tuple[str, str]]:
        return {(one["kind"], one["name"]) for one in self.entries if one["sort"] == sort}

    def why(self, kind: str, name: str) -> str:
        return " ".join(one["why"] for one in self.entries if (one["kind"], one["name"]) == (kind, name))


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the sample makes for each of its clusters, as text."""
    root = whole.tenants(tmp_path_factory.mktemp("platform"), "https://ack.example.com")
    return {name: json.dumps(settled(whole.objects(root, name))) for name in ("ack", "dev")}


@pytest.fixture
def made(compiled: dict[str, str], tmp_path: Path) -> Import:
    """The sample's ``ack`` as it is when everything was applied."""
    return Import(Twin([*json.loads(compiled["ack"]), *WORKERS]), tmp_path)


@pytest.fixture
def by_hand(tmp_path: Path) -> Import:
    """The guide's lab."""
    return Import(Twin([*lab.objects(), *(node(f"worker0{n}", **GPU) for n in (1, 2, 3))]), tmp_path)


def test_our_own_objects_come_back(made: Import):
    """Of all that the compiler made everything is equal but for what no document can say: templates, and who people are."""
    result = made.run()

    assert result.returncode == status.CLEAN, result.stderr
    # job templates are not taken over, and so the job that advises on their size is told of none
    changed = [one for one in made.entries if one["sort"] == "adopting would change"]
    assert [part["path"] for one in changed for part in one["fields"]] == [["data", "rightSizing.json"]]
    assert made.sorted("adopting would replace") == set()
    assert made.sorted("adopting would add") == set()
    assert made.sorted("not expressed") == {("PodTemplate", "tf-git")}
    assert made.sorted("to be filled in") == {
        ("Cluster", "ack"),
        ("Registry", "hub"),
        *(("User", name) for name in ("amy", "li", "zoe")),
    }
    assert made.document("clusters/ack")["delivery"]["engine"] == "argocd"
    assert made.document("clusters/ack")["secrets"]["mode"] == "external-secrets"


def test_no_secret_is_read(by_hand: Import):
    """Secrets are listed by type and as metadata alone; what they hold is in no answer and in no file."""
    by_hand.run("lab")

    asked = [(path, accept) for _, path, accept in by_hand.twin.asked if path.endswith("/secrets")]
    assert asked == [("/api/v1/secrets", "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1")] * 2
    written = [path.read_text() for path in by_hand.folder.rglob("*") if path.is_file()]
    assert not any(lab.CANARY in text for text in written)
    assert ("Secret", "hub") in by_hand.sorted("not expressed")


def test_a_second_cluster_with_every_kind(compiled: dict[str, str], tmp_path: Path):
    """``dev`` comes back, too: groups with several namespaces, OIDC, Flux, copied pull secrets, slices apart."""
    taken = Import(Twin([*json.loads(compiled["dev"]), *dev_nodes()], version={"major": "1", "minor": "35"}), tmp_path)

    result = taken.run("dev")

    assert result.returncode == status.CLEAN, result.stderr
    assert taken.names("groups") == {"public", "vision"}
    assert taken.sorted("adopting would replace") == taken.sorted("adopting would add") == set()
    # that the VGPU are parts of cards is nowhere said, and the upkeep job labels machines by it
    assert taken.sorted("adopting would change") == {("ConfigMap", "desired-state")}
    identity = taken.document("clusters/dev")["identity"]
    assert identity["usernamePrefix"] == "oidc:"
    assert taken.document("clusters/dev")["delivery"]["engine"] == "flux"
    assert taken.document("clusters/dev")["secrets"] == {"mode": "sync", "namespace": "infra"}
    assert {"oidcGroup": "ml-users", "role": "developer"} in taken.document("groups/public")["members"]
    assert {one["name"] for one in taken.document("groups/public")["namespaces"]} == {
        "jupyter",
        "pipeline",
        "service",
        "automl",
    }
    vision = taken.document("groups/vision")
    assert vision["network"] == {"mode": "strict", "allowTo": ["infra", "10.20.0.0/16"]}
    assert taken.document("pools/dev-v100")["groups"] == ["vision"]
    assert taken.document("volumes/vision-datasets")["grants"] == [{"group": "vision", "access": "read-only"}]
    assert taken.document("platform")["hostPathAllow"]


def dev_nodes() -> list[Object]:
    label = "cubec.node-restriction.kubernetes.io/pool"
    taint = {"key": "cubec.io/pool", "value": "dev-v100", "effect": "NoSchedule"}
    size = {"cpu": "96", "memory": "768Gi", "ephemeral-storage": "2Ti"}
    return [
        *(node(f"cpu-{n}", labels={label: "dev-cpu", "node.example.com/type": "cpu"}, **size) for n in range(6)),
        *(node(f"t4-0{n}", labels={label: "dev-t4"}, **{**size, "nvidia.com/gpu": "4"}) for n in (1, 2, 3, 4)),
        *(
            node(f"v100-0{n}", labels={label: "dev-v100"}, taints=[taint], **{**size, "nvidia.com/gpu": "8"})
            for n in (1, 2)
        ),
        node("vgpu-01", labels={label: "dev-vgpu"}, **{**size, "nvidia.com/vgpu": "20"}),
    ]


def test_only_what_was_chosen(made: Import):
    """With --namespace or --selector that alone is taken over; people of other namespaces are strangers then."""
    assert made.run("ack", "--namespace", "dev1").returncode == status.CLEAN

    assert made.names("groups") == {"dev1"}


def test_chosen_by_labels(made: Import):
    """--selector chooses by labels, and never what belongs to the system."""
    assert made.run("ack", "--selector", "cubec.io/group=dev2", "--platform", "other").returncode == status.CLEAN

    assert made.names("groups") == {"dev2"}
    assert yaml.safe_load((made.folder / "new/tenants/platform.yaml").read_text())["metadata"]["name"] == "other"


def test_the_files_compile_and_explain_themselves(by_hand: Import):
    """What was written passes check; the list is escaped, and no live text ends its fence."""
    result = by_hand.run("lab")
    text = (by_hand.folder / "new/residue.md").read_text()

    assert result.returncode == status.CLEAN
    assert "group-without-owners" in result.stderr
    assert "Read " in result.stdout
    assert run("check", "--root", str(by_hand.folder / "new")).returncode == status.CLEAN
    assert "\x1b" not in text
    assert (by_hand.folder / "new/schemas/cubec.io_v1.json").exists()
    assert ("ResourceQuota", "dev1-compute-resources") in by_hand.sorted("adopting would replace")
    assert ("PersistentVolumeClaim", "dev1-public") in by_hand.sorted("adopting would replace")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-n", "dev1", "-l", "a=b"), "say --namespace or --selector, not both"),
        (("-n", "nobody"), 'the cluster has no namespace "nobody"'),
        (("-l", "nobody=here"), "no namespace is to be taken over with nobody=here"),
        (("--platform", "Not_A_Name"), "use lower-case letters"),
    ],
)
def test_wrong_usage(by_hand: Import, words: tuple[str, ...], said: str):
    """Choices that make no sense are status 2, and nothing is written."""
    result = by_hand.run("lab", *words)

    assert result.returncode == status.USAGE
    assert said in result.stderr
    assert not (by_hand.folder / "new").exists()


def test_an_empty_cluster(tmp_path: Path):
    """A cluster with nothing but the system's namespaces has nothing to take over."""
    system = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "kube-system"}}

    assert "no namespace is to be taken over" in Import(Twin([system]), tmp_path).run().stderr


def test_another_name_than_its_own(made: Import):
    """A cluster whose objects say that it is ack is not taken over as another one."""
    result = made.run("dev")

    assert result.returncode == status.USAGE
    assert 'this is cluster "ack", not "dev"' in result.stderr


def test_a_folder_that_is_there(made: Import):
    """A folder with anything in it, and a file, are refused before the cluster is asked; an empty folder is filled."""
    (made.folder / "new").mkdir()
    (made.folder / "new/mine").touch()
    refused = made.run()
    (made.folder / "new/mine").unlink()

    assert refused.returncode == status.USAGE
    assert "is there already" in refused.stderr
    assert made.twin.asked == []
    assert made.run().returncode == status.CLEAN
    assert sorted(path.name for path in made.folder.iterdir()) == ["kubeconfig", "new"]


@pytest.mark.parametrize(
    ("refused", "version", "said"),
    [
        ({("GET", "/api/v1/nodes"): (403, "Forbidden")}, {}, "/api/v1/nodes is forbidden"),
        ({}, {"major": "1", "minor": "36"}, ""),
        ({}, {"major": "", "minor": "36"}, "does not say which version"),
    ],
)
def test_what_cannot_be_read(by_hand: Import, refused: Any, version: Any, said: str):
    """A list that is forbidden, or a server without a version, is status 5, and nothing is written."""
    by_hand.twin.refused, by_hand.twin.version = refused, version or by_hand.twin.version

    result = by_hand.run("lab")

    assert result.returncode == (status.ENVIRONMENT if said else status.CLEAN)
    assert said in result.stderr
    assert (by_hand.folder / "new").exists() == (not said)


def test_nothing_half_written(by_hand: Import, monkeypatch: pytest.MonkeyPatch):
    """Where writing fails nothing is left behind, neither the folder nor what was staged for it."""
    monkeypatch.setattr(Path, "write_bytes", _full)

    result = by_hand.run("lab")

    assert result.returncode == status.ENVIRONMENT
    assert sorted(path.name for path in by_hand.folder.iterdir()) == ["kubeconfig"]


def _full(self: Path, data: bytes) -> int:
    raise OSError(28, "No space left on device", str(self))


def test_an_import_that_cannot_be_repaired(by_hand: Import, monkeypatch: pytest.MonkeyPatch):
    """Where no set of documents compiles the errors are shown, with status 1, and nothing is written."""
    monkeypatch.setattr("cubec.adopt.site._NEWEST", 99)
    by_hand.twin.version = {"major": "1", "minor": "99"}

    result = by_hand.run("lab")

    assert result.returncode == status.INPUT
    assert "nothing was written" in result.stderr
    assert not (by_hand.folder / "new").exists()
