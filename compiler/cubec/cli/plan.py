"""``cubec plan``."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from cubec import git, pipeline
from cubec.cli import options, progress, status, workspace
from cubec.diagnostics import Diagnostic, Severity
from cubec.plan.plan import Base, Plan, make
from cubec.source.files import read_tenants
from cubec.writer import disk
from cubec.writer.changes import compare

_SHOWN = 5
_STALE = "is not what these sources make: run cubec build, and commit what it writes"


@dataclass(frozen=True, slots=True)
class _Sides:
    """The tree and its base, read and analysed on the same day."""

    root: Path
    base: Base
    files: Mapping[str, bytes]
    before: pipeline.Analysis
    after: pipeline.Analysis
    as_of: date


def _schema(context: click.Context, _option: click.Parameter, asked: bool) -> None:
    if asked:
        from cubec.report.plan_json import schema

        click.echo(schema(), nl=False)
        context.exit(status.CLEAN)


def _name(_context: click.Context, _option: click.Parameter, value: str) -> str:
    if not git.is_name(value):
        raise click.BadParameter("a base is a branch, a tag or a commit, such as origin/main or HEAD~1")
    return value


@click.command("plan")
@click.option("--base", "name", required=True, metavar="REF", callback=_name, help="The commit to compare with.")
@options.root()
@options.as_of()
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "markdown", "json", "html")),
    default="text",
    help="How the plan is printed.",
)
@options.output()
@click.option(
    "--schema", is_flag=True, is_eager=True, expose_value=False, callback=_schema, help="Print the JSON's schema."
)
def command(name: str, root: Path | None, as_of: date | None, form: str, folder: str) -> int:
    """Say what merging this tree into REF will do, and refuse what nobody should merge by accident.

    Exit status: 0 nothing speaks against it, 1 the tree has errors, 3 refused by the guard, 5 the base cannot be read.
    """
    with progress.showing("reading and checking both sides"):
        sides = _read(name, root, as_of)
    if sides.before.failed:
        return _broken_base(sides)
    if sides.after.failed:
        return _errors(sides, form)
    with progress.showing("comparing"):
        plan = _plan(sides, folder)
    _print(plan, sides.files, form)
    return status.GUARD if plan.refused else status.CLEAN


def _read(name: str, root: Path | None, as_of: date | None) -> _Sides:
    found = workspace.find_root(Path.cwd() if root is None else root.absolute())
    repository = git.Repository(found, os.environ)
    base = Base(name, repository.commit(name))
    old = repository.files(base.commit, workspace.TENANTS)
    items, problems = read_tenants(found)
    new = dict(items)
    day = as_of or git.commit_date(found, os.environ) or workspace.day(found, {**old, **new}, as_of)
    before = pipeline.analyse(sorted(old.items()), [], day)
    return _Sides(found, base, new, before, pipeline.analyse(items, problems, day), day)


def _broken_base(sides: _Sides) -> int:
    from cubec.report.text import diagnostics

    errors = [item for item in sides.before.diagnostics if item.severity is Severity.ERROR]
    click.echo(diagnostics(errors[:_SHOWN], {}, colour=False), err=True)
    click.echo(
        f"cubec: the base {sides.base.name} ({sides.base.commit[:7]}) has errors, so there is no plan against it; "
        "compare with an older commit, or have the platform's owners merge its repair without a plan",
        err=True,
    )
    return status.ENVIRONMENT


def _errors(sides: _Sides, form: str) -> int:
    items, base = sides.after.diagnostics, sides.base
    if form == "json":
        from cubec.report import plan_json

        click.echo(plan_json.errors(base.name, base.commit, sides.as_of.isoformat(), items), nl=False)
    elif form == "markdown":
        from cubec.report import plan_markdown

        click.echo(plan_markdown.errors(base.name, items, sides.files), nl=False)
    elif form == "html":
        from cubec.report.page import plan as page

        click.echo(page.errors(base, sides.as_of, items, sides.files), nl=False)
    else:
        from cubec.report import text

        options.report(items, sides.files, "text")
        click.echo(f"{text.summary(items, len(sides.files), written=True)} There is no plan of it.", err=True)
    return status.INPUT


def _plan(sides: _Sides, folder: str) -> Plan:
    before, after = sides.before.model, sides.after.model
    if before is None or after is None:
        raise AssertionError("a model without errors is always there")
    return make(
        before,
        after,
        pipeline.changed_objects(before, after),
        base=sides.base,
        warnings=(sides.before.diagnostics, sides.after.diagnostics),
        notes=_notes(sides, folder),
    )


def _notes(sides: _Sides, folder: str) -> Sequence[str]:
    notes = []
    if not git.Repository(sides.root, os.environ).contains(sides.base.commit):
        notes.append(
            f"{sides.base.name} has commits that this tree does not have, so what they did looks undone here: "
            "merge them first"
        )
    if sides.after.model is not None:
        try:
            stale = bool(compare(disk.read(sides.root / folder), pipeline.emit(sides.after.model)))
        except disk.DiskError:
            stale = True
        notes += [f"{folder}/ {_STALE}"] if stale else []
    return notes


def _print(plan: Plan, files: Mapping[str, bytes], form: str) -> None:
    if form == "json":
        from cubec.report import plan_json

        click.echo(plan_json.plan(plan), nl=False)
    elif form == "markdown":
        from cubec.report import plan_markdown

        click.echo(plan_markdown.text(plan, files), nl=False)
    elif form == "html":
        from cubec.report.page import plan as page

        click.echo(page.html(plan, files), nl=False)
    else:
        from cubec.report import plan_text

        click.echo(plan_text.text(plan, colour=options.colour(sys.stdout)), nl=False)
        _judgement(plan.refused, plan.warnings, files)


def _judgement(refused: Sequence[Diagnostic], warnings: Sequence[Diagnostic], files: Mapping[str, bytes]) -> None:
    """What speaks against merging: on standard error, as every diagnostic."""
    options.report([*refused, *warnings], files, "text")
    if refused:
        click.echo(f"{len(refused)} error{'' if len(refused) == 1 else 's'}. Merging is refused.", err=True)
