"""The difference of two trees, as a value: build makes it so, ``build --check`` prints it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cubec.writer.tree import Tree


@dataclass(frozen=True, slots=True)
class Changes:
    """Paths only, each in order: contents go by one at a time, and nobody holds all of them."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(sorted([*self.added, *self.changed, *self.removed]))


NONE = Changes((), (), (), 0)


def _ignore(path: str, content: bytes) -> None:
    """Let new content go by."""


def compare(old: "Tree", new: Iterable[tuple[str, bytes]], differs: Callable[[str, bytes], None] = _ignore) -> Changes:
    """Compare file by file. ``differs`` is told of every file that is new or has new content, as it goes by."""
    added, changed, left = [], [], set(old)
    same = 0
    for path, content in new:
        if path not in left:
            added.append(path)
        else:
            left.remove(path)
            if old[path] == content:
                same += 1
                continue
            changed.append(path)
        differs(path, content)
    return Changes(tuple(sorted(added)), tuple(sorted(changed)), tuple(sorted(left)), same)
