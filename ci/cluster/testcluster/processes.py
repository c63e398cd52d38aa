"""The cluster's processes: each with a log, remembered in a file, ended only if it still is the one started."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

PATIENCE = 10.0  # seconds that a process may take to end before it is killed
LOG_TAIL = 3000  # characters of a log that an error quotes


class ClusterError(Exception):
    """The cluster cannot do what was asked; the message says why."""


@dataclass(frozen=True)
class Process:
    """One process, told from a later one with the same id by the moment it started (in clock ticks since boot)."""

    name: str
    pid: int
    started: int
    abrupt: bool = False  # ended with SIGKILL, because it lingers for open connections otherwise

    @property
    def alive(self) -> bool:
        fields = process_fields(self.pid)
        return fields is not None and fields[0] not in {"Z", "X"} and int(fields[19]) == self.started

    def signal(self, number: signal.Signals) -> None:
        """Reaches its children too: it leads a process group of its own."""
        if self.alive:
            os.killpg(self.pid, number)


def process_fields(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat from the state on (proc(5) calls it the third), or None without such a process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


class Processes:
    """All processes of one cluster, in the order in which they were started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / "processes.json"
        entries = json.loads(self._file.read_text()) if self._file.exists() else []
        self.all = [Process(**entry) for entry in entries]
        self._handles: dict[str, subprocess.Popen[bytes]] = {}

    def start(
        self,
        name: str,
        command: Iterable[object],
        environment: Mapping[str, str] | None = None,
        *,
        abrupt: bool = False,
    ) -> None:
        """Start a process in a group of its own, so that a signal meant for the terminal does not reach it."""
        arguments = [str(part) for part in command]
        with self.log(name).open("ab") as log:
            handle = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=None if environment is None else dict(environment),
                cwd=self.folder,
            )
        self._handles[name] = handle
        fields = process_fields(handle.pid)
        if fields:  # else it has ended, and been reaped, already
            self.all.append(Process(name, handle.pid, int(fields[19]), abrupt))
            self._file.write_text(json.dumps([asdict(process) for process in self.all], indent=1))

    def check(self, name: str) -> None:
        """Raise if a process that was started here has ended."""
        status = self._handles[name].poll()
        if status is not None:
            raise ClusterError(f"{name} ended with status {status}:\n{self.tail(name)}")

    def log(self, name: str) -> Path:
        return self.folder / "log" / f"{name}.log"

    def tail(self, name: str) -> str:
        return self.log(name).read_text(errors="replace")[-LOG_TAIL:]

    def stop(self) -> None:
        """End all processes, the last started first; return when they are gone."""
        for process in reversed(self.all):
            process.signal(signal.SIGKILL if process.abrupt else signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        while any(self._lingers(process) for process in self.all):
            if time.monotonic() > deadline:
                for process in self.all:
                    process.signal(signal.SIGKILL)
            time.sleep(0.02)

    def _lingers(self, process: Process) -> bool:
        handle = self._handles.get(process.name)
        if handle:
            handle.poll()  # reap it, if it is a child of ours
        return process.alive
