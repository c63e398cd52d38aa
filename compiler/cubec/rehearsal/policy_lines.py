"""From a rule of an emitted policy to the field that it judges, and to the line of a tenant that says what is allowed.

A rule speaks of the annotations of a namespace, through the policy's variables; which line an annotation comes from is known here.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cubec.diagnostics import Position
from cubec.model import written
from cubec.model.model import Placement
from cubec.rehearsal.emitted import Emitted, Item
from cubec.source.document import Origin, Pointer

_VARIABLE = re.compile(r"variables\.(\w+)")
_NOTE = re.compile(r"'cubec\.io/([a-z-]+)'")
_FIELD = re.compile(r"object\.spec\.\??(\w+)")


def line(emitted: Emitted, policy: Item, number: int, namespace: str) -> Position | None:
    """What the rule of that number goes by; what asked for the policy, where it goes by nothing that a group has."""
    for expression in _reached(policy, number):
        for note in _NOTE.findall(expression):
            found = of_note(emitted.placement, note, namespace)
            if found:
                return found
    return emitted.line(policy)


def field(policy: Item, number: int, pod: Mapping[str, Any]) -> Pointer:
    """The first field of a pod that the rule speaks of and the pod states."""
    for expression in _reached(policy, number):
        for name in _FIELD.findall(expression):
            if name in pod["spec"]:
                return ("spec", name)
    return ("spec",)


def of_note(placement: Placement, note: str, namespace: str) -> Position | None:
    """The line that an annotation of a group's namespace comes from."""
    group, spec = placement.group.origin.child("spec"), placement.spec.origin
    if note == "default-pool" and written.value(spec, "defaultPool") is None:
        note = "pools"
    origins = {
        "cards-per-pod": _per_pod(placement, namespace),
        "default-pool": spec.child("defaultPool"),
        "pools": spec.child("pools"),
        "priorities": placement.site.platform.origin.child("spec", "priorities"),
        "uids": group.child("members"),
        "gids": group.child("gid"),
    }
    found = origins.get(note)
    return found.at() if found else None


def _per_pod(placement: Placement, namespace: str) -> Origin | None:
    own = next(item.spec.quota for item in placement.namespaces if item.name == namespace)
    for quota in (own, placement.spec.quota):
        if quota is not None and written.value(quota.origin, "perPod", "gpu") is not None:
            return quota.origin.child("perPod", "gpu")
    return None


def _reached(policy: Item, number: int) -> Iterator[str]:
    """The rule, and the variables that it speaks of, nearest first."""
    spec = policy.value["spec"]
    variables = {item["name"]: item["expression"] for item in spec.get("variables", ())}
    waiting, seen = [spec["validations"][number]["expression"]], set[str]()
    for expression in waiting:
        yield expression
        for name in _VARIABLE.findall(expression):
            if name in variables and name not in seen:
                seen.add(name)
                waiting.append(variables[name])
