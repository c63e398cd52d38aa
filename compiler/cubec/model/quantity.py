"""Kubernetes quantities: parse, compare, add, and print in the one canonical form that the API server stores.

The grammar and the canonical form follow ``k8s.io/apimachinery/pkg/api/resource``: a quantity that is not written
canonically comes back from the API server in another spelling, and every GitOps engine sees a difference that is none.
"""

import re
from dataclasses import dataclass
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
_GRAMMAR = re.compile(
    r"([+-]?)([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?[0-9]{1,3}))?", re.ASCII
)
_MAX_TEXT = 40


class QuantityError(ValueError):
    """The text is not a quantity; the message says why, in words that follow the quoted text."""


@dataclass(frozen=True, slots=True, order=True)
class Quantity:
    """An amount in billionths of its unit (a core, a byte, a card), and whether it is written in powers of 1024."""

    nano: int
    binary: bool = False

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


@lru_cache(maxsize=4096)
def parse(value: str | int | float) -> Quantity:
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
    amount = Decimal(digits)
    if exponent is not None:
        nano = amount.scaleb(int(exponent)) * NANO
    elif suffix in _BINARY:
        nano = amount * _BINARY[suffix] * NANO
    else:
        nano = amount * _DECIMAL[suffix or ""]
    if sign == "-" and nano:
        raise QuantityError("is negative")
    whole = -int(-nano // 1) if nano < MAX_NANO + 1 else MAX_NANO + 1
    if whole > MAX_NANO:
        raise QuantityError("is larger than any cluster")
    return Quantity(whole, suffix in _BINARY)


def _why_not(text: str) -> str:
    if re.fullmatch(r"[0-9.]+ +\S+", text):
        return "has a space in it"
    if re.fullmatch(r"[0-9.]+(gi|mi|ki|ti|g|t|K|KB|MB|GB|TB|GiB|MiB|TiB|KiB)b?", text):
        return "has a unit that Kubernetes does not know"
    if text.strip() != text or not text:
        return "is not an amount"
    return "is not an amount"


@lru_cache(maxsize=4096)
def _canonical(nano: int, binary: bool) -> str:
    if binary and -1024 * NANO < nano < 1024 * NANO:
        binary = False
    if binary:
        amount = -(-nano // NANO)
        for suffix, factor in reversed(_BINARY.items()):
            if amount % factor == 0:
                return f"{amount // factor}{suffix}"
        return str(amount)
    if nano == 0:
        return "0"
    for suffix, factor in reversed(_DECIMAL.items()):
        if nano % factor == 0:
            return f"{nano // factor}{suffix}"
    raise AssertionError(nano)
