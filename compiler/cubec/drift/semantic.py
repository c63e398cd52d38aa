"""What an object says that its live counterpart does not: as values, without the API server's help.

Only what is written counts. The server adds fields and fills in defaults, so what it alone says is no difference, nor is
another spelling of an amount, nor something empty that it left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cubec.model.quantity import QuantityError, parse
from cubec.plan.fields import ABSENT, FieldChange, Path

# Lists whose order says nothing, although their entries have no names to know them by.
_SETS = frozenset({"accessModes", "apiGroups", "coveredResources", "policyTypes", "resources", "values", "verbs"})
_TEXTS = frozenset({"data", "labels", "annotations", "nodeLabels", "matchLabels", "nodeSelector"})  # never amounts


def lacking(wanted: Any, live: Any, path: Path = ()) -> Iterator[FieldChange]:
    """Yield the fields of ``wanted`` that ``live`` has otherwise or not at all: live value first."""
    if wanted == live or (_empty(wanted) and (live is ABSENT or _empty(live))):
        return
    if isinstance(wanted, Mapping) and isinstance(live, Mapping):
        for key, value in wanted.items():
            yield from lacking(value, live.get(key, ABSENT), (*path, key))
    elif _is_list(wanted) and _is_list(live):
        yield from _lists(wanted, live, path)
    elif not _same_amount(wanted, live, path):
        yield FieldChange(path, live, wanted)


def _lists(wanted: Sequence[Any], live: Sequence[Any], path: Path) -> Iterator[FieldChange]:
    names, others = _by_name(wanted), _by_name(live)
    if names is not None and others is not None and names.keys() == others.keys():
        for name, value in names.items():
            yield from lacking(value, others[name], (*path, name))
    elif path and path[-1] in _SETS and _flat(wanted) and _flat(live):
        if set(wanted) != set(live):
            yield FieldChange(path, live, wanted)
    elif len(wanted) == len(live) and all(isinstance(item, Mapping) for item in (*wanted, *live)):
        for number, (one, other) in enumerate(zip(wanted, live, strict=True)):
            yield from lacking(one, other, (*path, number))
    else:
        yield FieldChange(path, live, wanted)


def _same_amount(wanted: Any, live: Any, path: Path) -> bool:
    if not _TEXTS.isdisjoint(path) or not all(isinstance(value, str | int) for value in (wanted, live)):
        return False
    if isinstance(wanted, bool) or isinstance(live, bool):
        return False
    try:
        return parse(wanted) == parse(live)
    except QuantityError:
        return False


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, str | Mapping | Sequence) and not value)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _flat(items: Sequence[Any]) -> bool:
    return all(isinstance(item, str) for item in items)


def _by_name(items: Sequence[Any]) -> dict[str, Any] | None:
    """Entries by their names; None where one has no name, or two have the same."""
    named = {item["name"]: item for item in items if isinstance(item, Mapping) and isinstance(item.get("name"), str)}
    return named if len(named) == len(items) else None
