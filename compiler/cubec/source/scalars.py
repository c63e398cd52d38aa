"""Plain scalars to values, by the YAML 1.2 core schema; where YAML 1.1 readers differ, to the reason why not."""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

from cubec.diagnostics import Rule
from cubec.source.grammar_rules import AMBIGUOUS_SCALAR, MERGE_KEY_FORBIDDEN, NUMBER_OUT_OF_RANGE


@dataclass(frozen=True, slots=True)
class Misread:
    """A scalar that cannot be used as it stands. ``reason`` continues the quoted value, ``instead`` is an imperative."""

    rule: Rule
    reason: str
    instead: str


def _spellings(word: str) -> list[str]:
    return ["".join(letters) for letters in product(*((letter, letter.upper()) for letter in word))]


def _boolean(instead: str) -> Misread:
    return Misread(AMBIGUOUS_SCALAR, "is a boolean to some YAML readers and text to others", f"write {instead}")


# Everything that is not text, a number aside. Dates are not here: they stay text.
WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **{spelling: _boolean("true") for word in ("y", "yes", "on") for spelling in _spellings(word)},
    **{spelling: _boolean("false") for word in ("n", "no", "off") for spelling in _spellings(word)},
    "<<": Misread(MERGE_KEY_FORBIDDEN, "merges another mapping into this one", "write the merged keys out"),
    "=": Misread(AMBIGUOUS_SCALAR, "is a default value to some YAML readers and text to others", "leave it out"),
}
NUMBER_START = frozenset("0123456789+-.")

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)").fullmatch
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+").fullmatch
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\.[0-9]+").fullmatch
_BOUND = 1 << 63
_LONGEST_INTEGER = 20  # a sign and the digits of the bound
_LONGEST_DECIMAL = 32  # so that no written digit is lost in a number near zero
_SIGNIFICANT_DIGITS = 15  # what every reader of binary floating-point numbers keeps

_NUMBER_OR_TEXT = "is a number to some YAML readers and text to others"
_MISREADS = (
    (r"[-+]?0[0-9]+", "is octal to some YAML readers and decimal to others", "write the number without leading zeros"),
    (r"[-+]?0o[0-7_]+", _NUMBER_OR_TEXT, "write a decimal number"),
    (r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+)", _NUMBER_OR_TEXT, "write a decimal number"),
    (r"[-+]?[0-9][0-9_]*", _NUMBER_OR_TEXT, "write the number without underscores"),
    (r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?", _NUMBER_OR_TEXT, "write a decimal number"),
    (
        r"[-+]?(?:[0-9][0-9_]*+(?:\.[0-9_]*+)?+|\.[0-9][0-9_]*+)[eE][-+]?[0-9]+",
        _NUMBER_OR_TEXT,
        "write the number without an exponent",
    ),
    (
        r"[-+]?[0-9][0-9_]*\.[0-9_]*|[-+]?\.[0-9][0-9_]*",
        _NUMBER_OR_TEXT,
        "write digits on both sides of the point, no underscores and no leading zeros",
    ),
    (r"[-+]?\.(?:inf|Inf|INF|nan|NaN|NAN)", "is no number that can be used", "write a decimal number"),
)
_MISREAD = tuple((re.compile(pattern).fullmatch, Misread(AMBIGUOUS_SCALAR, *texts)) for pattern, *texts in _MISREADS)
_ANY_MISREAD = re.compile("|".join(f"(?:{pattern})" for pattern, *_ in _MISREADS)).fullmatch  # 8 times faster for dates
_TOO_LARGE = Misread(NUMBER_OUT_OF_RANGE, "does not fit into 64 bits", "write a smaller number")
_TOO_FINE = Misread(NUMBER_OUT_OF_RANGE, "has more digits than a number can keep", "write at most 15 digits")


@lru_cache(maxsize=4096)
def resolve(text: str) -> Any:
    """The value of a plain scalar, or a ``Misread``."""
    if text in WORDS:
        return WORDS[text]
    if _INTEGER(text):
        return int(text) if len(text) < _LONGEST_INTEGER - 1 else _whole(text, 10)
    if _DECIMAL(text):
        digits = text.lstrip("+-").replace(".", "").lstrip("0")
        return float(text) if len(digits) <= _SIGNIFICANT_DIGITS and len(text) <= _LONGEST_DECIMAL else _TOO_FINE
    if _HEXADECIMAL(text):
        return _whole(text, 16)
    return next(misread for matches, misread in _MISREAD if matches(text)) if _ANY_MISREAD(text) else text


def _whole(text: str, base: int) -> int | Misread:
    if len(text) > _LONGEST_INTEGER:  # int() refuses thousands of digits with an exception
        return _TOO_LARGE
    number = int(text, base)
    return number if -_BOUND < number < _BOUND else _TOO_LARGE
