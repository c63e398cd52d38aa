"""``cubec init``."""

import re
import shlex
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import click

from cubec import __version__, pipeline
from cubec.cli import codeowners, status, workspace
from cubec.name import LONGEST, is_name
from cubec.schema.files import texts
from cubec.writer import disk


@click.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
def command(folder: Path) -> int:
    """Make a new platform repository in DIR: one cluster, one pool, one group, and what editors and CI need.

    DIR is made, or must be empty but for a .git folder; its name becomes the platform's.
    """
    target = folder.absolute()
    name = target.name
    if not is_name(name):
        raise click.UsageError(
            f'"{name}" cannot be a platform\'s name: use lower-case letters, digits and single dashes, at most {LONGEST}'
        )
    if target.exists() and any(entry.name != ".git" for entry in target.iterdir()):
        raise click.UsageError(f"{folder} is not empty: name a new folder")
    _copy(files("cubec") / "scaffold", target, name)
    for file, content in texts().items():
        _write(target / "schemas" / file, content)
    work = workspace.read(target, None)
    model = work.analysis.model
    if model is None or work.analysis.failed:
        raise AssertionError("the scaffold is not a platform")
    with disk.lock(target):
        disk.write(target, target / "output", pipeline.emit(model))
    codeowners.begin(target / "CODEOWNERS", model)
    click.echo(f"{folder} is a platform with one group; README.md there says what to set up once. To begin:")
    git = "" if (target / ".git").exists() else " && git init"
    click.echo(f'  cd {shlex.quote(str(folder))}{git} && git add . && git commit -m "A platform"')
    click.echo("Then change something in tenants/, and run cubec commit there")
    return status.CLEAN


def _copy(source: Traversable, target: Path, name: str) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for entry in source.iterdir():
        # a dot at the beginning would hide the file from the tools that pack this one
        path = target / re.sub("^dot-", ".", entry.name)
        if entry.is_dir() and entry.name != "__pycache__":
            _copy(entry, path, name)
        elif entry.is_file():
            _write(path, entry.read_text(encoding="utf-8").replace("@NAME@", name).replace("@VERSION@", __version__))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
