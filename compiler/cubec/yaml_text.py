"""Plain values to YAML text that every reader takes for the same value, YAML 1.1 and 1.2 alike.

A string is left unquoted only where no reader could see anything else in it: ``1e3``, ``0o10``, ``y`` and their like are
quoted. The same value always gives the same bytes; keys stay in the order in which they were put.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

_PLAIN = re.compile(
    r"(?!(?i:y|n|yes|no|on|off|true|false|null)\Z)[A-Za-z_/][A-Za-z0-9_./@:#=+-]*(?<!:)|[0-9]+(?:[KMGTP]i|[kMGTm])",
    re.ASCII,
)
_LITERAL = re.compile(r"[^\s\x00-\x1f][^\n]*(?:\n[^\n]*)*", re.ASCII)
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


class Shared(dict[str, Any]):
    """A mapping that stands in many documents: its text is made once for each depth, so nobody may change it afterwards."""

    __slots__ = ("_texts",)

    def __init__(self, value: Mapping[str, Any]) -> None:
        super().__init__(value)
        self._texts: dict[str, str] = {}

    def text(self, indent: str) -> str:
        if indent not in self._texts:
            lines: list[str] = []
            _mapping(self, indent, lines)
            self._texts[indent] = "\n".join(lines)
        return self._texts[indent]


class SharedItems(list[Any]):
    """The same for a list."""

    __slots__ = ("_texts",)

    def __init__(self, value: Iterable[Any]) -> None:
        super().__init__(value)
        self._texts: dict[str, str] = {}

    def text(self, indent: str) -> str:
        if indent not in self._texts:
            lines: list[str] = []
            _sequence(self, indent, lines)
            self._texts[indent] = "\n".join(lines)
        return self._texts[indent]


def document(value: Mapping[str, Any]) -> str:
    return fragment(value, "")


def fragment(value: Mapping[str, Any], indent: str) -> str:
    """The lines of a mapping, each with its line end; nothing for an empty one."""
    if isinstance(value, Shared):
        return value.text(indent) + "\n"
    lines: list[str] = []
    _mapping(value, indent, lines)
    lines.append("")
    return "\n".join(lines)


def _mapping(value: Mapping[str, Any], indent: str, lines: list[str]) -> None:
    for key, item in value.items():
        kind = type(item)
        # most lines are such, and a call for each would take longer than the line
        if kind is str and "\n" not in item:
            lines.append(f"{indent}{scalar(key)}: {scalar(item)}")
        elif kind is dict and item:
            lines.append(f"{indent}{scalar(key)}:")
            _mapping(item, indent + "  ", lines)
        elif kind is list and item:
            lines.append(f"{indent}{scalar(key)}:")
            _sequence(item, indent + "  ", lines)
        else:
            _entry(f"{indent}{scalar(key)}:", item, indent, lines)


def _entry(head: str, item: Any, indent: str, lines: list[str]) -> None:
    if isinstance(item, (Shared, SharedItems)) and item:
        lines.append(f"{head}\n{item.text(indent + '  ')}")
    elif isinstance(item, str):
        lines.append(f"{head} {scalar(item)}" if "\n" not in item else f"{head} {_block(item, indent + '  ')}")
    elif isinstance(item, dict):
        if item:
            lines.append(head)
            _mapping(item, indent + "  ", lines)
        else:
            lines.append(f"{head} {{}}")
    elif isinstance(item, list | tuple):
        if item:
            lines.append(head)
            _sequence(item, indent + "  ", lines)
        else:
            lines.append(f"{head} []")
    else:
        lines.append(f"{head} {_other(item)}")


def _sequence(value: Iterable[Any], indent: str, lines: list[str]) -> None:
    for item in value:
        if isinstance(item, dict) and item:
            start = len(lines)
            _mapping(item, indent + "  ", lines)
            lines[start] = f"{indent}- {lines[start][len(indent) + 2 :]}"
        elif isinstance(item, list | tuple) and item:
            raise TypeError("no Kubernetes object that cubec emits nests lists")
        else:
            _entry(f"{indent}-", item, indent, lines)


@lru_cache(maxsize=4096)
def scalar(text: str) -> str:
    """A string as one line."""
    if _PLAIN.fullmatch(text):
        return text
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return '"' + "".join(map(_character, text)) + '"'


def _character(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\U{code:08x}" if code > 0xFFFF else f"\\u{code:04x}"  # noqa: PLR2004 - the end of the basic plane


def _block(text: str, indent: str) -> str:
    """A text of several lines as a literal block; quoted, where a block could not hold it exactly."""
    body = text.removesuffix("\n")
    lines = body.split("\n")
    exact = (
        _LITERAL.fullmatch(body) and all((line.isprintable() and line == line.rstrip()) for line in lines) and lines[-1]
    )
    if not exact:
        return scalar(text)
    mark = "|" if text.endswith("\n") else "|-"
    return "\n".join([mark, *(f"{indent}{line}" if line else "" for line in lines)])


def _other(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in a Kubernetes object")
