"""Where the parser gave up, in a shape that explanations can be written over."""

from dataclasses import dataclass
from typing import Any

from cubec.diagnostics import Diagnostic, Rule
from cubec.source.grammar_rules import YAML_SYNTAX
from cubec.source.text import Text


@dataclass(frozen=True, slots=True)
class Failure:
    """The parser's error, with places that count from 1: where it gave up, and where what it was reading began."""

    source: Text
    problem: str
    line: int
    column: int
    from_line: int
    from_column: int
    last: Any  # the event before

    @property
    def text(self) -> str:
        return self.source.line(self.line)

    @property
    def character(self) -> str:
        return self.text[self.column - 1 : self.column]

    @property
    def starts_line(self) -> bool:
        return not self.text[: self.column - 1].strip()

    def at_problem(self, message: str, hint: str) -> Diagnostic:
        return self.at(self.line, self.column, message, hint)

    def at_start(self, message: str, hint: str, rule: Rule = YAML_SYNTAX) -> Diagnostic:
        return self.at(self.from_line, self.from_column, message, hint, rule)

    def at(self, line: int, column: int, message: str, hint: str, rule: Rule = YAML_SYNTAX) -> Diagnostic:
        position = self.source.at(line, column)
        return rule.at(position, message, hint=hint, excerpt=self.source.shows(position.line))
