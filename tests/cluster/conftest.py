"""Live clusters for the tests of this folder: real Kubernetes as processes, one cluster for each test module that asks.

With ``--kubeconfig FILE`` it is the cluster of that file, for one module after the other, in namespaces with a prefix. Only
the option does that: the variable KUBECONFIG is what people have in their shells for other work, and is not looked at.
"""

import importlib
import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.cluster import table
from tests.cluster.live import COMMANDS, CommandError, LiveCluster, run
from tests.cluster.renaming import FORM, PREFIX, Renaming

if TYPE_CHECKING:
    from tests.cluster.foreign import Foreign

HERE = Path(__file__).parent
FOREIGN = pytest.StashKey["Foreign | None"]()
NEEDS = {  # markers of tests, and why those are left out on a cluster that was not started for them
    "own_nodes": "its pods run on nodes of the platform's pools, which the cluster does not have",
    "own_kinds": "it adds definitions of kinds to the cluster",
    "own_server": "it changes by what the API server knows people",
    "own_cluster": "it needs a cluster that has nothing else on it",
}


TRIED = {  # modules that have been run on a cluster of somebody else's
    *("test_acceptance", "test_admission_around_live", "test_admission_before_1_36_live", "test_admission_live"),
    *("test_any_cluster", "test_argocd_live", "test_claims", "test_door", "test_flux_standin", "test_identity_live"),
    *("test_queues_live", "test_quota_live", "test_rbac_live", "test_scenario_live"),
}
UNTRIED = "nobody has tried it on a cluster of somebody else's"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("cluster", "live clusters")
    group.addoption("--kubeconfig", type=Path, metavar="FILE", help="run tests/cluster on the cluster of this file")
    group.addoption("--prefix", default=PREFIX, help=f"of every name on that cluster (default: {PREFIX})")
    group.addoption("--git", default="", metavar="URL", help="an empty repository that Flux on that cluster can read")
    group.addoption(
        "--namespace-label",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="that every namespace of the tests gets there: what Kueue wants of namespaces that it looks after",
    )


def pytest_configure(config: pytest.Config) -> None:
    for name, why in NEEDS.items():
        config.addinivalue_line("markers", f"{name}: left out with --kubeconfig: {why}")
    config.stash[FOREIGN] = None
    file = config.getoption("--kubeconfig", None)  # None, too, where this file is read late
    if not file:
        return
    if config.getoption("numprocesses", None) or hasattr(config, "workerinput"):
        raise pytest.UsageError("--kubeconfig: one process alone can use one prefix on one cluster: leave -n out")
    prefix = config.getoption("--prefix")
    if not FORM.fullmatch(prefix):
        raise pytest.UsageError(
            f"--prefix: {prefix!r} is not like {PREFIX!r}: at most 20 letters, digits and -, - last"
        )
    labels = [tuple(one.split("=", 1)) for one in config.getoption("--namespace-label")]
    if any(len(one) != 2 for one in labels):
        raise pytest.UsageError("--namespace-label: say KEY=VALUE")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # an exception, so that nothing is left behind
    foreign = importlib.import_module("tests.cluster.foreign")  # it needs the compiler, which a conftest should not
    config.stash[FOREIGN] = foreign.reach(file, Renaming(prefix, labels=tuple(labels)), config.getoption("--git"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Every test of this folder needs the test cluster, and says so by its marker."""
    for item in items:
        if HERE not in item.path.parents:
            continue
        item.add_marker(pytest.mark.cluster)
        reasons = [why for name, why in NEEDS.items() if item.get_closest_marker(name)]
        reasons += [] if item.path.stem in TRIED else [UNTRIED]
        if config.stash[FOREIGN] and reasons:
            item.add_marker(pytest.mark.skip(reason=reasons[0]))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say which claims the run has proven, on what, and what it left out."""
    for line in table.lines(terminalreporter.stats, config.stash[FOREIGN]):
        terminalreporter.write_line(line)


@pytest.fixture(scope="module")
def start_cluster(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Start clusters: `start_cluster(extras="kueue", emulate="1.34", nodes=[{"name": "a"}])`, every argument optional.

    ``beside`` names extras that a cluster of our own gets, and that a module can do without on another one; ``engine`` the
    namespace of an engine that another cluster must have, and that a cluster of our own does without.

    They are taken down after the module's last test; if one of its tests failed, the logs stay and their place is named.
    """
    foreign = request.config.stash[FOREIGN]
    if foreign:
        yield from _enter(foreign, tmp_path_factory)
        return
    started: list[LiveCluster] = []
    failed_before = request.session.testsfailed

    def start(
        *,
        extras: str = "",
        beside: str = "",
        emulate: str = "",
        engine: str = "",
        nodes: list[dict[str, Any]] | None = None,
    ) -> LiveCluster:
        del engine
        folder = tmp_path_factory.mktemp("cluster")
        options: list[object] = ["--dir", folder, "--with", extras or beside]
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


def _enter(foreign: "Foreign", folders: pytest.TempPathFactory) -> Iterator[Any]:
    """The same for a cluster that is there: as it is, or not at all."""
    with ExitStack() as entered:

        def start(*, extras: str = "", emulate: str = "", engine: str = "", **_: Any) -> LiveCluster:
            if lacking := foreign.lacks(extras, emulate, engine):
                pytest.skip(lacking)
            entered.close()  # one at a time: they would have the same names
            return entered.enter_context(foreign.entered(folders.mktemp("cluster"), engine))

        yield start


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
