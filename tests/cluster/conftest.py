"""Live clusters for the tests of this folder: real Kubernetes as processes, one cluster for each test module that asks."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest

HERE = Path(__file__).parent
COMMANDS = HERE.parents[1] / "ci/cluster"


class CommandError(Exception):
    """kubectl, or a command of ci/cluster, failed; the message is what it said."""


def run(command: list[object], documents: str | None = None) -> str:
    arguments = [str(part) for part in command]
    done = subprocess.run(arguments, input=documents, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CommandError(done.stderr.strip() or done.stdout.strip())
    return done.stdout


@dataclass(frozen=True)
class LiveCluster:
    """A running cluster, used through kubectl."""

    folder: Path
    Refused: ClassVar = CommandError  # what the methods raise; for pytest.raises(cluster.Refused, match=...)

    @property
    def kubeconfig(self) -> Path:
        return self.folder / "kubeconfig"

    @property
    def facts(self) -> dict[str, Any]:
        """What `up` wrote down: server, emulate, extras, git_url (repositories of the folder git/, with Argo CD)."""
        return json.loads((self.folder / "cluster.json").read_text())

    def kubectl(self, *arguments: object, documents: str | None = None) -> str:
        """Run kubectl; CommandError carries the API server's words. `documents` go to its standard input."""
        beside = Path(sys.executable).with_name("kubectl")
        command = beside if beside.exists() else "kubectl"
        return run([command, "--kubeconfig", self.kubeconfig, *arguments], documents)

    def apply(self, *arguments: object, documents: str | None = None) -> str:
        """Apply on the server and strictly, as a GitOps engine would: `apply("-f", path)` or `apply(documents=text)`."""
        source = ("-f", "-") if documents is not None else ()
        flags = ("--server-side", "--field-manager=cubec", "--force-conflicts", "--validate=strict")
        return self.kubectl("apply", *flags, *source, *arguments, documents=documents)

    def get(self, *arguments: object) -> Any:
        return json.loads(self.kubectl("get", *arguments, "-o", "json"))

    def down(self) -> None:
        """Take it down before the module ends: for modules that need clusters one after the other."""
        run([sys.executable, COMMANDS / "down", self.folder])

    def eventually(self, holds: Callable[[], Any], what: str, seconds: float = 30) -> Any:
        """Wait until something is true, and return it; what the API server refuses counts as not yet."""
        deadline = time.monotonic() + seconds
        while True:
            said: object = "not so"
            try:
                if found := holds():
                    return found
            except CommandError as error:
                said = error
            if time.monotonic() > deadline:
                pytest.fail(f"{what}: {said} after {seconds:g} s")
            time.sleep(0.1)


@pytest.fixture(scope="module")
def start_cluster(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Start clusters: `start_cluster(extras="kueue", emulate="1.34", nodes=[{"name": "a"}])`, every argument optional.

    They are taken down after the module's last test; if one of its tests failed, the logs stay and their place is named.
    """
    started: list[LiveCluster] = []
    failed_before = request.session.testsfailed

    def start(*, extras: str = "", emulate: str = "", nodes: list[dict[str, Any]] | None = None) -> LiveCluster:
        folder = tmp_path_factory.mktemp("cluster")
        options: list[object] = ["--dir", folder, "--with", extras]
        options += ["--emulate", emulate] if emulate else []
        if nodes is not None:
            shape = folder.with_name(f"{folder.name}-nodes.yaml")
            shape.write_text(json.dumps(nodes))  # JSON is YAML
            options += ["--nodes", shape]
        try:
            run([sys.executable, COMMANDS / "up", *options])
        except CommandError as error:
            pytest.fail(f"no cluster: {error}", pytrace=False)
        started.append(LiveCluster(folder))
        return started[-1]

    yield start
    failed = request.session.testsfailed > failed_before
    for cluster in started:
        if not cluster.folder.exists():
            continue
        run([sys.executable, COMMANDS / "down", cluster.folder, *(["--keep-logs"] if failed else [])])
        if failed:
            sys.stderr.write(f"\nlogs of the cluster: {cluster.folder / 'log'}\n")


@pytest.fixture(scope="module")
def cluster(start_cluster: Callable[..., LiveCluster]) -> LiveCluster:
    """Three workers with four cores, 30 GiB and one GPU each."""
    return start_cluster()


@pytest.fixture(scope="module")
def kueue_cluster(start_cluster: Callable[..., LiveCluster]) -> LiveCluster:
    """The same with Kueue, which manages jobs and pods of namespaces that have the label cubec.io/group."""
    return start_cluster(extras="kueue")


@pytest.fixture(scope="module")
def argocd_cluster(start_cluster: Callable[..., LiveCluster]) -> LiveCluster:
    """The same with Argo CD, which reads the bare repositories that a test makes below the cluster's folder git/."""
    return start_cluster(extras="argocd")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder needs the test cluster, and says so by its marker."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.cluster)
