"""The pods that an object makes: where their templates stand in it, and how many of each there will be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cubec.source.document import Pointer

_COUNTS = ("replicas", "parallelism")
_SETS = "leaderWorkerTemplate"  # one leader and size - 1 workers, as many times as the object says


@dataclass(frozen=True, slots=True)
class Template:
    """A pod as it stands at ``path`` of an object, which is the object itself for a Pod."""

    path: Pointer
    count: int
    value: Mapping[str, Any]


def templates(value: Mapping[str, Any]) -> Iterator[Template]:
    """Every pod of an object, whatever its kind: a controller's template is known by its containers."""
    if value.get("kind") == "Pod":
        yield Template((), 1, value)
    else:
        yield from _below(value, (), 1)


def _below(value: Any, path: Pointer, times: int) -> Iterator[Template]:
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _below(item, (*path, number), times)
    elif isinstance(value, dict):
        for key, item in value.items():
            if _is_template(item):
                yield Template((*path, key), _count(value, key, times), item)
            else:
                yield from _below(item, (*path, key), _number(value, "replicas", 1) if key == _SETS else times)


def _is_template(value: Any) -> bool:
    spec = value.get("spec") if isinstance(value, dict) else None
    return isinstance(spec, dict) and "containers" in spec


def _count(holder: Mapping[str, Any], key: str, times: int) -> int:
    if key in {"leaderTemplate", "workerTemplate"}:
        size = _number(holder, "size", 1)
        leaders = 1 if key == "leaderTemplate" or "leaderTemplate" in holder else 0
        return times * (1 if key == "leaderTemplate" else size - leaders)
    count = next((_number(holder, name, 1) for name in _COUNTS if name in holder), 1)
    return times * min(count, _number(holder, "completions", count))


def _number(holder: Mapping[str, Any], name: str, default: int) -> int:
    """A count as it is stated; what is no count is left to the API server."""
    found = holder.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else default
