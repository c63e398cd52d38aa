"""Fields and who set them, as server-side apply keeps the books: maps field by field, lists as a whole."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

Path = tuple[str, ...]
Owner = tuple[str, str]  # manager and operation
Owners = Mapping[Owner, frozenset[Path]]

_IDENTITY = {("apiVersion",), ("kind",)} | {
    ("metadata", key)
    for key in ("name", "namespace", "uid", "resourceVersion", "creationTimestamp", "managedFields", "generation")
}

_MAPS = {("data",), ("spec",), ("metadata", "labels"), ("metadata", "annotations")}
"""Maps that a server shows as owned themselves, beside what stands in them; that decides nothing that we look at."""


def copied(value: Any) -> Any:
    """A copy that shares nothing that can change: what came as JSON has no loops, so it costs a fifth of deepcopy."""
    if isinstance(value, dict):
        return {key: copied(inner) for key, inner in value.items()}
    return [copied(inner) for inner in value] if isinstance(value, list) else value


def leaves(value: Any, at: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every field of an object that somebody can own, with its value."""
    if at in _IDENTITY:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*at, key))
    else:
        yield at, value


def merged(value: Any, patch: Any) -> Any:
    """A JSON merge patch, RFC 7386."""
    if not isinstance(patch, Mapping):
        return copied(patch)
    result = dict(value) if isinstance(value, dict) else {}
    for key, inner in patch.items():
        if inner is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), inner)
    return result


def tidy(value: dict[str, Any]) -> dict[str, Any]:
    """Without empty maps and nulls, which the server's types leave out."""
    found = {key: tidy(inner) if isinstance(inner, dict) else inner for key, inner in value.items()}
    return {key: inner for key, inner in found.items() if inner is not None and inner not in ({}, [])}


def updated(
    owners: Owners, before: dict[str, Any], after: dict[str, Any], owner: Owner
) -> dict[Owner, frozenset[Path]]:
    """Whoever changes a field owns it from then on, and nobody owns what is gone."""
    old, new = dict(leaves(before)), dict(leaves(after))
    changed = frozenset(path for path, value in new.items() if path not in old or old[path] != value)
    gone = old.keys() - new.keys()
    kept = {one: paths - gone - changed for one, paths in owners.items()}
    kept[owner] = kept.get(owner, frozenset()) | changed
    return {one: paths for one, paths in kept.items() if paths}


def applied(
    live: dict[str, Any], owners: Owners, body: dict[str, Any], manager: str
) -> tuple[dict[str, Any], dict[Owner, frozenset[Path]], set[Path]]:
    """The object with what was applied, its new owners, and the fields that others had set to something else."""
    me = manager, "Apply"
    old, stated = dict(leaves(live)), dict(leaves(tidy(body)))
    value = copied(live)
    for path, inner in stated.items():
        _set(value, path, inner)
    others = frozenset().union(*(paths for one, paths in owners.items() if one != me))
    for path in owners.get(me, frozenset()) - stated.keys() - others:
        _unset(value, path)
    differing = {path for path, inner in stated.items() if path not in old or old[path] != inner}
    kept = {one: paths if one == me else paths - differing for one, paths in owners.items()}
    kept[me] = frozenset(stated)
    return value, {one: paths for one, paths in kept.items() if paths}, differing & others


def _set(value: dict[str, Any], path: Path, inner: Any) -> None:
    for key in path[:-1]:
        value = value.setdefault(key, {})
    value[path[-1]] = copied(inner)


def _unset(value: dict[str, Any], path: Path) -> None:
    for key in path[:-1]:
        value = value.get(key, {})
    value.pop(path[-1], None)


def written(owners: Owners, version: str) -> list[dict[str, Any]]:
    """``managedFields`` as the server shows them, but for times."""
    return [
        {
            "manager": manager,
            "operation": operation,
            "apiVersion": version,
            "fieldsType": "FieldsV1",
            "fieldsV1": _tree(paths),
        }
        for (manager, operation), paths in sorted(owners.items())
    ]


def _tree(paths: frozenset[Path]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for path in sorted(paths):
        inner = tree
        for key in path:
            inner = inner.setdefault(f"f:{key}", {})
    return tree


def owned(entry: Mapping[str, Any]) -> frozenset[Path]:
    """The fields of one entry of ``managedFields``, back as paths."""
    return frozenset(_paths(entry.get("fieldsV1") or {}))


def _paths(tree: Mapping[str, Any], at: Path = ()) -> Iterator[Path]:
    inner = {key.removeprefix("f:"): value for key, value in tree.items() if key.startswith("f:")}
    if not inner and at and at not in _MAPS:
        yield at
    for key, value in inner.items():
        yield from _paths(value, (*at, key))


def text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
