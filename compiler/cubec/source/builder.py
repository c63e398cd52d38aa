"""YAML events to one plain value with its marks, in a loop that no input can make recurse, hang or run out of memory."""

from collections.abc import Sequence
from typing import Any

from yaml._yaml import CParser
from yaml.error import MarkedYAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from cubec.diagnostics import Diagnostic, Related, Rule
from cubec.source import syntax
from cubec.source.characters import describe
from cubec.source.document import COLUMN_BITS, Marks
from cubec.source.file_rules import HIDDEN_CHARACTER, MULTI_DOCUMENT
from cubec.source.grammar_rules import (
    ALIAS_FORBIDDEN,
    DUPLICATE_KEY,
    MERGE_KEY_FORBIDDEN,
    NESTING_TOO_DEEP,
    NON_STRING_KEY,
    TEMPLATE_EXPRESSION,
    TOO_MANY_VALUES,
    YAML_TAG_FORBIDDEN,
)
from cubec.source.quoting import HIDDEN, LONGEST, TEMPLATE, TEMPLATE_MARKERS, names_secret, printable, quoted
from cubec.source.scalars import NUMBER_START, WORDS, Misread, resolve
from cubec.source.text import Text

MAX_DEPTH = 32
MAX_NODES = 50_000
MAX_DIAGNOSTICS = 100  # of one file; who fixes these sees the next

_ITEM: Any = object()  # in place of a key: the next value is an item of a list
_RARE = ("&", "!", "\\", *TEMPLATE_MARKERS)  # a text without these has no anchors, tags, escapes or templates
_QUOTES = "put it in quotes"
_TEMPLATE_HINT = "write the value itself; nothing in a tenant file is replaced"
_COLUMN = (1 << COLUMN_BITS) - 1


class Builder:
    """``run`` fills ``root``; ``sound`` says whether everything that the text holds has arrived there."""

    def __init__(self, source: Text) -> None:
        self.source = source
        self.found: list[Diagnostic] = []
        self.unreported = 0
        self.sound = True
        self.root: list[Any] = []
        self.root_marks: list[Marks] = []
        # What to come back to: container, its marks, key of the child, key of the next child.
        self._stack: list[tuple[Any, Any, Any, Any]] = []
        self._repeated: list[tuple[dict[str, Any], dict[str, Any], str]] = []
        self._last: Any = None

    def run(self) -> None:
        try:
            self._pull()
        except MarkedYAMLError as error:
            self.sound = False
            failure = syntax.explain(self.source, error, self._last)
            if failure.code not in [d.code for d in self.found if d.position == failure.position]:
                self.found.append(failure)
        for container, children, key in self._repeated:
            container.pop(key, None)
            children.pop(key, None)

    # One loop, because a call for each event would cost a fifth of the time; what is rare stands in methods.
    def _pull(self) -> None:
        next_event: Any = CParser(self.source.text).get_event
        wary = any(rare in self.source.text for rare in _RARE)
        container: Any = self.root
        children: Any = self.root_marks
        stack, key, place, key_place, count = self._stack, _ITEM, 0, 0, 0
        while count <= MAX_NODES and len(stack) <= MAX_DEPTH:
            self._last = event = next_event()
            kind = type(event)
            if kind is MappingEndEvent or kind is SequenceEndEvent:
                container, children, _, key = stack.pop()
                continue
            start = event.start_mark
            node: Any = start.line + 1 << COLUMN_BITS | start.column + 1
            place, name = node, key
            if kind is ScalarEvent:
                value = self._inspect(event, place, key) if wary else event.value
                if not event.style and (value in WORDS or value[0] in NUMBER_START):
                    value = self._plain(value, place, key)
            elif kind is MappingStartEvent or kind is SequenceStartEvent or kind is AliasEvent:
                value, node = self._node(event, place, key)
            elif self._ends(event, place):
                return
            else:
                continue
            if key is _ITEM:
                container.append(value)
                children.append(node)
            elif key is None:
                usable = type(value) is str and value not in container
                key_place, key = place, value if usable else self._key(value, place, container, children)
            else:
                container[key] = value
                children[key] = key_place, node
                key = None
            count += 1
            if node is not place:
                stack.append((container, children, name, key))
                container, children, key = value, node[1], None if kind is MappingStartEvent else _ITEM
        self._give_up(place, deep=count <= MAX_NODES)

    def _node(self, event: Any, place: int, key: Any) -> tuple[Any, Marks]:
        """A new collection and its marks; nothing, in place of what an alias repeats."""
        if type(event) is AliasEvent:
            self.sound = False
            shown, quotes = self._shown(f"*{event.anchor}", key)
            message = f"{shown} is read as an alias, which repeats another value"
            self._report(ALIAS_FORBIDDEN, place, message, f"write the value out; if it is text, {quotes}")
            return None, place
        self._properties(event, place, key)
        return ({}, (place, {})) if type(event) is MappingStartEvent else ([], (place, []))

    def _ends(self, event: Event, place: int) -> bool:
        """Whether ``event`` is the end of what can be read: the text's, or that of its first document."""
        if type(event) is DocumentStartEvent and self.root:
            hint = 'make the documents items of a "kind: List", or files of their own'
            self._report(MULTI_DOCUMENT, place, "a second document starts here", hint)
            self.sound = False
            return True
        return type(event) is StreamEndEvent

    def _give_up(self, place: int, *, deep: bool) -> None:
        self.sound = False
        if deep:
            message = f"values stand inside each other more than {MAX_DEPTH} levels deep"
            self._report(NESTING_TOO_DEEP, place, message, "remove the surplus brackets or levels")
        else:
            message = f"the file holds more than {MAX_NODES:,} values"
            self._report(TOO_MANY_VALUES, place, message, "split the file into several")

    def _plain(self, text: str, place: int, key: Any) -> Any:
        """The value of a scalar without quotes; for a key, the text, whatever else it could be read as."""
        value = resolve(text)
        if type(value) is Misread:
            shown, quotes = self._shown(text, key)
            hint = quotes if key is None else f"{quotes}, or {value.instead}"
            if value.rule is MERGE_KEY_FORBIDDEN:
                hint = f"{value.instead}; if it is text, {quotes}"
                self.sound = False
            self._report(value.rule, place, f"{shown} {value.reason}", hint)
            return text
        if key is None and type(value) is not str:
            shown, quotes = self._shown(text, key)
            what = "null" if value is None else "a boolean" if type(value) is bool else "a number"
            self._report(NON_STRING_KEY, place, f"the key {shown} is {what}, not text", quotes)
            return text
        return value

    def _key(self, value: Any, place: int, container: dict[str, Any], children: dict[str, Any]) -> str:
        """A stand-in for a key that cannot be used; its value is read all the same, for what is wrong inside."""
        stand_in = f"\0{place}"  # no key that was written holds this character
        if type(value) is str:
            first = self._related(children[value][0], "first here")
            hint = "keep one of them, with what belongs to both"
            self._report(DUPLICATE_KEY, place, f"the key {quoted(value)} stands twice in one mapping", hint, [first])
            self._repeated.append((container, children, stand_in))
        elif value is not None:  # an alias; it has been reported
            self.sound = False
            self._unnamable(value, place)
        return stand_in

    def _unnamable(self, value: Any, place: int) -> None:
        position = self._related(place, "").position
        before = self.source.line(position.line)[: position.column]
        if before.endswith("{{"):
            message = f"the template expression {quoted('{{')} stands here"
            self._report(TEMPLATE_EXPRESSION, place - 1, message, _TEMPLATE_HINT)
        else:
            what = "list" if isinstance(value, list) else "mapping"
            self._report(NON_STRING_KEY, place, f"a {what} stands where a key is expected", "write a text as the key")

    def _inspect(self, event: ScalarEvent, place: int, key: Any) -> str:
        """Look at what most files hold nowhere. The scalar's text comes back, with escapes for what is hidden in it."""
        if event.anchor is not None or event.tag is not None:
            self._properties(event, place, key)
        text: str = event.value
        hidden = HIDDEN.search(text) if event.style == '"' else None
        if hidden:
            message = f"an escape stands for the invisible character {quoted(hidden[0])} ({describe(hidden[0])})"
            self._report(HIDDEN_CHARACTER, place, message, "delete the escape")
            text = HIDDEN.sub(lambda match: printable(match[0]), text)
        if ("{" in text or "$" in text) and TEMPLATE.search(text):
            shown, _ = self._shown(text, key)
            self._report(TEMPLATE_EXPRESSION, place, f"{shown} holds a template expression", _TEMPLATE_HINT)
        return text

    def _properties(self, event: Any, place: int, key: Any) -> None:
        if event.anchor is not None:
            shown, quotes = self._shown(f"&{event.anchor}", key)
            message = f"{shown} is read as an anchor, which marks a value for repetition"
            self._report(ALIAS_FORBIDDEN, place, message, f"delete it; if it is text, {quotes}")
        if event.tag is not None:
            shown, _ = self._shown(event.tag.replace("tag:yaml.org,2002:", "!!"), key)
            hint = f"delete it; if it is text, {_QUOTES}"
            self._report(YAML_TAG_FORBIDDEN, place, f"{shown} is read as a YAML tag", hint)

    def _shown(self, text: str, key: Any) -> tuple[str, str]:
        """How a message names the scalar, and the advice to quote it; without its text where that may be a secret."""
        if names_secret([key, *(frame[2] for frame in self._stack)]):
            return "this value", _QUOTES
        if len(text) > LONGEST:
            return quoted(text), _QUOTES
        return quoted(text), f"quote it: {quoted(text)}"

    def _related(self, place: int, message: str) -> Related:
        return Related(self.source.at(place >> COLUMN_BITS, place & _COLUMN), message)

    def _report(self, rule: Rule, place: int, message: str, hint: str, related: Sequence[Related] = ()) -> None:
        if len(self.found) >= MAX_DIAGNOSTICS:
            self.unreported += 1
            return
        position = self._related(place, "").position
        shows = self.source.shows(position.line)
        self.found.append(rule.at(position, message, hint=hint, related=related, excerpt=shows))
