"""The text of one file: its lines, the place of an offset, and which lines a report may show."""

from dataclasses import dataclass, field
from functools import cached_property

from cubec.diagnostics import Position
from cubec.source.quoting import names_secret

_FARTHEST_PARENT = 200  # lines; a value that is longer than this is taken for a secret


@dataclass
class Text:
    path: str
    text: str
    _secret_lines: dict[int, bool] = field(default_factory=dict)

    @cached_property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    def line(self, number: int) -> str:
        """Line ``number``, from 1; empty past the end, where a parser says that something is missing."""
        return self.lines[number - 1] if number <= len(self.lines) else ""

    def at(self, line: int, column: int) -> Position:
        """The place; the end of the text, if a parser points past it."""
        last = max(len(self.lines) - (not self.lines[-1]), 1)
        if line <= last:
            return Position(self.path, line, column)
        return Position(self.path, last, len(self.lines[last - 1]) + 1)

    def position(self, offset: int) -> Position:
        """Where the character at ``offset`` stands."""
        return Position(self.path, self.text.count("\n", 0, offset) + 1, offset - self.text.rfind("\n", 0, offset))

    def shows(self, number: int) -> bool:
        """Whether a report may print line ``number``: neither it, the line above nor a parent speaks of a secret."""
        if self._secret(number) or self._secret(number - 1):
            return False
        indent = _indent(self.line(number))
        for above in range(number - 1, max(number - _FARTHEST_PARENT, 0), -1):
            if indent == 0:
                return True
            line = self.line(above)
            if line.strip() and _indent(line) < indent:
                if self._secret(above):
                    return False
                indent = _indent(line)
        return number <= _FARTHEST_PARENT or indent == 0

    def _secret(self, number: int) -> bool:
        if number < 1:
            return False
        if number not in self._secret_lines:
            self._secret_lines[number] = names_secret([self.line(number)])
        return self._secret_lines[number]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
