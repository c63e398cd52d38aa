"""The difference of two trees, as a value: build writes it, ``build --check`` prints it, plan explains it."""

from collections.abc import Iterable
from dataclasses import dataclass

from cubec.writer.tree import Tree


@dataclass(frozen=True, slots=True)
class Changes:
    """Paths and their new content; paths that have to go."""

    added: Tree
    changed: Tree
    removed: tuple[str, ...]
    unchanged: int

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(sorted([*self.added, *self.changed, *self.removed]))


def compare(old: Tree, new: Iterable[tuple[str, bytes]]) -> Changes:
    added, changed, kept = {}, {}, set()
    same = 0
    for path, content in new:
        kept.add(path)
        present = old.get(path)
        if present is None:
            added[path] = content
        elif present != content:
            changed[path] = content
        else:
            same += 1
    return Changes(added, changed, tuple(sorted(set(old) - kept)), same)
