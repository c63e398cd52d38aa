"""Comments that may have been meant as text: in ``team #1`` YAML takes the number away, and says nothing."""

import re
from collections.abc import Iterator
from typing import Any

from yaml._yaml import CParser
from yaml.tokens import BlockEntryToken, ScalarToken, StreamEndToken, ValueToken

from cubec.diagnostics import Diagnostic
from cubec.source.grammar_rules import COMMENT_WITHOUT_SPACE
from cubec.source.text import Text

_GLUED = re.compile(r" #(?=\w)")
_BEHIND = re.compile(r" +#(?=\w)")  # to match only: a search would take minutes for a megabyte of spaces
_MOST = 20  # of one file


def glued(source: Text) -> list[Diagnostic]:
    """Comments that begin without a space behind a value without quotes, or in its place. The text is sound."""
    places = list(_places(source)) if _GLUED.search(source.text) else []
    unlisted = f"; {len(places) - _MOST} more of this file are not listed" if len(places) > _MOST else ""
    return [
        COMMENT_WITHOUT_SPACE.at(
            source.at(line, column),
            'what follows "#" is a comment here, and not part of the value',
            hint=f'put the value in quotes if that belongs to it; if not, write a space after "#"{unlisted}',
            excerpt=source.shows(line),
        )
        for line, column in places[:_MOST]
    ]


def _places(source: Text) -> Iterator[tuple[int, int]]:
    next_token: Any = CParser(source.text).get_token
    while type(token := next_token()) is not StreamEndToken:
        if (type(token) is ScalarToken and token.plain) or type(token) in (ValueToken, BlockEntryToken):
            line = token.end_mark.line + 1
            if found := _BEHIND.match(source.line(line), token.end_mark.column):
                yield line, found.end()
