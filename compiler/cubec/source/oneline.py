"""Plainly written keys and values of one line: texts, numbers, and what stands in brackets."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from cubec.source.scalars import NUMBER_START, WORDS, Misread, resolve

DEEPEST = 8  # brackets in brackets

_KINDS: Mapping[str, Callable[[], Any]] = {"[": list, "]": list, "{": dict, "}": dict}

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]{0,99}", re.ASCII)
_START, _MORE = r"[\w/.]", r"(?:[\w/.@+~=()-]|:(?=[\w/]))"
# Quoted texts, brackets, commas, keys and words. Whatever else there is leaves a gap.
_NAME, _WORDS = r"[\w./-]+:[ ]", rf"{_START}{_MORE}*(?:[ ]{_MORE}+)*"
_PARTS = re.compile(rf"""\"[^"]*\"|'[^']*'|[][{{}}]|,[ ]|{_NAME}|{_WORDS}""")
_ENTRY = rf'{_NAME}(?:{_WORDS}|"[^",]*")'
_FLAT = re.compile(rf"\{{{_ENTRY}(?:,[ ]{_ENTRY})*\}}")


class UnusualError(Exception):
    """Not plainly written; the builder has to look at it."""


@lru_cache(maxsize=4096)
def plain_key(text: str) -> str:
    """The key, and of equal ones always the same object: there are few, and each stands in thousands of mappings."""
    if not _KEY.fullmatch(text) or text in WORDS:
        raise UnusualError
    return text


def plain_value(text: str) -> Any:
    """The value of what follows a key or a dash."""
    first = text[0]
    if " #" in text:
        cut = text.index(" #")
        if '"' in text or "'" in text or text[cut + 2 : cut + 3].isalnum():
            raise UnusualError  # no comment, or maybe none
        text = text[:cut].rstrip(" ")
    if first in "{[":
        return _flat(text) if first == "{" and _FLAT.fullmatch(text) else _bracketed(text)
    if first in "\"'":
        if text.find(first, 1) != len(text) - 1:
            raise UnusualError
        return text[1:-1]
    if not (first.isalnum() or first in "_/.") or ": " in text or text[-1] == ":":
        raise UnusualError
    return _scalar(text)


def _flat(text: str) -> dict[str, Any]:
    """A mapping with nothing in brackets in it: most are such, and this is twice as quick."""
    made: dict[str, Any] = {}
    for entry in text[1:-1].split(", "):
        name, _, item = entry.partition(": ")
        key = plain_key(name)
        if key in made:
            raise UnusualError
        made[key] = item[1:-1] if item[0] == '"' else _scalar(item)
    return made


def _scalar(text: str) -> Any:
    if text not in WORDS and text[0] not in NUMBER_START:
        return text
    found = resolve(text)
    if type(found) is Misread:
        raise UnusualError
    return found


def _parts(text: str) -> list[str]:
    parts: list[str] = _PARTS.findall(text)
    if "".join(parts) != text:
        raise UnusualError
    return parts


def _bracketed(text: str) -> Any:  # noqa: C901, PLR0912 - a call for each part would take longer than the part
    parts = _parts(text)
    whole: list[Any] = []
    container: Any = whole
    key: str | None = None
    due = True  # a value comes next, or a key: right behind an opening bracket, a comma or a key
    above: list[Any] = []
    for part in parts:
        first = part[0]
        if part == ", ":
            if due or not above:
                raise UnusualError
            due = True
        elif part[-1] == " ":
            name = plain_key(part[:-2])
            if not due or key is not None or type(container) is not dict or name in container:
                raise UnusualError
            key = name
        elif first in "]}":
            if not above or key is not None or (due and container) or type(container) is not _KINDS[first]:
                raise UnusualError
            container, due = above.pop(), False
        else:
            if not due or (key is None) is (type(container) is dict) or len(above) > DEEPEST:
                raise UnusualError
            opens = _KINDS.get(first)
            made: Any = opens() if opens else part[1:-1] if first in "\"'" else _scalar(part)
            if key is None:
                container.append(made)
            else:
                container[key] = made
                key = None
            due = opens is not None
            if due:
                above.append(container)
                container = made
    if above or due:
        raise UnusualError
    return whole[0]
