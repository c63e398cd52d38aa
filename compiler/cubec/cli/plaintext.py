"""The only way for a login into the process: from a terminal without echo, from standard input, or from a private file.

A login never comes from an argument or the environment, which other processes can read; and what stands in memory is kept
out of core files and away from other processes of the same user.
"""

import ctypes
import os
import resource
import stat
import sys
from pathlib import Path

import click

from cubec.sealing.login import LARGEST, of_config, of_password

_PR_SET_DUMPABLE = 4  # prctl(2)
_FOREIGN = stat.S_IRWXG | stat.S_IRWXO


def protect() -> None:
    """No core file, and no look into this process's memory for others of the same user."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    dumpable(allowed=False)


def dumpable(*, allowed: bool) -> None:
    """Only Linux has this switch; elsewhere the limit has to do."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, int(allowed), 0, 0, 0)


def login(server: str, username: str | None, path: str | None) -> bytes:
    """The content of a pull secret for ``server``. Without a user name what is given is a config.json."""
    if path is None and sys.stdin is not None and sys.stdin.isatty():
        name = username if username is not None else click.prompt("user name", err=True)
        password = click.prompt("password", hide_input=True, err=True)
        return of_password(server, name, password.encode(errors="surrogateescape"))
    given = _piped() if path is None else _private(path)
    return of_config(server, given) if username is None else of_password(server, username, given)


def _piped() -> bytes:
    if sys.stdin is None:
        raise click.UsageError("standard input is closed: give the login there, or name a file with --from")
    return sys.stdin.buffer.read(LARGEST + 1)


def _private(path: str) -> bytes:
    """What a file holds that nobody else can read. Its name is not repeated: it may be the password, given by mistake."""
    try:
        handle = os.open(Path(path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        raise click.UsageError("the file of --from cannot be opened: name one that is there, and no link") from None
    try:
        _refuse_public(os.fstat(handle))
        return os.read(handle, LARGEST + 1)
    finally:
        os.close(handle)


def _refuse_public(found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise click.UsageError("the file of --from is no regular file: give the login on standard input instead")
    if found.st_uid != os.geteuid():
        raise click.UsageError("the file of --from belongs to another user: make one of your own, with mode 0600")
    if found.st_mode & _FOREIGN:
        raise click.UsageError(
            f"others may read the file of --from, whose mode is {stat.S_IMODE(found.st_mode):04o}: run chmod 600 on it, "
            "and change the password if they may have"
        )
