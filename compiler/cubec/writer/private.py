"""Files that hold a credential: readable by their owner alone, whole or not there, and never in place of somebody else's."""

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cubec.writer import whole

_OWN = stat.S_IRUSR | stat.S_IWUSR


@contextlib.contextmanager
def replacing(target: Path, *, begins: bytes) -> Iterator[BinaryIO]:
    """A new file beside ``target`` to write to, which takes its place at the end, and is gone after a failure.

    It is made before the caller asks for a secret, so that a folder that cannot be written is known by then. ``begins`` is how
    a file begins that may be replaced; FileExistsError where another one, or something that is no file, has the name.
    """
    _refuse_foreign(target, begins)
    with whole.replacing(target, _OWN) as file:
        os.fchmod(file.fileno(), _OWN)  # whatever the umask says
        yield file
        file.flush()
        os.fsync(file.fileno())


def _refuse_foreign(target: Path, begins: bytes) -> None:
    try:
        found = target.lstat()
    except FileNotFoundError:
        return
    if stat.S_ISREG(found.st_mode) and target.read_bytes().startswith(begins):
        return
    raise FileExistsError(f"{target} is there and was not made by this command: name another file with --output")
