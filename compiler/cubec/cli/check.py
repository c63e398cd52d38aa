"""``cubec check``."""

from datetime import date
from pathlib import Path

import click

from cubec.cli import options, progress, status, workspace
from cubec.diagnostics import has_errors


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@options.root()
@options.as_of()
@options.report_format()
def command(paths: tuple[Path, ...], root: Path | None, as_of: date | None, form: str) -> int:
    """Check everything that can be known offline, in all files at once.

    With PATHs, report only what concerns files at or below them; the others are read all the same.

    Exit status: 0 no errors, 1 the tree has errors; warnings do not count.
    """
    from cubec.report import text

    with progress.showing("reading and checking"):
        work = workspace.read(root, as_of)
    items = workspace.within(work.analysis.diagnostics, work.root, paths)
    options.report(items, work.files, form)
    if form == "text":
        click.echo(text.summary(items, len(work.files), written=True), err=True)
    return status.INPUT if has_errors(items) else status.CLEAN
