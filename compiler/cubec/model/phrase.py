"""How messages say lists of names and numbers of cards."""

from collections.abc import Iterable
from decimal import Decimal

from cubec.source.quoting import quoted

_FEW = 4


def joined(words: Iterable[str], last: str = "and") -> str:
    """Join as a person would: ``a``, ``a and b``, ``a, b and c``."""
    *first, end = words
    return f"{', '.join(first)} {last} {end}" if first else end


def pools(names: Iterable[str], whose: str = "the placement's") -> str:
    """Name pools, or say whose they are and how many."""
    found = list(names)
    if len(found) > _FEW:
        return f"{whose} {len(found)} pools"
    return f"pool{'s' if len(found) > 1 else ''} {joined(map(quoted, found))}" if found else "no pool"


def cards(count: Decimal, model: str) -> str:
    """Say a number of cards: ``1 T4 card``, ``2.5 T4 cards``."""
    return f"{number(count)} {model + ' ' if model else ''}card{'' if count == 1 else 's'}"


def number(count: Decimal) -> str:
    """Write a number without an exponent or zeros at its end."""
    return f"{count.normalize():f}" if count else "0"
