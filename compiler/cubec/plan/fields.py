"""Two plain values to the fields in which they differ."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Step = str | int
Path = tuple[Step, ...]


class Absent:
    """Stands for a value that one side does not have; null is a value."""

    def __repr__(self) -> str:
        return "absent"


ABSENT = Absent()


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field. ``sealed`` says that the values are ciphertext, which nobody can read and no report shows."""

    path: Path
    before: Any
    after: Any
    sealed: bool = False


def differences(before: Any, after: Any, path: Path = ()) -> Iterator[FieldChange]:
    """Yield the smallest fields that differ. Entries of a list are known by their names, where all of them have one."""
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _mappings(before, after, path)
    elif _is_list(before) and _is_list(after):
        yield from _lists(before, after, path)
    else:
        yield FieldChange(path, before, after)


def _mappings(before: Mapping[Any, Any], after: Mapping[Any, Any], path: Path) -> Iterator[FieldChange]:
    for key in (*before, *(key for key in after if key not in before)):
        yield from differences(before.get(key, ABSENT), after.get(key, ABSENT), (*path, key))


def _lists(before: Sequence[Any], after: Sequence[Any], path: Path) -> Iterator[FieldChange]:
    old, new = _by_name(before), _by_name(after)
    if old is not None and new is not None and (old or new):
        yield from _mappings(old, new, path)
        if not old.keys() ^ new.keys() and list(old) != list(new):
            yield FieldChange(path, list(old), list(new))
    elif len(before) == len(after) and all(isinstance(item, Mapping) for item in (*before, *after)):
        for number, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from differences(one, other, (*path, number))
    else:
        yield FieldChange(path, before, after)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _by_name(items: Sequence[Any]) -> dict[str, Any] | None:
    """Entries by their names; None where one has no name, or two have the same."""
    named: dict[str, Any] = {}
    for item in items:
        name = item.get("name") if isinstance(item, Mapping) else None
        if not isinstance(name, str) or name in named:
            return None
        named[name] = item
    return named
