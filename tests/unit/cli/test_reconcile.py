"""``cubec reconcile``: its log, its statuses, its metrics, and how it finds the cluster."""

import contextlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kubernetes.client import Configuration
from kubernetes.config import incluster_config
from tests.upkeep import runs
from tests.upkeep.test_nodes import POOLS, Site

from cubec import cli
from cubec.cli import reconcile
from cubec.cluster import Cluster, from_kubeconfig, from_pod
from cubec.upkeep import TASKS

Command = Callable[..., tuple[int, list[dict[str, Any]]]]


@pytest.fixture
def site() -> Site:
    made = Site(runs.world("nodes", seed=1))
    made.add("n2")
    made.world.tell({"pools": [POOLS[1]]})
    return made


@pytest.fixture
def command(site: Site, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command, whose requests reach the server in memory."""
    configuration = Configuration()
    configuration.host = "http://twin"
    cluster = Cluster(configuration, pause=lambda _: None, clock=lambda: site.world.twin.now)
    cluster._wire.pool = site.world.wire
    monkeypatch.setattr(reconcile, "_server", lambda _: cluster)
    monkeypatch.setattr(reconcile, "_AT_MOST", reconcile._AT_MOST * 10**6)

    def run(*arguments: str) -> tuple[int, list[dict[str, Any]]]:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            status = cli.main(["reconcile", *arguments])
        return status, [json.loads(line) for line in out.getvalue().splitlines()]

    return run


def test_a_log_line_is_one_object(site: Site, command: Command):
    """Each line says when, which task, how grave, and what; control characters in names cannot break it."""
    site.declared = [{**POOLS[1], "name": "b\x1b[31m\u2028"}]
    site.world.tell({"pools": site.declared})
    status, log = command("nodes")

    assert status == 0
    assert all({"time", "task", "level", "text"} <= one.keys() for one in log)
    assert log[0]["text"] == "is declared in pool b\x1b[31m\u2028, and not in the cluster"
    assert log[-1] | {"time": ""} == {
        "time": "",
        "task": "nodes",
        "level": "info",
        "text": "done",
        "dryRun": True,
        "planned": 2,
        "done": 0,
        "outrun": 0,
        "failed": 0,
        "left": 0,
    }


def test_it_applies_when_told(site: Site, command: Command):
    """``--apply`` does it; then there is nothing to do."""
    assert command("nodes", "--apply")[1][-1]["done"] == 2
    assert command("nodes", "--apply")[1][-1]["planned"] == 0


def test_failures_are_status_5(site: Site, command: Command):
    """A refusal, and a run that could not begin, which the log says."""
    site.world.twin.allow = lambda verb, _: verb != "patch"
    status, log = command("nodes", "--apply")
    assert (status, log[-1]["failed"]) == (5, 2)
    site.world.tell("{")
    status, log = command("nodes")
    assert (status, log[-1]["level"]) == (5, "error")
    assert "nothing was done" in log[-1]["text"]


def test_metrics_are_written_whole(site: Site, command: Command, tmp_path: Path):
    """Of runs that went well and of runs that could not begin, and nothing else is left beside them."""
    file = tmp_path / "cubec.prom"
    command("nodes", "--apply", "--metrics", str(file))
    assert 'cubec_upkeep_success{task="nodes"} 1' in file.read_text()
    site.world.tell("{")
    command("nodes", "--metrics", str(file))

    assert 'cubec_upkeep_success{task="nodes"} 0' in file.read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["cubec.prom"]
    assert command("nodes", "--metrics", str(tmp_path / "none" / "x"))[0] == 5


def test_told_to_end(site: Site, command: Command, capsys: pytest.CaptureFixture[str]):
    """SIGTERM is an exit in the middle of a request: the log says so, and the status is that of the signal."""
    site.world.wire.rate = 1e-9

    def end() -> None:
        raise SystemExit(143)

    site.world.wire.meanwhile = end
    site.world.wire.random = _Now()
    out = io.StringIO()
    with contextlib.redirect_stdout(out), pytest.raises(SystemExit) as raised:
        cli.main(["reconcile", "nodes", "--apply"])

    assert raised.value.code == 143
    assert json.loads(out.getvalue().splitlines()[-1])["text"].startswith("told to end")


class _Now:
    def randint(self, low: int, high: int) -> int:
        return low

    def random(self) -> float:
        return 0.0


@pytest.mark.parametrize(
    ("task", "says"),
    [("node", 'did you mean "nodes"?'), ("pull-secrets", 'did you mean "pullSecrets"?'), ("zz", "there are ")],
)
def test_an_unknown_task_is_wrong_usage(task: str, says: str, capsys: pytest.CaptureFixture[str]):
    """With the near one, or all that there are; the command never begins."""
    assert cli.main(["reconcile", task]) == 2
    assert says in capsys.readouterr().err


def test_the_help_names_the_tasks(capsys: pytest.CaptureFixture[str]):
    """All that there are, and shells complete them."""
    assert cli.main(["reconcile", "--help"]) == 0
    assert f"Tasks: {', '.join(sorted(TASKS))}." in capsys.readouterr().out
    completed = reconcile.command.params[0].shell_complete(None, "n")
    assert [item.value for item in completed] == ["nodes", "notebooks"]


def test_outside_of_a_pod(capsys: pytest.CaptureFixture[str]):
    """Without a kubeconfig and without a pod's account there is no cluster: status 5, and why."""
    assert cli.main(["reconcile", "nodes"]) == 5
    assert "not in a pod" in capsys.readouterr().out


def test_the_pods_own_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Where the kubelet puts an account, the cluster is that of the pod."""
    for name, value in (("token", "canary"), ("ca.crt", "PEM")):
        (tmp_path / name).write_text(value)
    monkeypatch.setattr(incluster_config, "SERVICE_TOKEN_FILENAME", str(tmp_path / "token"))
    monkeypatch.setattr(incluster_config, "SERVICE_CERT_FILENAME", str(tmp_path / "ca.crt"))
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "443")

    assert from_pod().server == "https://10.0.0.1:443"


@pytest.mark.parametrize("text", ["{}", "users: [{token: canary", "[canary]", "clusters: canary"])
def test_a_kubeconfig_that_is_none(tmp_path: Path, text: str):
    """Its name is said, and nothing of what stands in it."""
    file = tmp_path / "config"
    file.write_text(text)

    with pytest.raises(OSError, match=f"kubeconfig {file}") as raised:
        from_kubeconfig(file)
    assert "canary" not in str(raised.value)
