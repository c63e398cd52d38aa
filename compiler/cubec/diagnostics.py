"""What is wrong, where, and the way out: the one shape of every message from the loader to the last check."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass


class Severity(enum.IntEnum):
    """Errors stop a build; warnings and notes do not. Lower is worse."""

    ERROR = 1
    WARNING = 2
    NOTE = 3

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a file: the path as people write it, from the platform's root with ``/``; line and column from 1."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Related:
    """Another place that a diagnostic speaks of, and what stands there."""

    position: Position
    message: str


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """One judgement on the input. The order of the fields is the order of a report."""

    position: Position
    severity: Severity
    code: str
    message: str
    hint: str = ""
    related: tuple[Related, ...] = ()
    excerpt: bool = True  # false where a secret may stand on the line


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of diagnostic. ``code`` is kebab-case and never changes; ``page`` is what ``cubec explain CODE`` prints."""

    code: str
    severity: Severity
    summary: str
    page: str

    def at(
        self,
        position: Position,
        message: str,
        *,
        hint: str,
        related: Sequence[Related] = (),
        excerpt: bool = True,
    ) -> Diagnostic:
        """Make a diagnostic of this rule. ``hint`` is an imperative: what to write instead."""
        return Diagnostic(position, self.severity, self.code, message, hint, tuple(related), excerpt)


def has_errors(diagnostics: Sequence[Diagnostic]) -> bool:
    return any(d.severity is Severity.ERROR for d in diagnostics)
