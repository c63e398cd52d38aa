"""All that the sample has for ``ack``, applied to a live cluster with Kueue; kinds of what is not installed take every field."""

import shutil
from pathlib import Path
from typing import Any

from tests.cluster import definitions, sample
from tests.cluster.attempts import accepted
from tests.cluster.client import Client
from tests.unit.cli.test_commands import Result, run

from cubec import pipeline

DAY = "2026-11-22"
LOOSE = [
    definitions.loose("externalsecrets", "ExternalSecret", "external-secrets.io", "v1"),
    definitions.loose("applications", "Application", "argoproj.io", "v1alpha1"),
    definitions.loose("appprojects", "AppProject", "argoproj.io", "v1alpha1"),
]


def tenants(folder: Path, server: str) -> Path:
    """The sample's documents, with the address that the cluster really has."""
    shutil.copytree(sample.ROOT / "tenants", folder / "tenants")
    ack = folder / "tenants/clusters/ack.yaml"
    ack.write_text(ack.read_text().replace("https://ack.example.com:6443", server))
    return folder


def objects(root: Path, cluster: str = "ack") -> list[dict[str, Any]]:
    """What the documents at ``root`` make for a cluster, in the order in which engines apply it."""
    files = [(path.relative_to(root).as_posix(), path.read_bytes()) for path in sorted(root.rglob("tenants/**/*.yaml"))]
    analysis = pipeline.analyse(files, [], sample.TODAY)
    assert analysis.model is not None
    assert not analysis.failed, analysis.diagnostics
    return list(sample.objects(pipeline.compile_tree(analysis.model), cluster))


def install(cluster: Any, client: Client) -> None:
    definitions.install(cluster, client, LOOSE)
    assert accepted(client.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "argocd"}}))


def apply(client: Client, items: list[dict[str, Any]]) -> None:
    for item in items:
        answer = client.apply(item)
        assert accepted(answer), (item["kind"], item["metadata"]["name"], answer.body)


def drift(root: Path, kubeconfig: Path, *words: str) -> Result:
    where = ("--root", str(root), "--as-of", DAY, "--kubeconfig", str(kubeconfig))
    return run("drift", "--cluster", "ack", *where, *words)
