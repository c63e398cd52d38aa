"""Comments that may have been meant as text: in ``team #1`` YAML takes the number away, and says nothing."""

import re
from collections.abc import Iterator
from typing import Any

from yaml._yaml import CParser
from yaml.tokens import BlockEntryToken, ScalarToken, StreamEndToken, ValueToken

from cubec.diagnostics import Diagnostic
from cubec.source.grammar_rules import COMMENT_WITHOUT_SPACE
from cubec.source.text import Text

_GLUED = re.compile(r" +#(?=\w)")


def glued(source: Text) -> Iterator[Diagnostic]:
    """Every comment that begins without a space behind a value without quotes, or in its place. The text is sound."""
    if not _GLUED.search(source.text):
        return
    next_token: Any = CParser(source.text).get_token
    while type(token := next_token()) is not StreamEndToken:
        if (type(token) is ScalarToken and token.plain) or type(token) in (ValueToken, BlockEntryToken):
            line, column = token.end_mark.line + 1, token.end_mark.column
            if found := _GLUED.match(source.line(line), column):
                yield COMMENT_WITHOUT_SPACE.at(
                    source.at(line, found.end()),
                    'what follows "#" is a comment here, and not part of the value',
                    hint='put the value in quotes if that belongs to it; if not, write a space after "#"',
                    excerpt=source.shows(line),
                )
