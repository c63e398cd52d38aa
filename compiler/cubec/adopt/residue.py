"""What the written documents do not say, and what they say that nobody has seen: the list that a person goes through."""

import enum
from collections.abc import Callable
from dataclasses import dataclass, field

from cubec.adopt.observed import Object, name, namespace
from cubec.plan.fields import FieldChange
from cubec.source.quoting import HIDDEN, TEMPLATE

_LONGEST = 2000


class Sort(enum.StrEnum):
    """Why an entry is there, in the order in which a person wants to know."""

    REPLACES = "adopting would replace"
    CHANGES = "adopting would change"
    INVENTED = "to be filled in"
    LEFT = "not expressed"
    ADDS = "adopting would add"


@dataclass(frozen=True, slots=True)
class Left:
    """One live object, or a field of one; ``fields`` are live value first, that of the documents second."""

    sort: Sort
    kind: str
    namespace: str
    name: str
    why: str
    field: str = ""
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Residue:
    """The list while it grows; each entry once."""

    found: dict[Left, None] = field(default_factory=dict)

    def left(self, item: Object, kind: str, why: str, path: str = "") -> None:
        """Keep a live object, or a field of it, that no document can say."""
        self._add(Left(Sort.LEFT, kind, namespace(item), name(item), why, path))

    def change(self, item: Object, kind: str, why: str, path: str = "") -> None:
        self._add(Left(Sort.CHANGES, kind, namespace(item), name(item), why, path))

    def replaced(self, item: Object, kind: str, why: str) -> None:
        self._add(Left(Sort.REPLACES, kind, namespace(item), name(item), why))

    def invent(self, kind: str, of: str, why: str, path: str = "") -> None:
        """Keep that a document says something which the cluster does not tell."""
        self._add(Left(Sort.INVENTED, kind, "", of, why, path))

    def _add(self, entry: Left) -> None:
        self.found[entry] = None


def text(value: object, refused: Callable[[str], None]) -> str:
    """A live text that may stand in a document; empty where it may not, and ``refused`` is told why."""
    if not isinstance(value, str) or not value.strip():
        return ""
    if HIDDEN.search(value):
        refused("it holds characters that nobody sees")
    elif TEMPLATE.search(value):
        refused("it holds a template expression")
    elif len(value) > _LONGEST:
        refused(f"it is longer than {_LONGEST} characters")
    else:
        return value
    return ""
