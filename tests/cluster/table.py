"""The table that a run ends with: which claims it has proven, on which component and version, and what it left out."""

import importlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

README = Path(__file__).with_name("README.md")
TEST = re.compile(r"tests/cluster/(test_\w+)\.py::(test_\w+)")
ROW = re.compile(r"\| .* \| (.*) \| `(test_\w+)::(test_\w+)` \|")
OUTCOMES = ("failed", "error", "passed", "skipped")


def lines(stats: Mapping[str, Iterable[Any]], foreign: Any) -> Iterator[str]:
    """The rows of the modules that ran: outcome and number of cases, claim, component; and what was left out, and why."""
    rows = list(_rows(stats, foreign))
    if rows:
        on = (
            f"on {foreign.upstream.host}, names with {foreign.renaming.prefix}" if foreign else "on clusters of our own"
        )
        yield from ("", f"claims proven {on}:", *rows)


def _rows(stats: Mapping[str, Iterable[Any]], foreign: Any) -> Iterator[str]:
    cases, reasons = _counted(stats)
    components = _components()
    for module in sorted({module for module, _ in cases}):
        for claim, test in getattr(importlib.import_module(f"tests.cluster.{module}"), "CLAIMS", ()):
            if counts := cases.get((module, test)):  # else it was not selected
                where = _where(components.get((module, test), ""), foreign)
                yield f"  {_outcome(counts):<12} {claim} | {where} | {module}::{test}"
            if why := "; ".join(sorted(reasons.get((module, test), ()))):
                yield f"  {'':<12} left out: {why}"


def _counted(
    stats: Mapping[str, Iterable[Any]],
) -> tuple[dict[tuple[str, str], dict[str, int]], dict[tuple[str, str], set[str]]]:
    cases: dict[tuple[str, str], dict[str, int]] = {}
    reasons: dict[tuple[str, str], set[str]] = {}
    for outcome in OUTCOMES:
        for report in stats.get(outcome, ()):
            found = TEST.match(getattr(report, "nodeid", ""))
            if not found:
                continue
            key = found[1], found[2]
            cases.setdefault(key, dict.fromkeys(OUTCOMES, 0))[outcome] += 1
            told = {text for name, text in report.user_properties if name == "left out"}
            if told:
                reasons.setdefault(key, set()).update(told)
            if outcome == "skipped" and isinstance(report.longrepr, tuple):
                reasons.setdefault(key, set()).add(report.longrepr[2].removeprefix("Skipped: "))
    return cases, reasons


def _outcome(counts: Mapping[str, int]) -> str:
    if counts["failed"] or counts["error"]:
        return "FAILED"
    return f"proven {counts['passed']}x" if counts["passed"] else "left out"


def _components() -> dict[tuple[str, str], str]:
    """The README's column, by module and test."""
    rows = (ROW.fullmatch(line) for line in README.read_text().splitlines())
    return {(row[2], row[3]): row[1] for row in rows if row}


def _where(stated: str, foreign: Any) -> str:
    """What a claim was proven on: as the README states, or the cluster's own versions."""
    if not foreign:
        return stated
    parts = [f"Kubernetes {foreign.full_version}"]
    for component, version in foreign.components.items():
        if component in stated:
            parts.append(f"{component} {version}")
    return ", ".join(parts)
