"""The line that a diagnostic speaks of, safe to print, and how much of it the diagnostic means."""

import re
import unicodedata
from collections.abc import Mapping

from cubec.diagnostics import Position
from cubec.source.quoting import printable

Files = Mapping[str, bytes]

_LONGEST = 160
_PLAIN_END = re.compile(r"\s+#|\s*$|[,\]}](?=\s|$|,|\]|\})|:(?=\s|$)")
_QUOTED = {'"': re.compile(r'"(?:[^"\\]|\\.)*"?'), "'": re.compile(r"'(?:[^']|'')*'?")}


def excerpt(files: Files, position: Position) -> tuple[str, int, int] | None:
    """The line at ``position`` as it may be printed, the column of the caret from 0, and its width; None where there is none."""
    data = files.get(position.path)
    if data is None:
        return None
    lines = data.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    if not 0 < position.line <= len(lines):
        return None
    line = lines[position.line - 1]
    start = min(position.column - 1, len(line))
    before, meant, after = line[:start], line[start : start + _width(line, start)], line[start + _width(line, start) :]
    before, meant, after = printable(before), printable(meant), printable(after)
    if len(before) > _LONGEST:
        before = "…" + before[-_LONGEST // 2 :]
    shown = (before + meant + after)[:_LONGEST]
    return shown, _cells(before), max(1, min(_cells(meant), _LONGEST - len(before)))


def _cells(text: str) -> int:
    """How many columns of a terminal a text takes; an ideograph takes two."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _width(line: str, start: int) -> int:
    rest = line[start:]
    if rest[:1] in _QUOTED:
        match = _QUOTED[rest[0]].match(rest)
        return match.end() if match else 1
    if rest[:1] in {"[", "{"}:
        return 1
    end = _PLAIN_END.search(rest)
    return max(1, end.start() if end else len(rest))
