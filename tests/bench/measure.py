"""Whole processes, each measured by what the kernel says of it: elapsed time, processor time, peak memory."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

_RAM = Path("/dev/shm")
# Python compiles a program once and keeps the result; this is where, whatever the surroundings say of it.
_BYTECODE = tempfile.TemporaryDirectory(prefix="cubec-bytecode-")


class FailedError(Exception):
    """A measured process failed, so its time says nothing."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Seconds on the clock, seconds of processors, MiB. The memory of a small process is that of the one that started it."""

    elapsed: float
    cpu: float
    memory: float


@dataclass(frozen=True, slots=True)
class Case:
    """A process to measure. ``prepare`` runs before each round and is not measured; ``rounds`` limits slow ones."""

    name: str
    command: Sequence[str]
    folder: Path
    prepare: Callable[[], None] = lambda: None
    rounds: int = 99


def once(case: Case) -> Sample:
    case.prepare()
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": _BYTECODE.name}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        process = subprocess.Popen(
            case.command, cwd=case.folder, env=environment, stdout=subprocess.DEVNULL, stderr=said
        )
        _, status, usage = os.wait4(process.pid, 0)
        elapsed = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise FailedError(f"{case.name}: {said.read().decode(errors='replace')[-2000:]}")
    return Sample(elapsed, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def interleaved(cases: Sequence[Case], rounds: int) -> dict[str, Sample]:
    """Medians by name. Each round runs every case once, so that what disturbs the machine disturbs them alike."""
    samples: dict[str, list[Sample]] = {case.name: [] for case in cases}
    for number in range(rounds):
        for case in cases:
            if number < case.rounds:
                samples[case.name].append(once(case))
        if sys.stderr.isatty():
            print(f"round {number + 1} of {rounds}", file=sys.stderr)
    return {
        name: Sample(*(median(getattr(sample, field) for sample in found) for field in ("elapsed", "cpu", "memory")))
        for name, found in samples.items()
    }


@contextmanager
def memory_folder() -> Iterator[Path]:
    """An empty folder in memory where there is such a thing, so that no disk is measured."""
    with tempfile.TemporaryDirectory(prefix="cubec-bench-", dir=_RAM if os.access(_RAM, os.W_OK) else None) as name:
        yield Path(name)


def remove(*paths: Path) -> None:
    for path in paths:
        shutil.rmtree(path, ignore_errors=True)
