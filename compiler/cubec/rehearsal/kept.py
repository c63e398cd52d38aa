"""Objects as the API server keeps them: without what is empty, amounts in their one spelling, requests where limits are."""

import json
from collections.abc import Mapping
from typing import Any

from cubec.model.quantity import parse

Value = dict[str, Any]
LISTS = ("containers", "initContainers", "ephemeralContainers")
_FREE = frozenset(
    {"annotations", "data", "labels", "matchLabels", "nodeSelector", "stringData"}
)  # maps whose keys people choose
_AMOUNTS = frozenset({"limits", "overhead", "requests"})


def plain(value: Mapping[str, Any]) -> Value:
    """A copy that nobody else holds, of plain maps and lists."""
    copy: Value = json.loads(json.dumps(value))
    return copy


def pod(value: Mapping[str, Any]) -> Value:
    """A pod as it is once it has been read: what admission looks at. A limit without a request is a request as well."""
    kept = read(value)
    for container in containers(kept):
        resources = container.get("resources", {})
        if "limits" in resources:
            resources["requests"] = {**resources["limits"], **resources.get("requests", {})}
    return kept


def containers(item: Mapping[str, Any], *lists: str) -> list[Value]:
    """All containers of a pod, or those of some lists."""
    return [one for name in lists or LISTS for one in item["spec"].get(name, ())]


def read(value: Mapping[str, Any]) -> Value:
    """Any object without what is empty in it."""
    kept: Value = {}
    for key, item in value.items():
        if key in _AMOUNTS and isinstance(item, dict):
            kept[key] = {name: amount(one) for name, one in item.items() if one is not None}
        elif key in _FREE and isinstance(item, dict):
            if item:
                kept[key] = {name: "" if one is None else one for name, one in item.items()}
        elif isinstance(item, dict):
            kept[key] = read(item)
        elif isinstance(item, list):
            if item:
                kept[key] = [read(one) if isinstance(one, dict) else one for one in item]
        elif item is not None and item != "":
            kept[key] = item
    return kept


def amount(value: Any) -> Any:
    """In canonical spelling; as it is where it is no amount, for the rule that says so."""
    try:
        return str(parse(value))
    except (ArithmeticError, TypeError, ValueError):
        return value
