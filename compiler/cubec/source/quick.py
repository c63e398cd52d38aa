"""The value of a text that holds nothing unusual, without the places of anything in it.

Nobody asks where things stand in a file that is right, and most files are. What is here at all unusual (an anchor, a tag,
an escape, a doubtful scalar, a double key, a mistake) is left to the builder, which sees everything and says so.
"""

from typing import Any

from yaml._yaml import CParser
from yaml.error import YAMLError
from yaml.events import MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent, SequenceStartEvent

from cubec.source.builder import MAX_DEPTH, MAX_NODES
from cubec.source.quoting import TEMPLATE_MARKERS
from cubec.source.scalars import NUMBER_START, WORDS, Misread, resolve

UNUSUAL: Any = object()

_ITEM: Any = object()  # in place of a key: the next value is an item of a list
_RARE = ("&", "!", "\\", "\t", "%", *TEMPLATE_MARKERS)
_LONGEST = MAX_NODES // 2  # a key and its absent value take two characters, so this many cannot be too many values


def value(text: str) -> Any:
    """The text's value; UNUSUAL where the builder has to look at it."""
    if len(text) > _LONGEST or any(rare in text for rare in _RARE):
        return UNUSUAL
    try:
        return _pull(CParser(text).get_event)
    except YAMLError:
        return UNUSUAL


def _pull(next_event: Any) -> Any:  # noqa: C901, PLR0912 - a call for each event would cost a fifth of the time
    root: list[Any] = []
    stack: list[tuple[Any, Any]] = []  # what to come back to: a container, and its key that comes next
    container: Any = root
    key = _ITEM
    next_event()  # the stream starts
    next_event()  # the document starts
    while True:
        event = next_event()
        kind = type(event)
        if kind is ScalarEvent:
            text: Any = event.value
            if not event.style and (text in WORDS or text[0] in NUMBER_START):
                text = resolve(text)
                if type(text) is Misread:
                    return UNUSUAL
            if key is None:
                if type(text) is not str or text in container:
                    return UNUSUAL
                key = text
            elif key is _ITEM:
                container.append(text)
            else:
                container[key] = text
                key = None
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            container, key = stack.pop()
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            if key is None or len(stack) >= MAX_DEPTH:
                return UNUSUAL
            made: Any = {} if kind is MappingStartEvent else []
            if key is _ITEM:
                container.append(made)
                stack.append((container, _ITEM))
            else:
                container[key] = made
                stack.append((container, None))
            container, key = made, None if kind is MappingStartEvent else _ITEM
        else:
            return _only(root, next_event())


def _only(root: list[Any], end: Any) -> Any:
    """The one document of the text, if it has just one and that one says anything."""
    ended = type(end).__name__ == "StreamEndEvent"
    return root[0] if ended and root and root != [None] else UNUSUAL
