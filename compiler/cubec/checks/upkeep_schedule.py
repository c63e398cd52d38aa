"""A schedule asks for a time that does not exist.

A schedule has five fields: minute (0-59), hour (0-23), day of the month (1-31), month (1-12 or JAN-DEC) and day of
the week (0-6 or SUN-SAT, Sunday is 0). Each is `*`, a number, a range, a list of those, or one of them with a step:
`*/10`. Kubernetes refuses a job whose schedule is out of range.

Bad:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      upkeep:
        image: registry.example.com/platform/cubec:1.0
        nodes: {schedule: "0 24 * * *"}

Good:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      upkeep:
        image: registry.example.com/platform/cubec:1.0
        nodes: {schedule: "0 0 * * *"}
"""

import re
from collections.abc import Iterator, Mapping

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model

RULE = Rule("upkeep-schedule", Severity.ERROR, "a schedule asks for a time that does not exist", __doc__ or "")

_PART = re.compile(r"(?:[*?]|([0-9]+|[a-z]{3})(?:-([0-9]+|[a-z]{3}))?)(?:/([0-9]+))?", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS: tuple[tuple[str, int, int, Mapping[str, int]], ...] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of the month", 1, 31, {}),
    ("month", 1, 12, {name: n for n, name in enumerate(_MONTHS, start=1)}),
    ("day of the week", 0, 6, {name: n for n, name in enumerate(_DAYS)}),
)


def check(model: Model) -> Iterator[Diagnostic]:
    for task in model.platform.upkeep.tasks if model.platform.upkeep else ():
        for text, (name, low, high, names) in zip(task.schedule.lower().split(" "), _FIELDS, strict=False):
            if not all(_sound(part, low, high, names) for part in text.split(",")):
                yield RULE.at(
                    task.origin.at("schedule"),
                    f'"{text}" is no {name} in a schedule',
                    hint=f"use {low} to {high}, a range such as {low}-{high}, or * with a step such as */5",
                )


def _sound(part: str, low: int, high: int, names: Mapping[str, int]) -> bool:
    match = _PART.fullmatch(part)
    if match is None or match[3] == "0":
        return False
    first, last = (_number(text, names) for text in (match[1], match[2]))
    return (first is None or low <= first <= high) and (last is None or (first or 0) <= last <= high)


def _number(text: str | None, names: Mapping[str, int]) -> int | None:
    if text is None:
        return None
    return int(text) if text.isdecimal() else names.get(text, -1)
