"""``cubec commit``."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from cubec import git, pipeline
from cubec.cli import codeowners as owners
from cubec.cli import options, progress, status, workspace
from cubec.git.checkout import Checkout
from cubec.model.model import Model
from cubec.plan.plan import Base, Plan, make
from cubec.report import codeowners, commit_message
from cubec.source.files import read_tenants
from cubec.source.quoting import printable
from cubec.writer import disk
from cubec.writer.changes import compare

OUTPUT = "output"
_FOLDERS = (workspace.TENANTS, OUTPUT)
_SHOWN = 5
_NOTHING = "nothing to commit: tenants/ and output/ are as in the last commit"


@dataclass(frozen=True, slots=True)
class _Work:
    """What would be committed. ``base`` is None where the commit has no platform yet; ``day`` is what expiry is judged on."""

    root: Path
    checkout: Checkout
    base: Base | None
    day: date
    files: Mapping[str, bytes]
    analysis: pipeline.Analysis


def _line(_context: click.Context, _option: click.Parameter, value: str | None) -> str:
    text = "" if value is None else value.strip()
    if value is not None and (not text or "\n" in text or text != printable(text)):
        raise click.BadParameter("a message is one line of text")
    return text


@click.command("commit")
@click.option(
    "-m", "--message", "said", metavar="TEXT", callback=_line, help="The first line. Default: what was changed."
)
@click.option("--dry-run", is_flag=True, help="Print the message, and change nothing.")
@options.root()
@options.as_of()
def command(said: str, root: Path | None, as_of: date | None, dry_run: bool) -> int:
    """Build, and commit sources and output together, with a message that says what the change does.

    Nothing else is committed, and nothing at all where the plan against the last commit is refused.

    Exit status: 0 committed, or there is nothing to commit, 1 the tree has errors, 3 refused by the guard,
    5 git cannot commit now, or a hook refused.
    """
    with progress.showing("reading and checking"):
        work = _read(root, as_of)
    others = _beside(work.checkout)
    model = work.analysis.model
    options.report(work.analysis.diagnostics, work.files, "text")
    if model is None or work.analysis.failed:
        click.echo("cubec: the tree has errors. Nothing was committed.", err=True)
        return status.INPUT
    with progress.showing("comparing"):
        plan = _plan(work, model)
    if plan is not None and plan.refused:
        options.report(plan.refused, work.files, "text")
        click.echo("cubec: the guard refuses this change. Nothing was committed.", err=True)
        return status.GUARD
    message = commit_message.first(model, said) if plan is None else commit_message.text(plan, said)
    if dry_run:
        _would(work, model, message)
    else:
        _commit(work, model, message, others)
    return status.CLEAN


def _read(root: Path | None, as_of: date | None) -> _Work:
    found = workspace.find_root(Path.cwd() if root is None else root.absolute())
    repository = git.Repository(found, os.environ)
    checkout = Checkout(repository)
    checkout.ready()
    head = checkout.head()
    base = Base("HEAD", head) if head and repository.holds(head, workspace.TENANTS) else None
    items, problems = read_tenants(found)
    files = dict(items)
    day = as_of or (git.commit_date(found, os.environ) if head else None) or workspace.day(found, files, as_of)
    return _Work(found, checkout, base, day, files, pipeline.analyse(items, problems, day))


def _beside(checkout: Checkout) -> Sequence[str]:
    """What is staged and may go along: CODEOWNERS. GitError where anything else is staged."""
    prefix = checkout.repository.prefix()
    own = tuple(f"{prefix}{folder}/" for folder in _FOLDERS)
    others = [path for path in checkout.staged() if not path.startswith(own)]
    foreign = [path for path in others if path not in codeowners.PLACES]
    if foreign:
        more = f" and {len(foreign) - _SHOWN} more" if len(foreign) > _SHOWN else ""
        raise git.GitError(
            f"other changes are staged: {', '.join(map(printable, foreign[:_SHOWN]))}{more}; commit them by themselves, "
            "or take them back with git restore --staged"
        )
    return others


def _plan(work: _Work, model: Model) -> Plan | None:
    if work.base is None:
        return None
    old = work.checkout.repository.files(work.base.commit, workspace.TENANTS)
    before = pipeline.analyse(sorted(old.items()), [], work.day)
    if before.model is None or before.failed:
        raise git.GitError(
            f"the last commit ({work.base.commit[:7]}) has errors, so there is no plan against it: commit the repair with "
            f"git add {' '.join(_FOLDERS)} and git commit"
        )
    changed = pipeline.changed_objects(before.model, model)
    return make(before.model, model, changed, base=work.base)


def _would(work: _Work, model: Model, message: str) -> None:
    files = set(work.files)
    changes = compare(disk.read(work.root / OUTPUT), _emitted(model, files))
    if changes or work.checkout.pending(_FOLDERS, files):
        click.echo(message, nl=False)
    else:
        click.echo(_NOTHING)


def _commit(work: _Work, model: Model, message: str, others: Sequence[str]) -> None:
    files = set(work.files)
    with disk.lock(work.root), progress.showing("compiling and writing"):
        disk.write(work.root, work.root / OUTPUT, _emitted(model, files))
    pending = work.checkout.pending(_FOLDERS, files)
    if not pending:
        click.echo(_NOTHING)
        return
    with progress.showing("committing"):
        made = work.checkout.commit(_FOLDERS, files, others, message)
    click.echo(f"{made[:7]} {message.splitlines()[0]}")
    click.echo(f"{len(pending)} file{'' if len(pending) == 1 else 's'} of tenants/ and output/ committed")
    if owners.stale(work.root, model):
        click.echo("note: CODEOWNERS is not what the owners of groups make: run cubec codeowners", err=True)


def _emitted(model: Model, files: set[str]) -> Iterator[tuple[str, bytes]]:
    """The output; its paths are added to ``files``."""
    for path, content in pipeline.emit(model):
        files.add(f"{OUTPUT}/{path}")
        yield path, content
