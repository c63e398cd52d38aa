"""Who set which label of an object, as the API server keeps it in ``managedFields``."""

from collections.abc import Iterator

from cubec.cluster import Object
from cubec.upkeep.plan import MANAGER


def labels(item: Object) -> frozenset[str]:
    """The labels that our applies state."""
    return frozenset(
        key for manager, operation, keys in _entries(item) if (manager, operation) == (MANAGER, "Apply") for key in keys
    )


def owners(item: Object, label: str) -> tuple[str, ...]:
    """Everybody else who set a label."""
    return tuple(sorted({manager for manager, _, keys in _entries(item) if label in keys and manager != MANAGER}))


def _entries(item: Object) -> Iterator[tuple[str, str, frozenset[str]]]:
    for entry in item["metadata"].get("managedFields") or ():
        fields = ((entry.get("fieldsV1") or {}).get("f:metadata") or {}).get("f:labels") or {}
        keys = frozenset(key.removeprefix("f:") for key in fields if key.startswith("f:"))
        yield entry.get("manager", ""), entry.get("operation", ""), keys
