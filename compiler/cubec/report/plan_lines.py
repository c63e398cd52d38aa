"""What the sections of a plan are made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cubec.plan.objects import Action
from cubec.source.quoting import printable

SIGNS = {
    Action.CREATED: "+",
    Action.CHANGED: "~",
    Action.REPLACED: "-/+",
    Action.MOVED: ">",
    Action.DELETED: "-",
    Action.PROTECTED: "=",
}


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    summary: str
    lines: tuple[str, ...] = ()


def count(amount: int, noun: str) -> str:
    return f"{amount} {noun}{'' if amount == 1 else 's'}"


def columns(rows: Iterable[Sequence[str]], widest: int = 48) -> tuple[str, ...]:
    """Rows as lines; a cell that is wider than most does not push the others any further."""
    table = [[printable(cell) for cell in row] for row in rows]
    widths = [min(widest, max(map(len, column))) for column in zip(*table, strict=True)]
    return tuple(
        ("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))).rstrip() for row in table
    )
