"""``cubec drift`` beside the real Argo CD: what it has applied does not drift, and what it set before is not overlooked."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cluster import definitions, sample, whole
from tests.cluster.argocd import ArgoCd
from tests.cluster.client import Client
from tests.cluster.repository import Repository

from cubec.cli import status

pytestmark = pytest.mark.own_cluster  # the engine is stopped in the middle
CLAIMS = (
    ("what Argo CD has applied does not drift", "test_what_the_engine_applied_does_not_drift"),
    ("a field that Argo CD set, and that no source asks for now, drifts", "test_what_the_engine_once_set_drifts"),
)


@pytest.fixture(scope="module")
def argo(start_cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ArgoCd]:
    """The sample, brought to a cluster by Argo CD, which then stops."""
    cluster = start_cluster(extras="kueue,argocd", nodes=sample.WORKERS)
    address = f"{cluster.facts['git_url']}/platform.git"
    repository = Repository(tmp_path_factory.mktemp("platform"), cluster.folder / "git/platform.git", address)
    with Client(cluster.kubeconfig) as client:
        secrets = [one for one in definitions.pinned() if one["spec"]["group"] == "external-secrets.io"]
        definitions.install(cluster, client, secrets)
        argo = ArgoCd(cluster.folder, client, repository)
        revision = argo.publish("the platform")
        cluster.apply("-f", repository.work / "output/ack/bootstrap.yaml")
        expected = {"cubec", "cubec-platform", "cubec-upkeep", "group-dev1", "group-dev2"}
        argo.live("the sample", lambda: argo.synced(revision, *expected), 180)
        argo.stop_controller()
        yield argo


def test_what_the_engine_applied_does_not_drift(argo: ArgoCd):
    """Applied by the engine under its own name, and marked by it: nothing differs but the address that these tests change."""
    result = whole.drift(argo.repository.work, kubeconfig(argo), "--other-server", "--format", "json")

    fields = {json.dumps(field["path"]) for one in json.loads(result.stdout)["objects"] for field in one["fields"]}
    assert {one["kind"] for one in json.loads(result.stdout)["objects"]} == {"AppProject", "Application"}
    assert fields == {'["spec", "source", "repoURL"]', '["spec", "sourceRepos"]'}


def test_what_the_engine_once_set_drifts(argo: ArgoCd):
    """A limit taken out of the sources is still held by the cluster until the engine takes it away: drift says so."""
    argo.repository.change("tenants/groups/dev2.yaml", "      quota:\n        cpu: 8\n", "      quota:\n")

    result = whole.drift(argo.repository.work, kubeconfig(argo), "--other-server", "--format", "json")

    fields = {one["kind"]: one["fields"] for one in json.loads(result.stdout)["objects"] if "App" not in one["kind"]}
    assert result.returncode == status.NO
    assert fields["ResourceQuota"] == [{"path": ["spec", "hard", "requests.cpu"], "sealed": False, "live": "8"}]
    assert fields.keys() == {"ResourceQuota", "ClusterQueue"}


def kubeconfig(argo: ArgoCd) -> Path:
    return argo.folder / "kubeconfig"
