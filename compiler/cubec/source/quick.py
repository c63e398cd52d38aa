"""The value of a text that is written plainly, read line by line, without the places of anything in it.

Nobody asks where things stand in a file that is right, and most files are right and plainly written: keys, lists, texts of
one line, brackets that close where they open, comments. So much can be read in half the time that it takes libyaml to tell
Python of it. What is here at all unusual (an anchor, an escape, a block of text, a doubtful scalar, a double key, a mistake)
is left to the builder, which sees everything and says so. The tests hold both to the same value for every text.
"""

from typing import Any

from cubec.source.builder import MAX_DEPTH, MAX_NODES
from cubec.source.oneline import DEEPEST, UnusualError, plain_key, plain_value
from cubec.source.quoting import TEMPLATE_MARKERS

UNUSUAL: Any = object()

_RARE = ("&", "!", "\\", "\t", "%", *TEMPLATE_MARKERS)
_LONGEST = MAX_NODES // 2  # a key and its absent value take two characters, so this many cannot be too many values
_MOST_LEVELS = MAX_DEPTH - DEEPEST - 2
_AFTER_KEY = ("", " ")
_NO_KEY = "{[\"'"


def value(text: str) -> Any:
    """The text's value; UNUSUAL where the builder has to look at it."""
    if len(text) > _LONGEST or any(rare in text for rare in _RARE):
        return UNUSUAL
    whole: dict[str, Any] = {}
    try:
        opened = _read(text.split("\n"), whole, "")
    except UnusualError:
        return UNUSUAL
    return whole[""] if opened is None else UNUSUAL


def _read(lines: list[str], container: Any, opened: str | None) -> str | None:  # noqa: C901, PLR0912 - calls cost time
    """Put what the lines hold below the key ``opened`` of ``container``. A key whose value is still to come comes back."""
    level = -1  # where the entries of the container begin
    above: list[tuple[int, Any]] = []
    for line in lines:
        body = line.strip(" ")
        if not body or body[0] == "#":
            continue
        indent, item = line.index(body[0]), body[:2] == "- "
        if opened is not None:
            if indent < level + (not item) or len(above) >= _MOST_LEVELS:
                raise UnusualError
            above.append((level, container))
            made: Any = [] if item else {}
            container[opened] = made
            container, level, opened = made, indent, None
        while indent < level or (indent == level and not item and type(container) is list):
            level, container = above.pop()
        if indent != level or item is not (type(container) is list):
            raise UnusualError
        if item:
            body = body[2:]
        name, colon, rest = body.partition(":")
        if not colon or rest[:1] not in _AFTER_KEY or body[0] in _NO_KEY:
            if not item:
                raise UnusualError
            container.append(plain_value(body))
            continue
        if item:
            above.append((level, container))
            container.append({})
            container, level = container[-1], indent + 2
        name, rest = plain_key(name), rest.lstrip(" ")
        if name in container:
            raise UnusualError
        if rest and (rest[0] != "#" or rest[1:2].isalnum()):  # "#1" may be no comment, and is not plainly written
            container[name] = plain_value(rest)
        else:
            opened = name
    return opened
