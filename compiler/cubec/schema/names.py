"""A name that breaks the grammar of names, to which character is wrong and what to write instead."""

import re
import unicodedata

from cubec.diagnostics import Diagnostic, Position
from cubec.name import LONGEST, is_name
from cubec.schema.rules import NAME_INVALID
from cubec.schema.wording import show

_BREAKS = {"\n": "a line break", "\r": "a line break", "\t": "a tab", " ": "a space"}


def name_invalid(name: str, position: Position) -> Diagnostic:
    return NAME_INVALID.at(position, f"{show(name)} is not a valid name: {_wrong(name)}", hint=_hint(name))


def _wrong(name: str) -> str:
    for character in name:
        if not re.fullmatch("[a-z0-9-]", character):
            return f"{_described(character)} is not allowed"
    if not "a" <= name[0] <= "z":
        return f'it begins with "{name[0]}" and not with a letter'
    if name.endswith("-"):
        return "it ends with a hyphen"
    if "--" in name:
        return "two hyphens stand side by side"
    return f"it has {len(name)} characters, and {LONGEST} are the most"


def _described(character: str) -> str:
    if character in _BREAKS:
        return _BREAKS[character]
    if character.isascii() and character.isprintable():
        return f'the capital letter "{character}"' if character.isupper() else f'"{character}"'
    shown = f'"{character}" ' if character.isprintable() else ""
    return f"{shown}(U+{ord(character):04X} {unicodedata.name(character, 'without a name')})"


def _hint(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name).casefold().strip()
    better = re.sub(r"[^a-z0-9]+", "-", plain, flags=re.ASCII).strip("-")[:LONGEST].rstrip("-")
    if is_name(better) and plain.isascii():
        return f'write "{better}"'
    return f"use lower-case letters, digits and single hyphens, a letter first, {LONGEST} characters at most"
