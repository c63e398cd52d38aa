"""What a build made and changed, in a few lines."""

from collections.abc import Mapping, Sequence

from cubec.model.model import Model
from cubec.writer.changes import Changes

PARTS = ("platform", "groups", "upkeep", "delivery")
_SHOWN = 4


def summary(
    *,
    sources: int,
    model: Model,
    files: Mapping[str, bytes],
    changes: Changes,
    folder: str,
    seconds: float,
) -> str:
    objects = {
        path: content.count(b"\n---\n") + 1
        for path, content in files.items()
        if path.endswith(".yaml") and "/clients/" not in path
    }
    counts = (
        f"{_count(sources, 'file')}, {_count(len(model.clusters), 'cluster')}, {_count(len(model.groups), 'group')}"
    )
    lines = [f"{counts} → {_count(sum(objects.values()), 'object')}"]
    width = max((len(name) for name in model.clusters), default=0)
    for cluster in model.clusters:
        parts = [
            f"{part} {sum(number for path, number in objects.items() if path.startswith(f'{cluster}/{part}/'))}"
            for part in PARTS
        ]
        touched = [path.removeprefix(f"{cluster}/") for path in changes.paths if path.startswith(f"{cluster}/")]
        lines.append(f"{cluster.ljust(width)}  {'   '.join(parts)}   ({_touched(touched)})")
    lines.append(f"{folder}/ is up to date in {seconds:.2f} s")
    return "\n".join(lines)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _touched(paths: Sequence[str]) -> str:
    if not paths:
        return "no change"
    shown = [path.removeprefix("groups/") for path in paths[:_SHOWN]]
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return f"{len(paths)} changed: {', '.join(shown)}{more}"
