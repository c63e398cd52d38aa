"""``cubec drift``."""

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cubec import pipeline
from cubec.cli import live, options, progress, status, workspace
from cubec.writer import disk
from cubec.writer.changes import compare

if TYPE_CHECKING:
    from cubec.drift.drift import Drift
    from cubec.model.model import Model


@click.command("drift")
@click.option("--cluster", "name", required=True, metavar="NAME", help="The Cluster document of the live cluster.")
@live.kubeconfig()
@live.context()
@live.other_server()
@options.root()
@options.as_of()
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", help="How it is printed.")
@options.output()
def command(
    *,
    name: str,
    file: Path | None,
    context: str | None,
    other_server: bool,
    root: Path | None,
    as_of: date | None,
    form: str,
    folder: str,
) -> int:
    """Compare a live cluster with what the sources make: what is missing, what differs, and what is left over.

    It reads, and asks the server what applying would change; it changes nothing.

    Exit status: 0 no drift, 1 the tree has errors, 5 the cluster cannot be read, 6 there is drift.
    """
    from cubec.cluster import from_kubeconfig
    from cubec.drift.live import OtherClusterError
    from cubec.drift.live import compare as compare_live

    work, model = workspace.sound(root, as_of, form)
    site = live.site(model.sites, name)
    cluster = from_kubeconfig(file, context)
    live.check_server(cluster.server, site.cluster.server, name, consent=other_server)
    try:
        with progress.showing("comparing"):
            found = compare_live(cluster, site, pipeline.objects_of(model, name))
    except OtherClusterError as error:
        raise click.UsageError(str(error)) from error
    _print(found, _stale(work.root, folder, model), form)
    return status.CLEAN if found.clean else status.NO


def _stale(root: Path, folder: str, model: "Model") -> str:
    """Engines apply what is committed, so whoever reads about drift has to know where that is not what was compared."""
    try:
        stale = bool(compare(disk.read(root / folder), pipeline.emit(model)))
    except disk.DiskError:
        stale = True
    return f"{folder}/ is not what these sources make, which is what was compared" if stale else ""


def _print(found: "Drift", stale: str, form: str) -> None:
    from cubec.report import drift

    notes = [*([stale] if stale else []), *found.notes]
    if form == "json":
        click.echo(drift.as_json(found, notes), nl=False)
    else:
        click.echo(drift.text(found, notes, colour=options.colour(sys.stdout)), nl=False)
