"""The suite on a cluster that is somebody else's: it runs, it says what it left out, and afterwards all is as it was."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.cluster.client import Client
from tests.cluster.leftovers import Leftovers
from tests.cluster.pods import named, workload
from tests.cluster.renaming import PREFIX, Renaming
from tests.cluster.upstream import Upstream

pytestmark = pytest.mark.own_cluster
CLAIMS = (
    ("`--kubeconfig`: a module of the suite holds on a cluster that is in use", "test_the_suite_runs"),
    ("`--kubeconfig`: what cannot be proven there is named, with the reason", "test_it_says_what_it_left_out"),
    ("`--kubeconfig`: what was there is untouched, and nothing of the tests is left", "test_all_is_as_it_was"),
    ("`--kubeconfig`: where something has the prefix, nothing runs", "test_a_prefix_in_use_is_refused"),
)
ROOT = Path(__file__).parents[2]
SELECTION = "test_beyond or test_defaults or added_up"
THEIRS = (  # another platform of ours among it, whose names are those of the tests
    named("Namespace", "dev1"),
    named("Namespace", "shop"),
    named("ConfigMap", "settings", "shop", data={"a": "b"}),
    workload("Deployment", "web", "shop", replicas=2),
    named("ConfigMap", "settings", "dev1", data={"a": "b"}),
    named("PriorityClass", "normal", version="scheduling.k8s.io/v1", value=7),
    named("ClusterRole", "cubec:developer", version="rbac.authorization.k8s.io/v1", rules=[]),
)


@dataclass(frozen=True)
class Run:
    """A run of the suite on that cluster, and the cluster before and after."""

    kubeconfig: Path
    code: int
    said: str
    before: dict[str, str]
    after: dict[str, str]


def suite(kubeconfig: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/cluster/test_quota_live.py"]
    command += ["--kubeconfig", str(kubeconfig)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "COV_"))}
    return subprocess.run(
        [*command, *options], cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300
    )


def versions(kubeconfig: Path) -> dict[str, str]:
    """Every object of the cluster and its version, but for what changes by itself."""
    cluster, found = Leftovers(Upstream(kubeconfig), Renaming()), {}
    for collection, _ in cluster.collections():
        for item in cluster.items(collection):
            metadata = item["metadata"]
            path = f"{collection} {metadata.get('namespace', '')}/{metadata['name']}"
            found[path] = metadata["resourceVersion"]
    return {
        path: version
        for path, version in found.items()
        if not path.partition(" ")[0].endswith(("/leases", "/events", "/nodes"))
    }


@pytest.fixture(scope="module")
def theirs(cluster) -> Iterator[Client]:
    """A cluster with objects of somebody else's, at rest."""
    with Client(cluster.kubeconfig) as admin:
        for item in THEIRS:
            assert admin.apply(item).status < 400
        label = {"metadata": {"labels": {"cubec.io/group": "shop", "cubec.io/protected": "true"}}}
        admin.must("PATCH", "/api/v1/namespaces/shop", label, "application/merge-patch+json")
        web = admin.path(workload("Deployment", "web", "shop"))
        cluster.eventually(lambda: admin.get(web).get("status", {}).get("readyReplicas") == 2, "their work runs")
        yield admin


@pytest.fixture(scope="module")
def ran(cluster, theirs: Client) -> Run:
    before = versions(cluster.kubeconfig)
    done = suite(cluster.kubeconfig, "-k", SELECTION)
    return Run(cluster.kubeconfig, done.returncode, done.stdout + done.stderr, before, versions(cluster.kubeconfig))


def test_the_suite_runs(ran: Run):
    """The rows pass, against names that somebody else has there, too."""
    assert ran.code == 0, ran.said
    assert "proven 22x   what goes beyond is refused" in ran.said
    assert "proven 10x   containers that state nothing get the defaults, never cards" in ran.said


def test_it_says_what_it_left_out(ran: Run):
    """What needs nodes of the platform's pools is in the table, with the reason."""
    first, second = ran.said.partition("  left out")[2].splitlines()[:2]

    assert first.endswith("test_quota_live::test_running_pods_are_added_up")
    assert second.endswith("left out: its pods run on nodes of the platform's pools, which the cluster does not have")


def test_all_is_as_it_was(ran: Run):
    """No object has another version, none is gone, and none is new."""
    assert ran.after == ran.before
    assert not [path for path in ran.after if PREFIX in path]


def test_a_prefix_in_use_is_refused(cluster, theirs: Client, ran: Run):
    """One object with the prefix, and the run ends before it begins; the object is left alone."""
    item = named("ClusterRole", f"{PREFIX}theirs", version="rbac.authorization.k8s.io/v1", rules=[])
    assert theirs.apply(item).status < 400

    refused = suite(cluster.kubeconfig)

    assert refused.returncode == 5
    assert f"the cluster has objects whose names begin with '{PREFIX}'" in refused.stdout + refused.stderr
    assert theirs.ask("GET", theirs.path(item)).status == 200
    assert theirs.remove(item)
    assert versions(cluster.kubeconfig) == ran.before


def test_no_file_is_an_error():
    """A kubeconfig that is not there is said, and nothing runs."""
    done = suite(Path("/nowhere/kubeconfig"))

    assert done.returncode == 5
    assert "'/nowhere/kubeconfig' is no file" in done.stdout + done.stderr
