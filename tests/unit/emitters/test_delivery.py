"""What the GitOps engines are told: enough for everything that is written, and no more."""

from fnmatch import fnmatch
from typing import Any

import pytest
import yaml
from tests.unit.emitters.compiling import cluster, document, group, output

from cubec.model import flux

ALL = "  capabilities: [kueue, kubeflow-training, kubeflow-notebooks, external-secrets, argo-workflows, kyverno]\n  control: true"
OLD = ALL + '\n  kubernetes: "1.33"'
SYNC = "  capabilities: [kueue]\n  control: true\n  secrets: {mode: sync, namespace: registries}"
FLUX = "  delivery: {engine: flux, repository: https://git.example.com/a.git}"
PLATFORM = document(
    "Platform",
    "research",
    """\
  hostPathAllow: [/data/k8s]
  templateCategories: [{name: training}]
  profiles: [arena, cube-studio]
  priorities: [{name: normal, value: 1, default: true}, {name: urgent, value: 2}]
  upkeep:
    image: registry.example.com/cubec:1
    nodes: {}
    pullSecrets: {}
    notebooks: {}
    finished: {}
    rightSizing: {}
""",
)
ADMIN = document("User", "li", "  uid: 20009\n  platformRole: admin")
TWO = """\
  namespaces:
    - {name: dev1, workloads: [train], quota: {gpu: 1(T4)}}
    - {name: dev1-notebook, workloads: [notebook]}
"""
GONE = "  state: decommissioned\n  until: 2026-12-31\n  reason: it is over\n"


def load(files: dict[str, str], *begins: str) -> list[dict[str, Any]]:
    texts = [text for name, text in files.items() if name.startswith(begins)]
    return [item for text in texts for item in yaml.load_all(text, Loader=yaml.CSafeLoader)]


def permitted(project: dict[str, Any], item: dict[str, Any]) -> bool:
    """As Argo CD judges: kinds by group and, for cluster-scoped ones, by name; namespaces as destinations."""
    spec, metadata = project["spec"], item["metadata"]
    kind = (item["apiVersion"].rpartition("/")[0], item["kind"])
    if "namespace" in metadata:
        there = metadata["namespace"] in [place["namespace"] for place in spec["destinations"]]
        return there and kind in [(entry["group"], entry["kind"]) for entry in spec["namespaceResourceWhitelist"]]
    return any(
        (entry["group"], entry["kind"]) == kind and fnmatch(metadata["name"], entry["name"])
        for entry in spec.get("clusterResourceWhitelist", ())
    )


@pytest.mark.parametrize("extra", [ALL, OLD, SYNC])
def test_projects_permit_what_is_written_and_nothing_of_others(extra: str):
    """Each folder is permitted by its own project; no project permits another group's objects, or an engine's."""
    files = output(PLATFORM, ADMIN, cluster(extra), group("dev1", TWO))
    projects = {
        item["metadata"]["name"]: item for item in load(files, "bootstrap", "delivery") if item["kind"] == "AppProject"
    }
    folders = {
        "cubec": load(files, "delivery/"),
        "cubec-platform": load(files, "platform/", "upkeep/"),
        "group-dev1": load(files, "groups/dev1/"),
        "group-dev2": load(files, "groups/dev2/"),
    }

    assert set(projects) == set(folders)
    for name, project in projects.items():
        for folder, items in folders.items():
            refused = [item for item in items if not permitted(project, item)]
            assert refused == ([] if name == folder else items)


def test_applications_follow_their_folder_and_project():
    """An application reads the folder that its project is for; the platform's is applied first, the upkeep last."""
    files = output(PLATFORM, cluster(ALL))
    found = {
        item["metadata"]["name"]: item for item in load(files, "bootstrap", "delivery") if item["kind"] == "Application"
    }
    waves = {name: item["metadata"]["annotations"].get("argocd.argoproj.io/sync-wave") for name, item in found.items()}

    assert {name: (item["spec"]["project"], item["spec"]["source"]["path"]) for name, item in found.items()} == {
        "cubec": ("cubec", "output/ack/delivery"),
        "cubec-platform": ("cubec-platform", "output/ack/platform"),
        "cubec-upkeep": ("cubec-platform", "output/ack/upkeep"),
        "group-dev1": ("group-dev1", "output/ack/groups/dev1"),
        "group-dev2": ("group-dev2", "output/ack/groups/dev2"),
    }
    assert waves == {"cubec": None, "cubec-platform": "0", "cubec-upkeep": "2", "group-dev1": "1", "group-dev2": "1"}


@pytest.mark.parametrize(("extra", "goes"), [("", False), ("  state: suspended\n", False), (GONE, True)])
def test_only_a_decommissioned_group_takes_its_objects_along(extra: str, goes: bool):
    """Otherwise all that a group has stays when its file is gone."""
    argocd = load(output(group("dev1", extra)), "delivery/groups/dev1.yaml")
    (kustomization,) = load(output(group("dev1", extra), cluster(FLUX)), "delivery/groups/dev1.yaml")
    (application,) = (item for item in argocd if item["kind"] == "Application")

    assert ("finalizers" in application["metadata"]) is goes
    assert (kustomization["spec"]["deletionPolicy"] == "Delete") is goes


def test_nothing_without_an_engine():
    """Who applies by hand gets neither applications nor something to bootstrap."""
    files = output(cluster("  delivery: {engine: none}"))

    assert not [name for name in files if name.startswith(("bootstrap", "delivery"))]


@pytest.mark.parametrize(
    ("repository", "url"),
    [
        ("https://git.example.com/a/b.git", "https://git.example.com/a/b.git"),
        ("ssh://git@git.example.com:7999/a/b.git", "ssh://git@git.example.com:7999/a/b.git"),
        ("git@git.example.com:a/b.git", "ssh://git@git.example.com/a/b.git"),
        ("git@git.example.com/a/b.git", "ssh://git@git.example.com/a/b.git"),
    ],
)
def test_flux_reads_urls_only(repository: str, url: str):
    """The short form of ssh is written out."""
    assert flux.url(repository) == url


def test_flux_asks_for_no_key_that_it_does_not_need():
    """Where Secrets come another way than encrypted with SOPS, nothing is decrypted."""
    assert not [item for item in load(output(cluster(FLUX)), "delivery", "bootstrap") if "decryption" in item["spec"]]
