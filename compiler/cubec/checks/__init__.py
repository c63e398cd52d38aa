"""What no single document shows: one module per rule, each a pure function of the whole model."""

from collections.abc import Iterator
from typing import Protocol

from cubec.diagnostics import Diagnostic, Rule
from cubec.model.model import Model


class Check(Protocol):
    """A module: its docstring is the page of its code, with a Bad and a Good example; ``check`` reports what breaks it."""

    RULE: Rule

    def check(self, model: Model) -> Iterator[Diagnostic]: ...


CHECKS: tuple[Check, ...] = ()
