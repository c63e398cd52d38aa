"""Commands run as processes of their own, watched from outside: what they say, what they leave, what others can see of them."""

import base64
import fcntl
import os
import secrets
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

# core files are allowed, so that a command that wants none has to say so itself
_SHELL = 'ulimit -c unlimited 2>/dev/null; exec "$@"'
_PATIENCE = 30


@dataclass(frozen=True)
class Canary:
    """A secret that must not sing. It looks like a password that a person chose, unlike those of other tests."""

    text: str = field(default_factory=lambda: f"Kanari-{secrets.token_hex(8)}")

    def forms(self) -> Iterator[bytes]:
        """The secret as it is, in hexadecimal, and in base64 wherever it may begin there."""
        raw = self.text.encode()
        yield raw
        yield raw.hex().encode()
        for before in range(3):
            whole = base64.b64encode(b"\0" * before + raw)
            yield whole[4 if before else 0 : -4]

    def sings_in(self, data: bytes) -> bool:
        return any(form in data for form in self.forms())


@dataclass(frozen=True)
class Seen:
    """What a process said, and what others could see of it while it ran."""

    status: int
    stdout: bytes
    stderr: bytes
    public: bytes  # command line and environment

    @property
    def everything(self) -> bytes:
        return b"\0".join((self.stdout, self.stderr, self.public))


class Watched:
    """One process of cubec in ``cwd``, with a home and a folder for temporary files of its own."""

    def __init__(self, cwd: Path, *words: str, environment: dict[str, str] | None = None, stdout: int | None = None):
        home = cwd.parent / "home"
        for folder in (home, home / "tmp"):
            folder.mkdir(exist_ok=True)
        own = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "TMPDIR": str(home / "tmp"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            **{f"GIT_{who}_{what}": "a@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
            **(environment or {}),
        }
        self.public = b""
        signal.signal(signal.SIGINT, signal.default_int_handler)  # tests that run in the background ignore it
        self.process = subprocess.Popen(
            ["/bin/sh", "-c", _SHELL, "sh", sys.executable, "-m", "cubec", *words],
            cwd=cwd,
            env=own,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if stdout is None else stdout,
            stderr=subprocess.PIPE,
        )

    def give(self, data: bytes) -> None:
        """Write to its standard input, and wait until it has taken it."""
        assert self.process.stdin
        self.process.stdin.write(data)
        self.process.stdin.flush()
        until = time.monotonic() + _PATIENCE
        while self._waiting() and self.process.poll() is None:
            assert time.monotonic() < until, "it reads nothing"
            time.sleep(0.01)
        self.look()

    def _waiting(self) -> int:
        """Bytes in the pipe that have not been read."""
        answer = fcntl.ioctl(self.process.stdin.fileno(), termios.FIONREAD, b"\0" * 4)
        return struct.unpack("i", answer)[0]

    def look(self) -> None:
        """Keep what everybody, or at least everybody with the same rights, can see of it now."""
        for name in ("cmdline", "environ"):
            try:
                self.public += Path(f"/proc/{self.process.pid}/{name}").read_bytes()
            except OSError:  # it is gone, or keeps its environment to itself
                continue

    def end(self, data: bytes = b"") -> Seen:
        """Give the rest, and wait until it is done."""
        time.sleep(0.05)
        self.look()
        out, err = self.process.communicate(data, timeout=_PATIENCE)
        return Seen(self.process.returncode, out or b"", err, self.public)


def left_in(folder: Path, canary: Canary) -> list[str]:
    """Files below ``folder`` that hold the secret, and core files, which would."""
    return [
        path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and (path.name.startswith("core") or canary.sings_in(path.read_bytes()))
    ]
