"""The LimitRanges of a namespace: what containers get that state nothing, and the largest pod."""

from collections.abc import Iterator, Mapping
from typing import Any

from cubec.model.quantity import Quantity, parse
from cubec.rehearsal import amounts, kept
from cubec.rehearsal.emitted import Emitted, Item
from cubec.rehearsal.findings import Finding, Mutation, Outcome
from cubec.source.document import Pointer

_SIDES = (("limits", "default"), ("requests", "defaultRequest"))
_POD = "Pod"


def completed(emitted: Emitted, namespace: str, pod: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Mutation, ...]]:
    """The pod with defaults, and each of them as a mutation."""
    value = kept.plain(pod)
    found: list[Mutation] = []
    for item, number, entry in _entries(emitted, namespace):
        if entry["type"] != _POD:
            for name in ("initContainers", "containers"):
                for index, container in enumerate(value["spec"].get(name, ())):
                    found += _filled(emitted, item, number, (("spec", name, container.get("name", index)), container))
    return value, tuple(found)


def _filled(emitted: Emitted, item: Item, number: int, container: tuple[Pointer, dict[str, Any]]) -> Iterator[Mutation]:
    entry, (at, value) = item.value["spec"]["limits"][number], container
    for side, key in _SIDES:
        for resource, default in entry.get(key, {}).items():
            stated = value.setdefault("resources", {}).setdefault(side, {})
            if resource not in stated:
                stated[resource] = default
                source = emitted.line(item, "spec", "limits", number, key, resource)
                yield Mutation((*at, "resources", side, resource), "", default, "the platform's default", source)


def judged(emitted: Emitted, namespace: str, pod: Mapping[str, Any]) -> Iterator[Finding]:
    """What is larger than the largest pod."""
    for item, number, entry in _entries(emitted, namespace):
        if entry["type"] != _POD:
            continue
        for resource, most in entry.get("max", {}).items():
            asked = max(_asked(pod, side).get(resource, parse(0)) for side, _ in _SIDES)
            source = emitted.line(item, "spec", "limits", number, "max", resource)
            if asked > parse(most):
                message = f"the pod may use {asked} {resource}, and one pod of namespace {namespace} at most {most}"
                hint = f"lower the limits of its containers to {most} {resource} together, or spread the work over several pods"
                yield Finding("limits", Outcome.REFUSED, message, hint, source=source)
            else:
                message = f"{asked} {resource} of at most {most} in one pod"
                yield Finding("limits", Outcome.PASSED, message, source=source)


def _asked(pod: Mapping[str, Any], side: str) -> dict[str, Quantity]:
    return amounts.asked(pod, side)


def _entries(emitted: Emitted, namespace: str) -> Iterator[tuple[Item, int, Mapping[str, Any]]]:
    for item in emitted.all("LimitRange", namespace):
        for number, entry in enumerate(item.value["spec"]["limits"]):
            yield item, number, entry
