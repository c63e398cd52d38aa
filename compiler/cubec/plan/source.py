"""``cubec.io/source`` read back: from the names of a document and an entry to their place."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cubec.model.model import Model
from cubec.model.names import TENANTS
from cubec.source.document import Document, Origin, Pointer

# What an entry of a list is called by.
_NAMES = ("user", "oidcGroup", "name", "cluster", "volume")


@dataclass(frozen=True, slots=True)
class Sources:
    """The documents of a platform by path."""

    documents: Mapping[str, Sequence[Document]]

    def find(self, source: str, kind: str = "") -> Origin | None:
        """Where the document, or its entry, stands; the nearest parent, where an entry is there by default.

        Documents of one file may share a name: one of ``kind`` goes first.
        """
        found = []
        for document, steps in self._candidates(source):
            pointer, left = _pointer(document, steps)
            found.append((-left, document.value["kind"] == kind, Origin(document, pointer)))
        return max(found, key=lambda item: item[:2])[2] if found else None

    def _candidates(self, source: str) -> Iterator[tuple[Document, list[str]]]:
        for path, entry in _splits(source):
            steps = entry.split("/") if entry else []
            for document in self.documents.get(path, ()):
                name = document.value["metadata"]["name"]
                if path == f"{name}.yaml" or path.endswith(f"/{name}.yaml"):
                    yield document, steps
                elif steps and steps[0] == name:
                    yield document, steps[1:]


def of(model: Model) -> Sources:
    found: dict[str, list[Document]] = {}
    for document in model.documents:
        found.setdefault(document.path.removeprefix(TENANTS), []).append(document)
    return Sources(found)


def _splits(source: str) -> Iterable[tuple[str, str]]:
    """Path and entry at each ``#``, as either may hold one; or a path alone."""
    yield source, ""
    for n, character in enumerate(source):
        if character == "#":
            yield source[:n], source[n + 1 :]


def _pointer(document: Document, steps: Sequence[str]) -> tuple[Pointer, int]:
    """As far as the steps lead from the document's spec, and how many of them lead nowhere."""
    value, rest = document.value["spec"], steps
    walked: list[str | int] = []
    while rest:
        step = _step(value, rest)
        if step is None:
            break
        key, taken = step
        walked.append(key)
        value, rest = value[key], rest[taken:]
    return ("spec", *walked) if walked else (), len(rest)


def _step(value: Any, steps: Sequence[str]) -> tuple[str | int, int] | None:
    """The key or the index that the next step means, and how many steps that took: a name may hold a slash."""
    if isinstance(value, dict):
        return (steps[0], 1) if steps[0] in value else None
    for taken in range(len(steps), 0, -1) if isinstance(value, list) else ():
        name = "/".join(steps[:taken])
        for n, item in enumerate(value):
            if item == name or (isinstance(item, dict) and any(item.get(field) == name for field in _NAMES)):
                return n, taken
    return None
