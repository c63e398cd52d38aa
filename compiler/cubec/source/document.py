"""A parsed document: a plain value, and beside it the place of every key and value."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cubec.diagnostics import Position

Pointer = tuple[str | int, ...]

# A mark packs line and column into one integer, so that a document's places cost one small object each.
# The tree of marks has the shape of the value:
#   scalar    mark
#   sequence  (mark, [marks of the items])
#   mapping   (mark, {key: (mark of the key, marks of the value)})
Marks = Any
COLUMN_BITS = 21  # a file is at most 1 MiB, and so is its longest line


def mark(line: int, column: int) -> int:
    """Pack a place; both count from 1."""
    return line << COLUMN_BITS | column


class Deferred:
    """Marks that are made when somebody asks for them: in most files nobody ever does."""

    __slots__ = ("_arguments", "_made", "_make")

    def __init__(self, make: Callable[..., Marks], *arguments: Any) -> None:
        self._make = make
        self._arguments = arguments
        self._made: Marks = None

    def __call__(self) -> Marks:
        if self._made is None:
            self._made = self._make(*self._arguments)
        return self._made


@dataclass(frozen=True, slots=True)
class Document:
    """One document, or one item of a ``List``. ``path`` is relative to the platform's root.

    ``plain`` is the whole file where it is written so plainly that each text of the value stands in it as it is; else empty.
    """

    path: str
    value: Any
    _marks: Marks | Deferred
    plain: bytes = b""

    @property
    def marks(self) -> Marks:
        return self._marks() if isinstance(self._marks, Deferred) else self._marks

    def items(self) -> "list[Document]":
        """What stands in the list below ``items``, each a document of its own."""
        make = self._item  # one for all: there may be as many items as documents
        return [Document(self.path, item, Deferred(make, n), self.plain) for n, item in enumerate(self.value["items"])]

    def _item(self, number: int) -> Marks:
        return self.marks[1]["items"][1][1][number]

    def at(self, *pointer: str | int) -> Position:
        """Where the value stands that ``pointer`` leads to; of its nearest parent, if it is absent."""
        return self._position(self._walk(pointer)[0])

    def key(self, *pointer: str | int) -> Position:
        """Where the last key of ``pointer`` stands; of its nearest parent's value, if it is absent."""
        return self._position(self._walk(pointer)[1])

    def _walk(self, pointer: Pointer) -> tuple[int, int]:
        node = self.marks
        key_mark = value_mark = _own(node)
        for step in pointer:
            if isinstance(node, int):
                break
            children = node[1]
            if isinstance(children, dict):
                if step not in children:
                    break
                key_mark, node = children[step]
                value_mark = _own(node)
            else:
                if not isinstance(step, int) or step >= len(children):
                    break
                node = children[step]
                key_mark = value_mark = _own(node)
        else:
            return value_mark, key_mark
        return value_mark, value_mark

    def _position(self, packed: int) -> Position:
        return Position(self.path, packed >> COLUMN_BITS, packed & ((1 << COLUMN_BITS) - 1))


def _own(node: Marks) -> int:
    return node if isinstance(node, int) else node[0]


@dataclass(frozen=True, slots=True)
class Origin:
    """The place in a document that a value of the model came from; a number is made of it only when it is asked for."""

    document: Document
    pointer: Pointer = ()

    def at(self, *more: str | int) -> Position:
        return self.document.at(*self.pointer, *more)

    def key(self, *more: str | int) -> Position:
        return self.document.key(*self.pointer, *more)

    def child(self, *more: str | int) -> "Origin":
        return Origin(self.document, self.pointer + more)
