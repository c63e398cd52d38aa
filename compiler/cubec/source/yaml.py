"""The bytes of one file to one positioned document, and to everything that is wrong with them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from cubec.diagnostics import Diagnostic
from cubec.source import quick, syntax
from cubec.source.builder import Builder
from cubec.source.characters import decode
from cubec.source.comments import glued
from cubec.source.document import Deferred, Document, Marks, mark
from cubec.source.file_rules import EMPTY_FILE
from cubec.source.grammar_rules import YAML_DIRECTIVE_FORBIDDEN, YAML_SYNTAX
from cubec.source.quoting import quoted
from cubec.source.text import Text

_DIRECTIVE = re.compile(r"(?m)^%\S*")
_TAB = re.compile(r"( *)\t[ \t]*")


def load(path: str, data: bytes) -> tuple[Document | None, list[Diagnostic]]:
    """Read one file. The document is there whenever none of its structure was lost, even beside diagnostics."""
    source, found = decode(path, data)
    if source is None:
        return None, found
    if not found:
        value = quick.value(source.text)
        if value is not quick.UNUSUAL:
            return Document(path, value, Deferred(_marks, path, data), data), []
    # Before parsing, because the parser compares each %TAG with all before it: 60,000 of them would take seconds.
    directive = _DIRECTIVE.search(source.text) if "%" in source.text else None
    if directive:
        return None, [*found, _forbid(source, directive)]
    builder = Builder(source)
    builder.run()
    # Where characters were hidden, what cannot be parsed is mostly their doing, and would be explained wrongly.
    found += [d for d in builder.found if not found or d.code != YAML_SYNTAX.code]
    if builder.unreported:
        more = f"{found[-1].hint}; {builder.unreported} more problems of this file are not listed"
        found[-1] = replace(found[-1], hint=more)
    if not builder.sound:
        return None, found
    if builder.root in ([], [None]):
        hint = "write a document, or delete the file"
        return None, [*found, EMPTY_FILE.at(source.at(1, 1), "the file holds no document", hint=hint)]
    document = Document(path, builder.root[0], builder.root_marks[0])
    if "\t" in source.text:
        found += _tabs(source, document)
    found += glued(source)
    return document, found


def _marks(path: str, data: bytes) -> Marks:
    # decoded anew: the bytes are kept anyway, and their text would be as large again
    builder = Builder(cast("Text", decode(path, data)[0]))
    builder.run()
    return builder.root_marks[0]


def _forbid(source: Text, directive: re.Match[str]) -> Diagnostic:
    position = source.position(directive.start())
    message = f"{quoted(directive[0])} at the start of a line is read as a YAML directive"
    hint = "delete the line"
    return YAML_DIRECTIVE_FORBIDDEN.at(position, message, hint=hint, excerpt=source.shows(position.line))


def _tabs(source: Text, document: Document) -> list[Diagnostic]:
    """Tabs that the parser lets pass as indentation, inside brackets; in a block of text they are text."""
    indents = [(line, match) for line, text in enumerate(source.lines, 1) if (match := _TAB.match(text))]
    if not indents:
        return []
    places = set(_places(document.marks))
    wrong = [(line, match.end(1) + 1) for line, match in indents if mark(line, match.end() + 1) in places]
    return [syntax.tab(source, *wrong[0], more=len(wrong) - 1)] if wrong else []


def _places(marks: Marks) -> Iterator[int]:
    waiting = [marks]
    while waiting:
        node = waiting.pop()
        if isinstance(node, int):
            yield node
            continue
        place, children = node
        yield place
        if isinstance(children, dict):
            for key_place, child in children.values():
                yield key_place
                waiting.append(child)
        else:
            waiting += children
