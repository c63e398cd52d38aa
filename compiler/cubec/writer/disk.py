"""The output folder on disk: read as a tree, and changed file by file so that a killed build leaves only whole files.

New content is staged first, beside the output on the same file system, and moved into place only when all of it is on
disk: a full disk is found before anything is touched. Files that have to go are removed last.
"""

import contextlib
import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from cubec.writer.changes import Changes
from cubec.writer.tree import Tree

README = "README.md"
README_BEGINS = b"# What cubec made of platform "
STATE = ".cubec"


class DiskError(OSError):
    """The output folder cannot be used; the message says which path, and why."""


def read(output: Path) -> Tree:
    """Every file below ``output``; empty where there is no such folder. Hidden files are nobody's business.

    Links and other things that are not plain files are refused: a build that followed one would write somewhere else.
    """
    tree: dict[str, bytes] = {}
    if not output.exists() and not output.is_symlink():
        return tree
    folders = [(output, "")]
    if output.is_symlink() or not output.is_dir():
        raise DiskError(f"{output} is not a folder")
    while folders:
        folder, prefix = folders.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append((folder / entry.name, f"{prefix}{entry.name}/"))
                elif entry.is_file(follow_symlinks=False):
                    tree[prefix + entry.name] = _read(entry.path)
                else:
                    raise DiskError(f"{entry.path} is a link or a device; remove it")
    return _ours(output, tree)


def _read(path: str) -> bytes:
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        return os.read(handle, os.fstat(handle).st_size + 1)
    finally:
        os.close(handle)


def _ours(output: Path, tree: Tree) -> Tree:
    """Refuse a folder that somebody else filled: what is not in the new tree will be removed."""
    if tree and not tree.get(README, b"").startswith(README_BEGINS):
        raise DiskError(f"{output} holds files, and no {README} of cubec: move them away, or build into another folder")
    return tree


def apply(root: Path, output: Path, changes: Changes) -> None:
    """Make the folder what ``changes`` say."""
    stage = root / STATE / "stage"
    shutil.rmtree(stage, ignore_errors=True)
    files = {**changes.added, **changes.changed}
    try:
        _stage(stage, files)
        output.mkdir(exist_ok=True)
        if README in files:  # a folder that a killed build began must be known as cubec's own
            (stage / README).replace(output / README)
        _move(str(stage), str(output))
        for path in changes.removed:
            (output / path).unlink(missing_ok=True)
        _drop_empty(output, changes.removed)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _stage(stage: Path, files: Tree) -> None:
    stage.mkdir(parents=True)
    for folder in sorted({path.rpartition("/")[0] for path in files}):
        (stage / folder).mkdir(parents=True, exist_ok=True)
    for path, content in files.items():
        _write(f"{stage}/{path}", content)


def _move(stage: str, output: str) -> None:
    """Move what is staged into place: a folder that is new as a whole, everything else file by file."""
    with os.scandir(stage) as entries:
        for entry in entries:
            target = f"{output}/{entry.name}"
            if entry.is_dir() and os.path.isdir(target):  # noqa: PTH112 - plain text: path objects take as long as the disk
                _move(entry.path, target)
            else:
                os.replace(entry.path, target)  # noqa: PTH105


def _write(path: str, content: bytes) -> None:
    handle = os.open(
        path,
        os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC,
        stat.S_IRUSR | stat.S_IWUSR | stat.S_IRGRP | stat.S_IROTH,
    )
    with os.fdopen(handle, "wb") as file:
        file.write(content)


def _drop_empty(output: Path, removed: tuple[str, ...]) -> None:
    folders = {parent for path in removed for parent in Path(path).parents if str(parent) != "."}
    for folder in sorted(folders, key=lambda path: -len(path.parts)):
        with contextlib.suppress(OSError):  # not empty
            (output / folder).rmdir()


@contextlib.contextmanager
def lock(root: Path) -> Iterator[None]:
    """Hold the folder for one build at a time; DiskError where another one has it."""
    state = root / STATE
    state.mkdir(exist_ok=True)
    ignore = state / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    with (state / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DiskError("another build of this platform is running; wait for it to end") from None
        yield
