"""``cubec reconcile``: the upkeep job."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from cubec.cli import status

_NAMESPACE = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
_TASKS = ("nodes",)


@click.command("reconcile")
@click.argument("task", type=click.Choice(_TASKS))
@click.option("--apply", "really", is_flag=True, help="Do it; without this the task only says what it would do.")
@click.option(
    "--kubeconfig", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Default: the pod's own account."
)
@click.option("--namespace", help="Where the desired state lies. Default: the pod's own namespace, else cubec-system.")
def command(task: str, really: bool, kubeconfig: Path | None, namespace: str | None) -> int:
    """Bring the cluster to what the compiler wrote down for one upkeep task, or say what that would take."""
    from cubec import cluster, upkeep
    from cubec.upkeep import job

    server = cluster.from_kubeconfig(kubeconfig) if kubeconfig else cluster.from_pod()
    where = namespace or (_NAMESPACE.read_text().strip() if _NAMESPACE.exists() else "cubec-system")
    now = datetime.now(UTC)

    def log(entry: dict[str, Any]) -> None:
        click.echo(json.dumps({"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "task": task, **entry}))

    outcome = job.run(server, upkeep.TASKS[task], namespace=where, now=now, really=really, log=log)
    log(
        {
            "level": "info",
            "text": "done",
            "planned": outcome.planned,
            "done": outcome.done,
            "outrun": outcome.outrun,
            "failed": outcome.failed,
        }
    )
    return status.ENVIRONMENT if outcome.failed else status.CLEAN
