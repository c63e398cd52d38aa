"""Bytes to text that shows everything it holds: what no reviewer can see is found before a parser gives it a meaning."""

import codecs
import re
import unicodedata

from cubec.diagnostics import Diagnostic, Position, Related
from cubec.source.file_rules import ENCODING_INVALID, HIDDEN_CHARACTER, INPUT_TOO_LARGE
from cubec.source.quoting import HIDDEN, printable
from cubec.source.text import Text

MAX_BYTES = 1 << 20

_PLAIN = bytes([0x09, 0x0A, *range(0x20, 0x7F)])
_WIDE_BYTE_ORDER_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UTF8_HINT = 'save the file as "UTF-8 without byte order mark" in your editor'

# Spaces of other widths are fine inside a text; where the grammar wants a space, they look like one and are none.
_ODD_SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
# Possessive, so that no line of a million dashes makes the search quadratic.
_ODD_SPACE = re.compile(rf"(?m)^[ -]*+(?:\w[\w./-]*+:)?+ *+([{_ODD_SPACES}]+)")
_NAMES = {"\r": "carriage return without a line feed", "\x1b": "terminal escape", "\x85": "next line"}
_LINE_ENDS = "\r\x0b\x0c\x85\u2028\u2029"
_MOST_CHARACTERS = 50
_MOST_RELATED = 5


def decode(path: str, data: bytes) -> tuple[Text | None, list[Diagnostic]]:
    """The text with LF line ends; a hidden character is replaced by one that every parser takes for text."""
    if len(data) > MAX_BYTES:
        return None, [too_large(path, len(data))]
    if not data.translate(None, _PLAIN):
        return Text(path, data.decode("ascii")), []
    found: list[Diagnostic] = []
    if data.startswith(_WIDE_BYTE_ORDER_MARKS):
        message = "the file is UTF-16 or UTF-32, not UTF-8"
        return None, [ENCODING_INVALID.at(Position(path), message, hint=_UTF8_HINT, excerpt=False)]
    if data.startswith(codecs.BOM_UTF8):
        found.append(ENCODING_INVALID.at(Position(path), "the file starts with a byte order mark", hint=_UTF8_HINT))
        data = data.removeprefix(codecs.BOM_UTF8)
    try:
        source = Text(path, data.decode("utf-8").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        return None, [*found, _not_utf8(path, data, error.start)]
    nul = source.text.find("\0")
    if nul >= 0:
        hint = "restore the text of the file; it may be UTF-16 or no text at all"
        found.append(ENCODING_INVALID.at(source.position(nul), "the file holds a NUL byte", hint=hint, excerpt=False))
        return None, found
    found += _hidden(source)
    found += _odd_spaces(source)
    if found:
        text = _ODD_SPACE.sub(_with_plain_spaces, source.text)
        source = Text(path, HIDDEN.sub("\ufffd", text))
    return source, found


def too_large(path: str, size: int) -> Diagnostic:
    message = f"the file has {size:,} bytes, more than {MAX_BYTES:,}"
    return INPUT_TOO_LARGE.at(Position(path), message, hint="split the file into several", excerpt=False)


def _not_utf8(path: str, data: bytes, offset: int) -> Diagnostic:
    # Everything before the offending byte is valid; decoding it counts characters, not bytes.
    position = Text(path, data[:offset].decode("utf-8").replace("\r\n", "\n") + "?")
    place = position.position(len(position.text) - 1)
    return ENCODING_INVALID.at(place, f"the byte 0x{data[offset]:02X} is not UTF-8", hint=_UTF8_HINT, excerpt=False)


def _hidden(source: Text) -> list[Diagnostic]:
    places: dict[str, list[int]] = {}
    for match in HIDDEN.finditer(source.text):
        places.setdefault(match[0], []).append(match.start())
    return [_hidden_character(source, character, places[character]) for character in list(places)[:_MOST_CHARACTERS]]


def _hidden_character(source: Text, character: str, offsets: list[int]) -> Diagnostic:
    position = source.position(offsets[0])
    more = f" and {len(offsets) - 1} more of them" if len(offsets) > 1 else ""
    ends_line = character in _LINE_ENDS
    return HIDDEN_CHARACTER.at(
        position,
        f'invisible character "{printable(character)}" ({describe(character)}){more}',
        hint="end lines with LF or CRLF only" if ends_line else "delete the invisible character",
        related=[Related(source.position(offset), "and here") for offset in offsets[1 : _MOST_RELATED + 1]],
        excerpt=source.shows(position.line),
    )


def _odd_spaces(source: Text) -> list[Diagnostic]:
    found = []
    for match in _ODD_SPACE.finditer(source.text):
        position = source.position(match.start(1))
        message = f'"\\u{ord(match[1][0]):04x}" ({describe(match[1][0])}) stands where a plain space belongs'
        hint = "replace it by a plain space"
        found.append(HIDDEN_CHARACTER.at(position, message, hint=hint, excerpt=source.shows(position.line)))
        if len(found) == _MOST_CHARACTERS:
            break
    return found


def _with_plain_spaces(match: re.Match[str]) -> str:
    return match[0][: -len(match[1])] + " " * len(match[1])


def describe(character: str) -> str:
    """The name of a character in plain words."""
    return _NAMES.get(character) or unicodedata.name(character, "control character").lower()
