"""How much a pod asks for, as Kubernetes adds it up: containers side by side, those that come before them one after the other."""

from collections.abc import Iterable, Mapping
from typing import Any

from cubec.model.quantity import ZERO, Quantity, parse

Amounts = dict[str, Quantity]


def asked(pod: Mapping[str, Any], side: str) -> Amounts:
    """The requests, or the limits, of a pod as a whole."""
    spec = pod["spec"]
    running = added(_of(container, side) for container in spec.get("containers", ()))
    beside: Amounts = {}  # init containers that stay
    largest: Amounts = {}
    for container in spec.get("initContainers", ()):
        if container.get("restartPolicy") == "Always":
            beside = added((beside, _of(container, side)))
            largest = _larger(largest, beside)
        else:
            largest = _larger(largest, added((beside, _of(container, side))))
    total = _larger(added((running, beside)), largest)
    total.update(_of(spec, side))  # stated of the pod as a whole
    if side == "requests" or total:
        total = added((total, _parsed(spec.get("overhead", {}))))
    return total


def times(amounts: Mapping[str, Quantity], count: int) -> Amounts:
    return {name: amount * count for name, amount in amounts.items()}


def _of(item: Mapping[str, Any], side: str) -> Amounts:
    return _parsed(item.get("resources", {}).get(side, {}))


def _parsed(values: Mapping[str, Any]) -> Amounts:
    return {name: parse(value) for name, value in values.items()}


def added(items: Iterable[Mapping[str, Quantity]]) -> Amounts:
    total: Amounts = {}
    for item in items:
        for name, amount in item.items():
            total[name] = total.get(name, ZERO) + amount
    return total


def _larger(one: Mapping[str, Quantity], other: Mapping[str, Quantity]) -> Amounts:
    return {name: max(one.get(name, ZERO), other.get(name, ZERO)) for name in (*one, *other)}
