"""What a rehearsal finds, as values: what was changed, what was judged, and what comes of it."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cubec.diagnostics import Position
from cubec.model.quantity import Quantity
from cubec.source.document import Pointer


class Outcome(enum.IntEnum):
    """Better ones first. ``NOTE`` is something to know that decides nothing."""

    PASSED = 0
    NOTE = 1
    WAITS = 2  # admitted, and starts when something is free
    STUCK = 3  # admitted, and never starts
    REFUSED = 4

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Finding:
    """One judgement. ``stage`` is what judged; ``hint`` the way out; ``at`` the place in the submitted file, ``source`` in a tenant's."""

    stage: str
    outcome: Outcome
    message: str
    hint: str = ""
    at: Position | None = None
    source: Position | None = None


@dataclass(frozen=True, slots=True)
class Mutation:
    """A field that admission fills in. ``why`` says whose doing it is; ``before`` is empty where nothing stood there.

    Entries of a list are known by their names, as in a plan.
    """

    field: Pointer
    before: str
    after: str
    why: str
    source: Position | None = None


@dataclass(frozen=True, slots=True)
class Amount:
    """What is asked of one entry of a quota or queue. ``used`` is None where nobody said; nothing offline knows."""

    holder: str
    resource: str
    asked: Quantity
    limit: Quantity
    used: Quantity | None
    source: Position | None = None


@dataclass(frozen=True, slots=True)
class PodRehearsal:
    """One kind of pod that an object makes, ``count`` of them; ``path`` leads to its template, and is empty for a Pod itself."""

    path: Pointer
    count: int
    mutations: tuple[Mutation, ...]
    findings: tuple[Finding, ...]
    pools: tuple[str, ...]  # where it can run


@dataclass(frozen=True, slots=True)
class ObjectRehearsal:
    kind: str
    name: str
    namespace: str
    at: Position
    findings: tuple[Finding, ...]
    amounts: tuple[Amount, ...]
    pods: tuple[PodRehearsal, ...]

    @property
    def outcome(self) -> Outcome:
        return worst([*self.findings, *(finding for pod in self.pods for finding in pod.findings)])


@dataclass(frozen=True, slots=True)
class Rehearsal:
    group: str
    cluster: str
    user: str
    objects: tuple[ObjectRehearsal, ...]

    @property
    def admitted(self) -> bool:
        return all(item.outcome <= Outcome.WAITS for item in self.objects)


def worst(findings: Sequence[Finding]) -> Outcome:
    """The one that counts; a note is none."""
    return max((finding.outcome for finding in findings if finding.outcome is not Outcome.NOTE), default=Outcome.PASSED)


def toleration(item: Mapping[str, Any]) -> str:
    """A toleration as kubectl writes a taint."""
    value = f"={item['value']}" if item.get("value") else ""
    return f"{item.get('key', '')}{value}:{item.get('effect', '')}"
