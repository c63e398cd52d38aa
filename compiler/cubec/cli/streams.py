"""Standard input, output and error as every command finds them: open, and in UTF-8 whatever the locale says."""

import io
import os
import sys
from typing import TextIO


def prepare() -> None:
    """Lead what is closed into nothing, so that no file of ours gets its number, and show what cannot be encoded escaped."""
    for number, stream in enumerate((sys.stdin, sys.stdout, sys.stderr)):
        if stream is None:
            _into_nothing(number)
    if sys.stdout is None:
        sys.stdout = _open(1)
    if sys.stderr is None:
        sys.stderr = _open(2)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def silence(stream: TextIO) -> None:
    """Write nothing more to a stream that takes nothing more, not even at exit."""
    _into_nothing(stream.fileno())


def _into_nothing(number: int) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    if nothing != number:
        os.dup2(nothing, number)
        os.close(nothing)


def _open(number: int) -> TextIO:
    return open(number, "w", encoding="utf-8", closefd=False)
