"""One line on a terminal that says what takes so long; nothing at all where it does not, or where nobody watches."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

PATIENCE = 1.0  # seconds before anything is said
_CLEAR = "\r\x1b[K"


@contextmanager
def showing(what: str, stream: TextIO | None = None) -> Iterator[None]:
    """Say what is going on while the body runs, once that takes longer than a second and ``stream`` is a terminal."""
    out = sys.stderr if stream is None else stream
    if not out.isatty():
        yield
        return
    done = threading.Event()
    teller = threading.Thread(target=_tell, args=(what, out, done), daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()


def _tell(what: str, out: TextIO, done: threading.Event) -> None:
    began = time.monotonic()
    wait = PATIENCE
    told = False
    while not done.wait(wait):
        out.write(f"{_CLEAR}{what} … {time.monotonic() - began:.0f} s")
        out.flush()
        told, wait = True, 0.5
    if told:
        out.write(_CLEAR)
        out.flush()
