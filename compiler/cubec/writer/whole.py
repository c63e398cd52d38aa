"""A single file that is there as a whole or as it was: whoever reads it, and whatever ends us, sees one or the other."""

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

PUBLIC = stat.S_IRUSR | stat.S_IWUSR | stat.S_IRGRP | stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH  # less the umask

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@contextlib.contextmanager
def replacing(target: Path, mode: int = PUBLIC) -> Iterator[BinaryIO]:
    """A new file beside ``target`` to write to, which takes its place at the end, and is gone after a failure.

    It is never opened through a link that somebody put there before. What is a link itself is replaced, not followed.
    """
    new = target.absolute().with_name(f".{target.name}.{os.getpid()}.new")
    handle = os.open(new, _NEW, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        new.replace(target)
    finally:
        new.unlink(missing_ok=True)
