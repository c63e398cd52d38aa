"""The platform that a command works on: found from any folder below its root, read, and analysed."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cubec.cli import options, status
from cubec.diagnostics import Diagnostic
from cubec.source.files import read_tenants
from cubec.source.quoting import quoted

if TYPE_CHECKING:
    from cubec.model.model import Model
    from cubec.pipeline import Analysis

TENANTS = "tenants"
_DATED = (b"expires", b"until")
_ANY_DAY = date(2000, 1, 1)  # no document holds a date, so every day is the same


@dataclass(frozen=True, slots=True)
class Sources:
    """What is written below ``tenants/``, the diagnostics of reading it, and the day on which it is judged."""

    root: Path
    files: Mapping[str, bytes]
    problems: Sequence[Diagnostic]
    day: date


@dataclass(frozen=True, slots=True)
class Workspace:
    root: Path
    files: Mapping[str, bytes]
    analysis: "Analysis"


def find_root(start: Path) -> Path:
    """The nearest folder, from ``start`` upwards, that holds ``tenants/``."""
    for folder in (start, *start.parents):
        if (folder / TENANTS).is_dir():
            return folder
    raise click.UsageError(
        f"no {TENANTS}/ folder in {start} or above it: run cubec in a platform's repository, name one with --root, "
        "or make one with cubec init"
    )


def read(root: Path | None, as_of: date | None) -> Workspace:
    """Read and analyse the platform at ``root``, or the one around the current folder."""
    return analysed(sources(root, as_of))


def sources(root: Path | None, as_of: date | None) -> Sources:
    """Read the platform at ``root``, or the one around the current folder."""
    found = find_root(Path.cwd() if root is None else root.absolute())
    items, problems = read_tenants(found)
    files = dict(items)
    return Sources(found, files, problems, day(found, files, as_of))


def analysed(given: Sources) -> Workspace:
    from cubec import pipeline  # a tenth of a second, which a build with nothing to do need not pay

    return Workspace(given.root, given.files, pipeline.analyse(given.files.items(), given.problems, given.day))


def sound(root: Path | None, as_of: date | None, form: str = "text") -> tuple[Workspace, "Model"]:
    """The platform and what it means; where it has errors they are reported, and the command ends."""
    work = read(root, as_of)
    model = work.analysis.model
    if model is None or work.analysis.failed:
        options.report(work.analysis.diagnostics, work.files, form)
        raise click.exceptions.Exit(status.INPUT)
    return work, model


def day(root: Path, files: Mapping[str, bytes], as_of: date | None) -> date:
    """The day that expiry is judged on: as given, else that of the last commit; an error where neither is known and it matters."""
    if as_of is not None:
        return as_of
    if not any(word in data for data in files.values() for word in _DATED):
        return _ANY_DAY
    from cubec import git  # imports subprocess, which most commands do without

    committed = git.commit_date(root, os.environ)
    if committed is None:
        raise click.UsageError(
            "some access ends on a date, and git log shows no commit to take the day from: say --as-of YYYY-MM-DD"
        )
    return committed


def within(diagnostics: Sequence[Diagnostic], root: Path, paths: Sequence[Path]) -> tuple[Diagnostic, ...]:
    """Those that speak of a file at or below one of ``paths``; all, where none are given."""
    if not paths:
        return tuple(diagnostics)
    wanted = [_below(path, root) for path in paths]

    def speaks_of(place: str) -> bool:
        return any(prefix in {"", place} or place.startswith(f"{prefix}/") for prefix in wanted)

    return tuple(
        item
        for item in diagnostics
        if speaks_of(item.position.path) or any(speaks_of(note.position.path) for note in item.related)
    )


def _below(path: Path, root: Path) -> str:
    """A path as diagnostics write it, empty for all; a usage error where nothing is checked, which must not look clean."""
    # the entry itself is not followed: a link in tenants/ is an error under its own name
    absolute = Path(os.path.normpath(path.absolute()))
    place, top = Path(os.path.realpath(absolute.parent), absolute.name), Path(os.path.realpath(root))
    if top.is_relative_to(place):
        return ""
    if not place.is_relative_to(top / TENANTS):
        raise click.UsageError(f"{quoted(str(path))} is not in {top / TENANTS}, and nothing else is checked")
    return place.relative_to(top).as_posix()
