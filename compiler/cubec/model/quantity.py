"""Kubernetes quantities: parse, compare, add, and print in the one canonical form that the API server stores.

The grammar and the canonical form follow ``k8s.io/apimachinery/pkg/api/resource``: a quantity that is not written
canonically comes back from the API server in another spelling, and every GitOps engine sees a difference that is none.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Self

NANO = 10**9
MAX_NANO = (2**63 - 1) * NANO

_DECIMAL = {
    "n": 1,
    "u": 10**3,
    "m": 10**6,
    "": NANO,
    "k": 10**12,
    "M": 10**15,
    "G": 10**18,
    "T": 10**21,
    "P": 10**24,
    "E": 10**27,
}
_BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50, "Ei": 2**60}
_LARGEST_DECIMAL = tuple(reversed(_DECIMAL.items()))
_LARGEST_BINARY = tuple(reversed(_BINARY.items()))
_KIBI = 1024 * NANO
_GRAMMAR = re.compile(
    r"([+-]?)([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?[0-9]{1,3}))?", re.ASCII
)
_MAX_TEXT = 40
_FORM_OF_UNITS = re.compile(r"[0-9.]+(gi|mi|ki|ti|g|t|K|KB|MB|GB|TB|GiB|MiB|TiB|KiB)b?", re.ASCII)
_SPACED = re.compile(r"[0-9.]+ +\S+", re.ASCII)


class QuantityError(ValueError):
    """The text is not a quantity; the message says why, in words that follow the quoted text."""


@dataclass(frozen=True, slots=True, order=True)
class Quantity:
    """An amount in billionths of its unit (a core, a byte, a card), and whether it is written in powers of 1024.

    Quantities compare as amounts: 1Gi is 1073741824.
    """

    nano: int
    binary: bool = field(default=False, compare=False)

    def __add__(self, other: Self) -> "Quantity":
        return Quantity(self.nano + other.nano, self.binary or other.binary)

    def __sub__(self, other: Self) -> "Quantity":
        return Quantity(self.nano - other.nano, self.binary or other.binary)

    def __mul__(self, count: int) -> "Quantity":
        return Quantity(self.nano * count, self.binary)

    def __bool__(self) -> bool:
        return self.nano != 0

    def __str__(self) -> str:
        return _canonical(self.nano, self.binary)


ZERO = Quantity(0)


def whole(count: int) -> Quantity:
    """A count of things."""
    return Quantity(count * NANO)


@lru_cache(maxsize=4096)
def parse(value: str | float) -> Quantity:
    """Read a quantity as a tenant file holds it: an integer, a decimal number, or text in Kubernetes' grammar.

    Like the API server, an amount finer than a billionth is rounded up. Negative amounts and amounts of 2^63 and more
    raise QuantityError, as does everything that is not in the grammar.
    """
    text = str(value) if isinstance(value, str | int) else format(Decimal(repr(value)), "f")
    if len(text) > _MAX_TEXT:
        raise QuantityError("is too long to be an amount")
    match = _GRAMMAR.fullmatch(text)
    if match is None:
        raise QuantityError(_why_not(text))
    sign, digits, suffix, exponent = match.groups()
    before, _, after = digits.partition(".")
    factor = _BINARY[suffix] * NANO if suffix in _BINARY else _DECIMAL[suffix or ""]
    power = int(exponent or 0) - len(after)
    # integers alone, since a decimal context would round without a word
    numerator = int(before + after) * factor * 10 ** max(power, 0)
    nano = -(-numerator // 10 ** max(-power, 0))
    if sign == "-" and nano:
        raise QuantityError("is negative")
    if nano > MAX_NANO:
        raise QuantityError("is larger than any cluster")
    return Quantity(nano, suffix in _BINARY)


def _why_not(text: str) -> str:
    if _SPACED.fullmatch(text):
        return "has a space in it"
    if _FORM_OF_UNITS.fullmatch(text):
        return "has a unit that Kubernetes does not know"
    return "is not an amount"


@lru_cache(maxsize=4096)
def _canonical(nano: int, binary: bool) -> str:
    # what is no whole number of KiB is a plain number to the API server, which writes those in powers of 1000
    if binary and abs(nano) >= _KIBI and nano % _KIBI == 0:
        suffix, factor = next((s, f * NANO) for s, f in _LARGEST_BINARY if nano % (f * NANO) == 0)
    else:
        suffix, factor = next((s, f) for s, f in _LARGEST_DECIMAL if nano % f == 0) if nano else ("", NANO)
    return f"{nano // factor}{suffix}"
