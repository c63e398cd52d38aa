"""What the last build made of which input, so that a build that has nothing to do says so at once.

It lies beside the lock and is a shortcut, never a proof: ``build --check`` does not ask it, and in any doubt all is compiled. The
input counts by its bytes, the compiler and its libraries by when their files changed, the output by what the file system says of
every file: its number, its size, and to the nanosecond when it was changed in any way, which nobody can set. So neither an edit
passes nor a memory that came with a repository.
"""

import contextlib
import json
import marshal
import os
import site
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from cubec.diagnostics import Diagnostic, Position, Related, Severity
from cubec.writer import disk
from cubec.writer.whole import replacing

try:  # as in Python's own ``random``: hashlib loads OpenSSL, which takes longer than all that is hashed here
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

FILE = "built.json"

_TICK = 12_000_000  # nanoseconds; changes of a file within a tick of the kernel's clock (up to 10 ms) have one time
_LONGEST = 8 << 20
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # a pipe in its place would block for ever
_PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Known:
    """What a build had to say: its diagnostics, none of them an error, and the text of its summary without the time."""

    diagnostics: tuple[Diagnostic, ...]
    summary: str


def asked(files: Iterable[tuple[str, bytes]], *more: str) -> str:
    """A name for an input: the files, what ``more`` a build goes by, and the compiler that reads them."""
    digest = blake2b(digest_size=32)
    parts = (word.encode() for word in (*more, *_compiler()))
    for part in (*parts, *(part for path, data in files for part in (path.encode(), data))):
        digest.update(b"%d " % len(part))
        digest.update(part)
    return digest.hexdigest()


def _compiler() -> Iterator[str]:
    yield sys.version
    paths = site.getsitepackages()  # installing anything changes these folders
    for folder in (_PACKAGE, _PACKAGE.parents[1] / "schemas"):
        for inner, names, files in os.walk(folder):
            names[:] = [name for name in names if name != "__pycache__"]
            paths += [f"{inner}/{name}" for name in files]
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            found = os.stat(path)  # noqa: PTH116 - path objects would take longer than the look
            yield f"{path} {found.st_size} {found.st_mtime_ns}"


def recall(root: Path, output: Path, name: str) -> Known | None:
    """What the last build said, if it was asked the same and the output is as it left it."""
    try:
        with open(os.open(_file(root), _OPEN), "rb") as file:  # noqa: PTH123 - flags
            kept = json.loads(file.read(_LONGEST))
        if kept["asked"] != name or kept["output"] != _state(output)[0]:
            return None
        return Known(tuple(map(_diagnostic, kept["diagnostics"])), kept["summary"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def remember(root: Path, output: Path, name: str, known: Known, written: int) -> None:
    """Keep what a build said. ``written`` is the time, in nanoseconds, at which the output was all there."""
    with contextlib.suppress(OSError):  # the next build takes longer, and that is all
        state, newest = _state(output)
        if newest > written:
            return  # somebody else has been at it since
        time.sleep(max(_TICK - (written - newest), 0) / 1e9)
        diagnostics = [astuple(one) for one in known.diagnostics]
        kept = {"asked": name, "output": state, "summary": known.summary, "diagnostics": diagnostics}
        with replacing(_file(root)) as file:
            file.write(json.dumps(kept).encode())


def _file(root: Path) -> Path:
    return root / disk.STATE / FILE


def _state(output: Path) -> tuple[str, int]:
    """What the file system says of every file, and when the last of them changed."""
    looks = ((path, entry.stat(follow_symlinks=False)) for path, entry in disk.entries(output))
    found = [(path, look.st_ino, look.st_size, look.st_ctime_ns) for path, look in looks]
    # in a form without references, the same for equal values; another order of files is only taken for a change
    state = blake2b(marshal.dumps(found, 2), digest_size=32).hexdigest()
    return state, max((changed for *_, changed in found), default=0)


def _diagnostic(kept: Sequence[Any]) -> Diagnostic:
    place, severity, code, message, hint, related, excerpt = kept
    notes = tuple(Related(Position(*at), text) for at, text in related)
    return Diagnostic(Position(*place), Severity(severity), code, message, hint, notes, excerpt)
