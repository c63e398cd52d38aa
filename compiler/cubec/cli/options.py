"""Options that several commands share."""

import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, TextIO

import click

from cubec.diagnostics import Diagnostic
from cubec.report.excerpt import Files
from cubec.source.quoting import printable, quoted

FORMATS = ("text", "json", "github", "sarif")

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def root() -> Decorator:
    folder = click.Path(exists=True, file_okay=False, path_type=Path)
    return click.option(
        "--root", type=folder, help="The platform's folder. Default: the nearest one with tenants/, upwards."
    )


def as_of() -> Decorator:
    return click.option(
        "--as-of",
        metavar="DATE",
        callback=_date,
        help="The day on which expiry is judged. Default: the day of the last commit.",
    )


def report_format() -> Decorator:
    return click.option(
        "--format", "form", type=click.Choice(FORMATS), default="text", help="How diagnostics are reported."
    )


def output() -> Decorator:
    return click.option(
        "--output",
        "folder",
        metavar="FOLDER",
        default="output",
        callback=_folder,
        help="The folder that cubec build writes, below the platform's root.",
        show_default=True,
    )


def _date(_context: click.Context, _option: click.Parameter, value: str | None) -> date | None:
    try:
        day = date.fromisoformat(value) if value is not None else None
    except ValueError:
        day = None
    if value is not None and (day is None or day.isoformat() != value):
        raise click.BadParameter(f"{quoted(value)} is no day: write one as in 2026-12-31")
    return day


def _folder(_context: click.Context, _option: click.Parameter, value: str) -> str:
    parts = PurePosixPath(value).parts
    if not parts or ".." in parts or value.startswith("/") or parts[0].startswith(".") or value != printable(value):
        raise click.BadParameter(f"{quoted(value)} is no folder below the platform's root: write one such as output")
    return "/".join(parts)


def colour(stream: TextIO) -> bool:
    """Whether a stream is a terminal whose user has colours; https://no-color.org."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def report(items: Sequence[Diagnostic], files: Files, form: str) -> None:
    """Print diagnostics: for people on standard error, for machines as the result."""
    if form != "text":
        click.echo(_for_machines(items, form), nl=False)
    elif items:
        from cubec.report.text import diagnostics

        click.echo(diagnostics(items, files, colour=colour(sys.stderr)), err=True)


def _for_machines(items: Sequence[Diagnostic], form: str) -> str:
    if form == "json":
        from cubec.report.json import diagnostics as as_json

        return as_json(items)
    if form == "github":
        from cubec.report.github import diagnostics as as_commands

        return as_commands(items)
    from cubec import __version__, rules
    from cubec.report.sarif import diagnostics as as_sarif

    return as_sarif(items, rules.by_code(), __version__)
