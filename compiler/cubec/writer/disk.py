"""The output folder on disk: read as a tree, and changed file by file so that a killed build leaves only whole files.

New content is staged first, beside the output on the same file system, and moved into place only when all of it is on
disk: a full disk, and a bug in the middle of the emission, are found before anything is touched. Files that have to go
are removed last. Paths are plain text here: with path objects a large build would take as long again for its files.
"""

import contextlib
import fcntl
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from cubec.writer.changes import Changes, compare

if TYPE_CHECKING:
    from cubec.writer.tree import Tree

README = "README.md"
README_BEGINS = b"# What cubec made of platform "
STATE = ".cubec"

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
_MODE = stat.S_IRUSR | stat.S_IWUSR | stat.S_IRGRP | stat.S_IROTH


class DiskError(OSError):
    """The output folder cannot be used; the message says which path, and why."""


class _OnDisk(Mapping[str, bytes]):
    """Files below a folder, each read when it is asked for: together they may be larger than everything else."""

    def __init__(self, folder: Path, paths: Iterable[str]) -> None:
        self._folder = folder
        self._paths = dict.fromkeys(paths)

    def __getitem__(self, path: str) -> bytes:
        if path not in self._paths:
            raise KeyError(path)
        return _read(f"{self._folder}/{path}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def read(output: Path) -> "Tree":
    """Every file below ``output``; empty where there is no such folder. Hidden files are nobody's business.

    Links and other things that are not plain files are refused: a build that followed one would write somewhere else.
    """
    if not output.exists() and not output.is_symlink():
        return {}
    if output.is_symlink() or not output.is_dir():
        raise DiskError(f"{output} is not a folder")
    tree = _OnDisk(output, (path for path, _ in entries(output)))
    # What is not in the new tree will be removed, so a folder that somebody else filled is refused.
    if tree and not tree.get(README, b"").startswith(README_BEGINS):
        raise DiskError(f"{output} holds files, and no {README} of cubec: move them away, or build into another folder")
    return tree


def entries(output: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Every file below ``output``, by its path below it; links and other things that are not plain files are refused."""
    folders = [""]
    while folders:
        prefix = folders.pop()
        with os.scandir(f"{output}/{prefix}") as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append(f"{prefix}{entry.name}/")
                elif entry.is_file(follow_symlinks=False):
                    yield prefix + entry.name, entry
                else:
                    raise DiskError(f"{entry.path} is a link or a device; remove it")


def _read(path: str) -> bytes:
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        return os.read(handle, os.fstat(handle).st_size + 1)
    finally:
        os.close(handle)


def write(root: Path, output: Path, files: Iterable[tuple[str, bytes]]) -> Changes:
    """Make the folder hold ``files`` and nothing else; what that changed comes back."""
    stage = root / STATE / "stage"
    _clear(stage)
    try:
        stage.mkdir(parents=True)
        changes = compare(read(output), files, _Staged(str(stage)).add)
        output.mkdir(exist_ok=True)
        if (stage / README).exists():  # a folder that a killed build began must be known as cubec's own
            (stage / README).replace(output / README)
        _move(str(stage), str(output))
        for path in changes.removed:
            (output / path).unlink(missing_ok=True)
        _drop_empty(output, changes.removed)
    finally:
        _clear(stage)
    return changes


def _clear(stage: Path) -> None:
    """Remove what a build left that did not come to its end."""
    if stage.exists():
        import shutil  # noqa: PLC0415 - and with it modules for archives, which a build that goes well need not pay

        shutil.rmtree(stage, ignore_errors=True)


class _Staged:
    """A folder to which files are added, with the folders that they lie in."""

    def __init__(self, stage: str) -> None:
        self._stage = stage
        self._folders = {""}

    def add(self, path: str, content: bytes) -> None:
        self._make(path.rpartition("/")[0])
        handle = os.open(f"{self._stage}/{path}", _NEW, _MODE)
        try:
            while content:
                content = content[os.write(handle, content) :]
        finally:
            os.close(handle)

    def _make(self, folder: str) -> None:
        if folder not in self._folders:
            self._make(folder.rpartition("/")[0])
            os.mkdir(f"{self._stage}/{folder}")  # noqa: PTH102
            self._folders.add(folder)


def _move(stage: str, output: str) -> None:
    """Move what is staged into place, a folder that is new as a whole at once, and take the empty stage away."""
    with os.scandir(stage) as entries:
        for entry in entries:
            target = f"{output}/{entry.name}"
            if entry.is_dir() and os.path.isdir(target):  # noqa: PTH112
                _move(entry.path, target)
            else:
                os.replace(entry.path, target)  # noqa: PTH105
    os.rmdir(stage)  # noqa: PTH106


def _drop_empty(output: Path, removed: tuple[str, ...]) -> None:
    folders = {parent for path in removed for parent in Path(path).parents if str(parent) != "."}
    for folder in sorted(folders, key=lambda path: -len(path.parts)):
        with contextlib.suppress(OSError):  # not empty
            (output / folder).rmdir()


@contextlib.contextmanager
def lock(root: Path) -> Iterator[None]:
    """Hold the folder for one build at a time; DiskError where another one has it.

    A repository can hold a link by the name of our folder, or of a file in it: whatever it leads to is not ours to write.
    """
    state = root / STATE
    state.mkdir(exist_ok=True)
    if state.is_symlink():
        raise DiskError(f"{state} is a link; remove it")
    with contextlib.suppress(FileExistsError):
        handle = os.open(state / ".gitignore", _NEW, _MODE)
        with os.fdopen(handle, "w") as ignored:
            ignored.write("*\n")
    handle = os.open(state / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, _MODE)
    with os.fdopen(handle, "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DiskError("another build of this platform is running; wait for it to end") from None
        yield
