"""cube-studio's GPU notation, ``2(T4)``, without what that platform accepted silently and read as no card at all.

``gpu := number [ "(" MODEL ")" ]``; full-width parentheses are accepted, the model is upper-cased. A number is in whole
cards; a fraction means slices of a card and is judged against the pools later, since only they know their slices.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

_FORM = re.compile(r"\s*([^()\s]*)\s*(?:\(\s*([^()]*?)\s*\))?\s*", re.ASCII)
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+", re.ASCII)
_MODEL = re.compile(r"[A-Z0-9](?:[A-Z0-9._-]*[A-Z0-9])?", re.ASCII)
_MAX_CARDS = 1_000_000
_MAX_MODEL = 40
_MAX_DECIMALS = 6  # finer than any slice of a card


class GpuError(ValueError):
    """The text is not GPU notation: ``args`` are what is wrong (it follows the quoted text) and what to write."""

    def __init__(self, problem: str, hint: str) -> None:
        super().__init__(problem, hint)
        self.problem = problem
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Gpu:
    """Cards of one model; ``model`` is empty where the pools offer one model only and the file does not name it."""

    cards: Decimal
    model: str = ""

    def __str__(self) -> str:
        return f"{self.cards:f}({self.model})" if self.model else f"{self.cards:f}"

    @property
    def whole(self) -> bool:
        return self.cards == self.cards.to_integral_value()


@lru_cache(maxsize=4096)
def parse(value: str | float) -> Gpu:
    """Read one item of a ``gpu`` field. Raises GpuError with the reason and the way out."""
    text = f"{Decimal(repr(value)):f}" if isinstance(value, float) else str(value)
    text = text.replace("（", "(").replace("）", ")")  # full-width, as on a Chinese keyboard
    if text.count("(") != text.count(")"):
        raise GpuError("has an unclosed parenthesis", "close it: 2(T4)")
    match = _FORM.fullmatch(text)
    if match is None:
        raise GpuError("is not a number of cards", "write a number and, if needed, a model in parentheses: 2(T4)")
    number, model = match.groups()
    return Gpu(_cards(number), _model(model))


def _cards(number: str) -> Decimal:
    if number.startswith("-"):
        raise GpuError("asks for a negative number of cards", "write 0 for none, or the number of cards to use")
    if "," in number:
        raise GpuError("gives memory and a ratio, which no quota can hold", "write a share of a card, such as 0.5")
    if not _NUMBER.fullmatch(number):
        raise GpuError("does not begin with a number of cards", "write the number first: 2(T4)")
    if len(number.partition(".")[2]) > _MAX_DECIMALS:
        raise GpuError("is finer than any share of a card", "write a share that is a whole number of slices: 0.5")
    cards = Decimal(number)
    if cards > _MAX_CARDS:
        raise GpuError("asks for more cards than any cluster has", "check the number")
    return cards.normalize() if cards != cards.to_integral_value() else Decimal(int(cards))


def _model(model: str | None) -> str:
    if model is None:
        return ""
    if not model:
        raise GpuError("has empty parentheses", "name a model, 2(T4), or leave them out")
    if "," in model:
        raise GpuError("names a vendor beside the model", "name the model alone: 1(T4); the pool knows its vendor")
    upper = model.upper() if model.isascii() else model  # other letters would turn into ASCII ones
    if len(upper) > _MAX_MODEL or not _MODEL.fullmatch(upper):
        raise GpuError("has a model that cannot be a node label", "use letters, digits, dots and dashes: A100-80G")
    return upper
