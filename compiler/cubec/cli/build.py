"""``cubec build``."""

import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cubec.cli import options, progress, status, workspace
from cubec.writer import memory

if TYPE_CHECKING:
    from cubec.model.model import Model
    from cubec.writer.changes import Changes

_MANY = 1000  # changed files, after which looking at all of them once more would be felt; the next build does so


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
    given = workspace.sources(root, as_of)
    alone = not only_check and not given.problems  # the output goes by the files alone, and may be remembered
    asked = memory.asked(given.files.items(), folder, given.day.isoformat()) if alone else ""
    known = memory.recall(given.root, given.root / folder, asked) if asked else None
    if known is not None:
        options.report(known.diagnostics, given.files, form)
        _say(known.summary, folder, began, form)
        return status.CLEAN
    with progress.showing("reading and checking"):
        work = workspace.analysed(given)
    options.report(work.analysis.diagnostics, work.files, form)
    model = work.analysis.model
    if model is None or work.analysis.failed:
        if form == "text":
            from cubec.report import text

            click.echo(text.summary(work.analysis.diagnostics, len(work.files), written=False), err=True)
        return status.INPUT
    if only_check:
        return _checked(work, model, folder)
    said = _written(work, model, folder, asked)
    _say(said, folder, began, form)
    return status.CLEAN


def _say(summary: str, folder: str, began: float, form: str) -> None:
    if form == "text":
        click.echo(f"{summary}\n{folder}/ is up to date in {time.perf_counter() - began:.2f} s")


def _written(work: workspace.Workspace, model: "Model", folder: str, asked: str) -> str:
    """Write the output, remember it under the name ``asked`` if that is not empty, and say what was made and changed."""
    from cubec import pipeline
    from cubec.report.built import Tally, summary
    from cubec.writer import disk
    from cubec.writer.changes import NONE

    output = work.root / folder
    with disk.lock(work.root), progress.showing("compiling and writing"):
        tally = Tally()
        changes = disk.write(work.root, output, tally.through(pipeline.emit(model)))
        written = time.time_ns()
        if asked and len(changes.paths) < _MANY:
            unchanged = summary(len(work.files), model, tally.objects, NONE)
            memory.remember(work.root, output, asked, memory.Known(work.analysis.diagnostics, unchanged), written)
    return summary(len(work.files), model, tally.objects, changes)


def _checked(work: workspace.Workspace, model: "Model", folder: str) -> int:
    from cubec import pipeline
    from cubec.writer import disk
    from cubec.writer.changes import compare

    with progress.showing("comparing"):
        changes = compare(disk.read(work.root / folder), pipeline.emit(model))
    return _stale(changes, folder)


def _stale(changes: "Changes", folder: str) -> int:
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
