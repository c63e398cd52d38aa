"""What a real Prometheus answers about pods that ended hours ago."""

import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cubec.upkeep import right_sizing
from cubec.upkeep.prometheus import Prometheus, Usage
from cubec.upkeep.web import WebError
from tests.unit.upkeep.test_right_sizing import TOLD, Shelf, pod

pytestmark = pytest.mark.tools
ROOT = Path(__file__).parents[2]
ENDED = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=5)
EVERY = 30  # seconds between samples
CPU, MEMORY = "container_cpu_usage_seconds_total", "container_memory_working_set_bytes"
Level = Callable[[int], float]  # by seconds before the end


@dataclass(frozen=True)
class Container:
    """One container as cAdvisor tells of it: cores and GiB by the seconds before the end of its pod."""

    pod: str
    cores: Level
    memory: Level
    name: str = "main"
    namespace: str = "dev1"
    instance: str = "a"
    first: int = 7200
    last: int = 0


def flat(level: float, *, peak: float = 0, at: tuple[int, int] = (0, 0)) -> Level:
    """A level, and another one between two moments before the end."""
    return lambda before: peak if at[0] >= before > at[1] else level


CONTAINERS = (
    Container("steady", flat(2, peak=3, at=(3600, 3000)), flat(4, peak=6, at=(1800, 1770))),
    Container("steady", flat(0.5), flat(1), name="sidecar"),
    Container("steady", flat(900), flat(900), name=""),
    Container("steady", flat(900), flat(900), name="POD"),
    Container("steady", flat(50), flat(50), namespace="dev2"),
    Container("steadying", flat(70), flat(70)),
    Container("restarted", flat(3), flat(5), last=3600),
    Container("restarted", flat(2), flat(8), first=3570, instance="b"),
    Container("long", flat(1, peak=9, at=(100_000, 99_700)), flat(1, peak=20, at=(50_000, 49_970)), first=200_000),
    Container("absent", flat(2), flat(float("nan"))),
    Container("idle", flat(0), flat(1)),
    Container("later", flat(2, peak=9, at=(-600, -1200)), flat(4, peak=9, at=(-600, -1200)), last=-1500),
)


def samples() -> Iterator[str]:
    """All of it in the text format that promtool reads: a metric's series after each other."""
    end = int(ENDED.timestamp())
    for metric, kind in ((CPU, "counter"), (MEMORY, "gauge")):
        yield f"# TYPE {metric.removesuffix('_total')} {kind}"
        for one in CONTAINERS:
            labels = f'namespace="{one.namespace}",pod="{one.pod}",container="{one.name}",id="/{one.instance}"'
            total = 0.0
            for before in range(one.first, one.last - 1, -EVERY):
                total += one.cores(before) * EVERY
                value = total if metric == CPU else one.memory(before) * 2**30
                yield f"{metric}{{{labels}}} {value:.9g} {end - before}"
    yield "# EOF\n"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that holds the samples, on the loopback address."""
    programs = Path(subprocess.run([ROOT / "ci/prometheus"], check=True, capture_output=True, text=True).stdout.strip())
    folder = tmp_path_factory.mktemp("prometheus")
    (folder / "samples").write_text("\n".join(samples()))
    (folder / "prometheus.yml").write_text("{}\n")
    create = [programs / "promtool", "tsdb", "create-blocks-from", "openmetrics", "samples", "data"]
    subprocess.run(create, cwd=folder, check=True, capture_output=True)
    listen = f"127.0.0.1:{free_port()}"
    serve = [programs / "prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data"]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen([*serve, f"--web.listen-address={listen}"], cwd=folder, stdout=log, stderr=log)
    try:
        wait(f"http://{listen}/-/ready", server, folder / "log")
        yield f"http://{listen}"
    finally:
        server.terminate()
        server.wait(20)


def wait(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(300):
        assert server.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(log.read_text())


def peak(address: str, name: str, hours: float = 2, namespace: str = "dev1") -> Usage | None:
    return Prometheus(address).peak(namespace, name, ENDED - timedelta(hours=hours), ENDED)


def close(found: Usage | None, cpu: float, memory: float) -> bool:
    return found is not None and found.cpu == pytest.approx(cpu, rel=0.02) and found.memory == pytest.approx(memory)


def test_the_highest_use(address: str):
    """The containers of one pod together, at their highest; no other pod of a similar name, and no other namespace's."""
    assert close(peak(address, "steady"), 3.5, 7)
    assert close(peak(address, "steady", namespace="dev2"), 50, 50)


def test_a_container_that_was_started_again(address: str):
    """It is one container, which used what the larger of its lives did, and not both together."""
    assert close(peak(address, "restarted"), 3, 8)


def test_a_short_peak_of_a_long_run(address: str):
    """Five minutes of more cpu and a single sample of more memory in two and a half days are found."""
    found = peak(address, "long", 200_000 / 3600)

    assert found
    assert found.memory == pytest.approx(20)
    assert found.cpu > 6  # a mean over windows that grow with the run


def test_only_the_run_counts(address: str):
    """What a pod of the same name used after the end is another run's."""
    assert close(peak(address, "later"), 2, 4)


@pytest.mark.parametrize("name", ["nobody", "absent", "idle"])
def test_nothing_to_go_by(address: str, name: str):
    """A pod that Prometheus never saw, one whose memory is no number, and one that used no cpu: no run to learn from."""
    assert peak(address, name) is None


def test_a_query_that_it_refuses(address: str):
    """A query that is none is answered with an error, which is ours then."""
    with pytest.raises(WebError, match="status 400"):
        Prometheus(address)._number("sum(", ENDED)


def test_from_pods_to_a_change(address: str, monkeypatch: pytest.MonkeyPatch):
    """Ten pods of a template that ran in these hours give a report with its change; a second run asks about nothing."""
    now = ENDED + timedelta(minutes=30)

    def run(n: int) -> Any:
        made = pod(f"run-{n}", 0)
        made["metadata"]["name"] = ("steady", "restarted")[n % 2]
        terminated = {"state": {"terminated": {"finishedAt": f"{ENDED:%Y-%m-%dT%H:%M:%SZ}"}}}
        began = f"{ENDED - timedelta(hours=2):%Y-%m-%dT%H:%M:%SZ}"
        made["status"] |= {"startTime": began, "containerStatuses": [terminated]}
        return made

    told = {**TOLD, "prometheus": address}
    pods = [run(n) for n in range(10)]
    first = right_sizing.plan(told, right_sizing.observe(Shelf(*pods), told), now)  # type: ignore[arg-type]
    (action,) = first.actions
    assert action.body

    assert "cpu: 7\n    memory: 14Gi\n" in action.body["data"]["report.yaml"]
    kept = {"metadata": {"resourceVersion": "1"}, "data": action.body["data"]}
    monkeypatch.setattr(Prometheus, "peak", None)
    again = right_sizing.observe(Shelf(*pods, record=kept), told)  # type: ignore[arg-type]
    assert right_sizing.plan(told, again, now).actions == ()
