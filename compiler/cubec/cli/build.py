"""``cubec build``."""

import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from cubec import pipeline
from cubec.cli import options, progress, status, workspace
from cubec.report import text
from cubec.report.built import Tally, summary
from cubec.writer import disk
from cubec.writer.changes import Changes, compare


@click.command("build")
@options.root()
@options.as_of()
@options.report_format()
@click.option(
    "--check", "only_check", is_flag=True, help="Write nothing; exit with 4 if output/ is not what a build would make."
)
@options.output()
def command(root: Path | None, as_of: date | None, form: str, only_check: bool, folder: str) -> int:
    """Check, then write output/: all of it or, if anything is wrong, nothing.

    Exit status: 0 written, or current, 1 the tree has errors, 4 with --check: not current, 5 the folder cannot be written.
    """
    began = time.perf_counter()
    with progress.showing("reading and checking"):
        work = workspace.read(root, as_of)
    options.report(work.analysis.diagnostics, work.files, form)
    model = work.analysis.model
    if model is None or work.analysis.failed:
        if form == "text":
            click.echo(text.summary(work.analysis.diagnostics, len(work.files), written=False), err=True)
        return status.INPUT
    output = work.root / folder
    if only_check:
        with progress.showing("comparing"):
            changes = compare(disk.read(output), pipeline.emit(model))
        return _stale(changes, folder)
    with disk.lock(work.root), progress.showing("compiling and writing"):
        tally = Tally()
        changes = disk.write(work.root, output, tally.through(pipeline.emit(model)))
    if form == "text":
        click.echo(
            summary(
                sources=len(work.files),
                model=model,
                objects=tally.objects,
                changes=changes,
                folder=folder,
                seconds=time.perf_counter() - began,
            )
        )
    return status.CLEAN


def _stale(changes: Changes, folder: str) -> int:
    if not changes:
        click.echo(f"{folder}/ is what these sources make")
        return status.CLEAN
    for word, paths in (("missing", changes.added), ("different", changes.changed), ("left over", changes.removed)):
        _list(word, paths, folder)
    click.echo(f"{folder}/ is not what these sources make: run cubec build, and commit what it writes", err=True)
    return status.STALE


def _list(word: str, paths: Sequence[str], folder: str) -> None:
    for path in paths:
        click.echo(f"{word}: {folder}/{path}", err=True)
