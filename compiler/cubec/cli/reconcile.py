"""``cubec reconcile``: the upkeep job."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cubec.cli import status
from cubec.near import near_miss
from cubec.source.quoting import quoted
from cubec.writer import whole

if TYPE_CHECKING:
    from cubec.cluster import Cluster
    from cubec.upkeep.job import Outcome

_NAMESPACE = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
_AT_MOST = timedelta(minutes=9)  # the CronJob gives ten


@click.command("reconcile")
@click.argument("task", shell_complete=lambda _context, _parameter, begun: _tasks(begun))
@click.option("--apply", "really", is_flag=True, help="Do it; without this the task only says what it would do.")
@click.option(
    "--kubeconfig", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Default: the pod's own account."
)
@click.option(
    "--namespace",
    metavar="NAME",
    help="Where the desired state lies. Default: the pod's own namespace, else cubec-system.",
)
@click.option(
    "--metrics",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what came of it to this file, for Prometheus.",
)
def command(task: str, really: bool, kubeconfig: Path | None, namespace: str | None, metrics: Path | None) -> int:
    """Bring the cluster to what the compiler wrote down for one upkeep task, or say what that would take.

    Tasks: finished, nodes, notebooks, pullSecrets, rightSizing.

    Standard output is the log: one JSON object a line, the same whether it is done or only said.
    """
    from cubec import upkeep
    from cubec.upkeep import metrics as text

    if task not in upkeep.TASKS:
        near = near_miss(task, upkeep.TASKS)
        known = f'did you mean "{near}"?' if near else f"there are {', '.join(upkeep.TASKS)}"
        raise click.UsageError(f"unknown task {quoted(task)}; {known}")
    outcome = _run(task, really=really, kubeconfig=kubeconfig, namespace=namespace)
    if metrics:
        # a collector reads whenever it likes
        with whole.replacing(metrics) as file:
            file.write(text.text(task, outcome, really=really, now=_now()).encode())
    return status.CLEAN if outcome and outcome.clean else status.ENVIRONMENT


def _tasks(begun: str) -> list[str]:
    from cubec import upkeep

    return [name for name in upkeep.TASKS if name.startswith(begun)]


def _run(task: str, *, really: bool, kubeconfig: Path | None, namespace: str | None) -> "Outcome | None":
    """The run's outcome; None where it could not begin, which the log then says."""
    from cubec import upkeep
    from cubec.cluster import ClusterError
    from cubec.upkeep import job

    def log(entry: dict[str, Any]) -> None:
        click.echo(json.dumps({"time": _now().isoformat(timespec="milliseconds"), "task": task, **entry}))

    now = _now()
    try:
        server = _server(kubeconfig)
        server.stop_at(now + _AT_MOST)
        where = namespace or (_NAMESPACE.read_text().strip() if _NAMESPACE.exists() else "cubec-system")
        outcome = job.run(server, upkeep.TASKS[task], namespace=where, now=now, really=really, log=log)
    except ClusterError as error:
        log({"level": "error", "text": str(error)})
        return None
    except SystemExit:
        log({"level": "warning", "text": "told to end: what was not done is left to the next run"})
        raise
    log({"level": "info", "text": "done", "dryRun": not really, **_figures(outcome)})
    return outcome


def _server(kubeconfig: Path | None) -> "Cluster":
    from cubec import cluster

    return cluster.from_kubeconfig(kubeconfig, clock=_now) if kubeconfig else cluster.from_pod(clock=_now)


def _now() -> datetime:
    return datetime.now(UTC)


def _figures(outcome: "Outcome") -> dict[str, int]:
    return {name: getattr(outcome, name) for name in ("planned", "done", "outrun", "failed", "left")}
