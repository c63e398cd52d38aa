"""Live names to names of documents: each of them valid, none given twice."""

import re
from collections.abc import Iterable

from cubec.name import LONGEST, is_name


def sanitised(name: str) -> str:
    """The nearest name that a document may have."""
    plain = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")
    if not plain or not plain[0].isalpha():
        plain = f"x-{plain}".rstrip("-")
    return plain[:LONGEST].rstrip("-")


class Names:
    """The names of one kind of document that have been given."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def give(self, *wishes: str) -> str:
        """The first wish that is free, or the last one with a number behind it."""
        plain = [sanitised(wish) for wish in wishes]
        found = next((name for name in plain if name not in self._taken), "") or self._numbered(plain[-1])
        self._taken.add(found)
        return found

    def _numbered(self, name: str) -> str:
        number = 2
        while True:
            end = f"-{number}"
            found = name[: LONGEST - len(end)].rstrip("-") + end
            if found not in self._taken and is_name(found):
                return found
            number += 1


def shared(names: Iterable[str]) -> str:
    """What several names begin with, word by word; empty where that is nothing."""
    words = [name.split("-") for name in names]
    same = []
    for column in zip(*words, strict=False):
        if len(set(column)) > 1:
            break
        same.append(column[0])
    return "-".join(same)
