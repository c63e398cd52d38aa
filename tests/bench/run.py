"""Measure cubec against its budgets and, with ``--peers``, against other tools that make the same objects.

Usage: python -m tests.bench.run [--groups 1000] [--rounds 5] [--huge] [--peers]
"""

import argparse
import os
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.bench import cases, peers
from tests.bench.measure import Sample, interleaved, memory_folder, once

_TENTH = 10
_BUDGET_GROUPS = 1000  # for which the budgets of memory and growth are meant
_SLOW = 3  # rounds of what takes long


@dataclass(frozen=True, slots=True)
class Ratio:
    """One line of the second table. ``least`` turns the budget round: that many times, or more."""

    what: str
    elapsed: float
    cpu: float
    budget: float | None = None
    least: bool = False

    def line(self) -> str:
        if self.budget is None:
            return f"| {self.what} | {self.elapsed:.2f} | {self.cpu:.2f} | | |"
        met = self.cpu >= self.budget if self.least else self.cpu <= self.budget
        bound = f"{'≥' if self.least else '≤'} {self.budget:g}"
        return f"| {self.what} | {self.elapsed:.2f} | {self.cpu:.2f} | {bound} | {'met' if met else 'not met'} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--groups", type=int, default=_BUDGET_GROUPS, help="at least 20")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--huge", action="store_true", help="ten times as many groups as well")
    parser.add_argument("--peers", action="store_true", help="compare with other tools, installed from PyPI")
    asked = parser.parse_args()
    with memory_folder() as folder:
        measured, notes = _measure(folder, asked.groups, asked.rounds, huge=asked.huge, with_peers=asked.peers)
    print("\n".join(_report(measured, asked.groups, asked.rounds, huge=asked.huge)))
    print("\n".join(notes))


def _measure(
    folder: Path, groups: int, rounds: int, *, huge: bool, with_peers: bool
) -> tuple[Mapping[str, Sample], list[str]]:
    few = groups // _TENTH
    found = [*cases.start(), cases.full(few, folder), cases.full(groups, folder), cases.copy(groups, folder)]
    found += cases.again(groups, folder)
    if huge:
        found.append(cases.full(groups * _TENTH, folder, _SLOW))
    rivals, notes = peers.ready(groups, folder, _SLOW) if with_peers else ([], [])
    once(cases.full(few, folder))  # after which Python has compiled what it measures
    measured = interleaved(found + [rival.case for rival in rivals], rounds)
    full = measured[f"full build, {groups:,} groups"]
    for rival in rivals:
        notes.append(rival.verdict(measured[rival.case.name], full))
    return measured, notes


def _report(measured: Mapping[str, Sample], groups: int, rounds: int, *, huge: bool) -> Iterator[str]:
    today = datetime.now(UTC).date()
    yield f"{today}, {os.cpu_count()} processors, Python {platform.python_version()}, medians of {rounds} interleaved rounds"
    yield "\n| process | elapsed, s | processor time, s | peak memory, MiB |\n|---|---|---|---|"
    for name, sample in measured.items():
        yield f"| {name} | {sample.elapsed:.3f} | {sample.cpu:.3f} | {sample.memory:.0f} |"
    yield "\n| ratio | elapsed | processor time | budget | |\n|---|---|---|---|---|"
    yield from (ratio.line() for ratio in _ratios(measured, groups, huge=huge))
    full = measured[f"full build, {groups:,} groups"]
    limits = [(groups, full, 50.0)] if groups == _BUDGET_GROUPS else []
    if huge and groups == _BUDGET_GROUPS:
        limits.append((groups * _TENTH, measured[f"full build, {groups * _TENTH:,} groups"], 100.0))
    yield "\n| peak memory | MiB | budget | |\n|---|---|---|---|" if limits else ""
    for count, sample, limit in limits:
        met = "met" if sample.memory <= limit else "not met"
        yield f"| full build, {count:,} groups | {sample.memory:.0f} | ≤ {limit:g} | {met} |"


def _ratios(measured: Mapping[str, Sample], groups: int, *, huge: bool) -> Iterator[Ratio]:
    def ratio(what: str, one: str, other: str, budget: float | None = None, *, least: bool = False) -> Ratio:
        above, below = measured[one], measured[other]
        return Ratio(what, above.elapsed / below.elapsed, above.cpu / below.cpu, budget, least)

    full, copy = f"full build, {groups:,} groups", f"cp -r, {groups:,} groups"
    few = f"full build, {groups // _TENTH:,} groups"
    nothing, one = "nothing changed", "one group changed"
    importing, doing_nothing = "python -c import cubec.cli", "python -c pass"
    yield ratio("full build / cp -r of what it reads and writes", full, copy, 8)
    yield ratio("nothing changed / import of the command line", nothing, importing, 2.5)
    yield ratio("full build / nothing changed", full, nothing, 8, least=True)
    yield ratio("full build / one group changed", full, one, 8, least=True)
    yield ratio("cubec --help / python -c pass", "cubec --help", doing_nothing, 6)
    yield ratio("import of the command line / python -c pass", importing, doing_nothing)
    yield ratio(f"{groups:,} groups / {groups // _TENTH:,} groups", full, few)
    if huge:
        yield ratio(
            f"{groups * _TENTH:,} groups / {groups:,} groups", f"full build, {groups * _TENTH:,} groups", full, 10.5
        )


if __name__ == "__main__":
    main()
