"""Options that several commands share."""

import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from cubec.diagnostics import Diagnostic
from cubec.report.excerpt import Files

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
        type=click.DateTime(["%Y-%m-%d"]),
        callback=lambda _context, _option, value: _date(value),
        help="The day on which expiry is judged. Default: the day of the last commit.",
    )


def report_format() -> Decorator:
    return click.option(
        "--format", "form", type=click.Choice(FORMATS), default="text", help="How diagnostics are reported."
    )


def _date(value: datetime | None) -> date | None:
    return value.date() if value else None


def report(items: Sequence[Diagnostic], files: Files, form: str) -> None:
    """Print diagnostics: for people on standard error, for machines as the result."""
    if form != "text":
        click.echo(_for_machines(items, form), nl=False)
    elif items:
        from cubec.report.text import diagnostics

        click.echo(diagnostics(items, files, colour=sys.stderr.isatty()), err=True)


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
