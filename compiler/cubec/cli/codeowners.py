"""``cubec codeowners``."""

import os
from datetime import date
from pathlib import Path

import click

from cubec import git
from cubec.cli import options, status, workspace
from cubec.model.model import Model
from cubec.report import codeowners
from cubec.writer import whole

STYLES = {"github": codeowners.GITHUB, "gitlab": codeowners.GITLAB}
OUTPUT = "output"
_FOLDERS = frozenset(Path(place).parent.name for place in codeowners.PLACES) - {""}


@click.command("codeowners")
@click.option(
    "--style", type=click.Choice(tuple(STYLES)), default="github", help="Who reads the file.", show_default=True
)
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit with 4 if the file is not current.")
@options.root()
@options.as_of()
def command(style: str, root: Path | None, as_of: date | None, only_check: bool) -> int:
    """Write the owners of groups into CODEOWNERS, between two marks; the rest of the file stays.

    The rule * above the marks says who owns the platform. Everything that no group's owners may approve is theirs.

    Exit status: 0 written, or current, 1 the tree or the file has errors, 4 with --check: not current.
    """
    work, model = workspace.sound(root, as_of)
    path, prefix = place(work.root, style)
    before = _text(path)
    try:
        after = codeowners.updated(before, model, prefix, OUTPUT)
    except codeowners.OwnersError as error:
        click.echo(f"cubec: {path.name}: {error}", err=True)
        return status.INPUT
    if before == after:
        click.echo(f"{path.name} is current")
    elif only_check:
        click.echo(f"{path.name} is not what the owners of groups make: run cubec codeowners, and commit it", err=True)
        return status.STALE
    else:
        with whole.replacing(path) as file:
            file.write(after.encode())
        click.echo(f"{path.name} is written")
    return status.CLEAN


def place(root: Path, style: str) -> tuple[Path, str]:
    """The file that counts, in the repository's own folder, and the way from there to the platform's."""
    repository = git.Repository(root, os.environ)
    top = repository.top()
    folder, prefix = (top, repository.prefix()) if top else (root, "")
    found = [folder / name for name in STYLES[style] if (folder / name).exists()]
    return (found or [folder / "CODEOWNERS"])[0], prefix


def stale(root: Path, model: Model) -> bool:
    """Whether a file that has our block needs another one; a file that a person has to look at does, too."""
    path, prefix = place(root, "github")
    text = _text(path)
    try:
        return codeowners.kept(text) and codeowners.updated(text, model, prefix, OUTPUT) != text
    except codeowners.OwnersError:
        return True


def begin(path: Path, model: Model) -> None:
    """Put the block into the file of a new platform."""
    path.write_text(codeowners.updated(_text(path), model, "", OUTPUT), encoding="utf-8", newline="\n")


def _text(path: Path) -> str:
    for place in (path, path.parent) if path.parent.name in _FOLDERS else (path,):
        if place.is_symlink():
            raise OSError(f"{place} is a link: put the {'file' if place == path else 'folder'} itself there")
    try:
        return path.read_bytes().decode() if path.exists() else ""
    except UnicodeDecodeError:
        raise OSError(f"{path} is not UTF-8 text") from None
