"""What a document says at a place, where the model keeps only what follows from it."""

from typing import Any

from cubec.source.document import Origin


def value(origin: Origin, *more: str | int) -> Any:
    """The plain value at a place; None where nothing is written."""
    found: Any = origin.document.value
    for step in (*origin.pointer, *more):
        if isinstance(found, dict):
            found = found.get(step)
        elif isinstance(found, list) and isinstance(step, int) and step < len(found):
            found = found[step]
        else:
            return None
    return found
