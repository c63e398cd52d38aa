"""What a build made and changed, in a few lines."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from cubec.model.model import Model
from cubec.writer.changes import Changes

PARTS = ("platform", "groups", "upkeep", "delivery")
_SHOWN = 4


class Tally:
    """How many objects there are, by cluster and part: counted while files go by, so that nobody holds them for it."""

    def __init__(self) -> None:
        self.objects: Counter[tuple[str, str]] = Counter()

    def through(self, files: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
        for path, content in files:
            cluster, part, *_ = (*path.split("/", 2), "")
            if part != "clients" and path.endswith(".yaml"):
                self.objects[cluster, part] += content.count(b"\n---\n") + 1
            yield path, content


def summary(sources: int, model: Model, objects: Mapping[tuple[str, str], int], changes: Changes) -> str:
    """``sources`` is the number of files that were read."""
    counts = (
        f"{_count(sources, 'file')}, {_count(len(model.clusters), 'cluster')}, {_count(len(model.groups), 'group')}"
    )
    lines = [f"{counts} → {_count(sum(objects.values()), 'object')}"]
    width = max((len(name) for name in model.clusters), default=0)
    digits = {part: max((len(str(n)) for (_, made), n in objects.items() if made == part), default=1) for part in PARTS}
    for cluster in model.clusters:
        parts = [f"{part} {objects.get((cluster, part), 0):<{digits[part]}}" for part in PARTS]
        touched = [path.removeprefix(f"{cluster}/") for path in changes.paths if path.startswith(f"{cluster}/")]
        lines.append(f"{cluster.ljust(width)}  {'   '.join(parts)}   ({_touched(touched)})")
    return "\n".join(lines)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _touched(paths: Sequence[str]) -> str:
    if not paths:
        return "no change"
    shown = [path.removeprefix("groups/") for path in paths[:_SHOWN]]
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return f"{len(paths)} changed: {', '.join(shown)}{more}"
