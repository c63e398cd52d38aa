"""``cubec report``."""

from datetime import date
from pathlib import Path

import click

from cubec.cli import options, progress, status, workspace
from cubec.writer import whole


@click.command("report")
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write. Default: standard output.",
)
@options.root()
@options.as_of()
def command(target: Path | None, root: Path | None, as_of: date | None) -> int:
    """Show the whole platform as one HTML page: pools, access, volumes, what ends, and each group.

    The page loads nothing and needs no server: open it, print it, or send it.

    Exit status: 0 written, 1 the tree has errors.
    """
    with progress.showing("reading and checking"):
        work = workspace.read(root, as_of)
    model = work.analysis.model
    if model is None or work.analysis.failed:
        from cubec.report import text

        options.report(work.analysis.diagnostics, work.files, "text")
        summary = text.summary(work.analysis.diagnostics, len(work.files), written=True)
        click.echo(f"{summary} There is no report of it.", err=True)
        return status.INPUT
    from cubec.report.page import report

    with progress.showing("writing"):
        page = report.html(model)
        if target is not None:
            _write(target, page)
    if target is None:
        click.echo(page, nl=False)
    return status.CLEAN


def _write(target: Path, page: str) -> None:
    """Whole or not at all, where the target is a file: a page that was sent around must not end in the middle."""
    if target.exists() and not target.is_file():
        target.write_text(page, encoding="utf-8")
        return
    try:
        with whole.replacing(target.resolve()) as file:
            file.write(page.encode())
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from error
