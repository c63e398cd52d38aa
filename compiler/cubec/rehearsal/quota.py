"""What an object and its pods take of a namespace's quota, entry by entry."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cubec.model.quantity import ZERO, Quantity, parse, whole
from cubec.rehearsal import amounts
from cubec.rehearsal.amounts import Amounts
from cubec.rehearsal.emitted import Emitted
from cubec.rehearsal.findings import Amount, Finding, Outcome

STAGE = "quota"
Used = Mapping[str, Quantity]
_PLAIN = frozenset({"cpu", "memory", "ephemeral-storage"})  # an entry without a prefix means requests
_COUNTED = {"configmaps", "persistentvolumeclaims", "pods", "secrets", "services"}


def of_pod(pod: Mapping[str, Any]) -> Amounts:
    """One pod's part, under the names that quotas use."""
    found: Amounts = {"pods": whole(1), "count/pods": whole(1)}
    for side in ("requests", "limits"):
        for resource, amount in amounts.asked(pod, side).items():
            if side == "requests" or resource in _PLAIN:
                found[f"{side}.{resource}"] = amount
            if side == "requests" and resource in _PLAIN:
                found[resource] = amount
    return found


def of_object(resource: str, api_group: str, value: Mapping[str, Any]) -> Amounts:
    """What an object takes by being there. Of a pod that is all in ``of_pod``."""
    if (api_group, resource) == ("", "pods"):
        return {}
    found: Amounts = {f"count/{resource}.{api_group}" if api_group else f"count/{resource}": whole(1)}
    spec = value.get("spec")
    if not api_group and resource in _COUNTED:
        found[resource] = whole(1)
    if not api_group and isinstance(spec, dict):
        found.update(_of_service(spec) if resource == "services" else {})
        found.update(_of_claim(spec) if resource == "persistentvolumeclaims" else {})
    return found


def _of_service(spec: Mapping[str, Any]) -> Amounts:
    found: Amounts = {}
    balanced = spec.get("type") == "LoadBalancer"
    if balanced:
        found["services.loadbalancers"] = whole(1)
    if spec.get("type") == "NodePort" or (balanced and spec.get("allocateLoadBalancerNodePorts") is not False):
        ports = spec.get("ports")
        found["services.nodeports"] = whole(len(ports) if isinstance(ports, list) else 0)
    return found


def _of_claim(spec: Mapping[str, Any]) -> Amounts:
    try:
        return {"requests.storage": parse(spec["resources"]["requests"]["storage"])}
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return {}


def entries(emitted: Emitted, namespace: str) -> list[str]:
    """What the namespace's quotas hold."""
    return [name for item in emitted.all("ResourceQuota", namespace) for name in item.value["spec"]["hard"]]


def asked(emitted: Emitted, namespace: str, amount: Mapping[str, Quantity], used: Used) -> tuple[Amount, ...]:
    """The entries of the namespace's quotas that ``amount`` has a part in."""
    return tuple(
        Amount(
            f"quota of {namespace}",
            name,
            amount[name],
            parse(hard),
            used.get(name),
            emitted.line(item, "spec", "hard", name),
        )
        for item in emitted.all("ResourceQuota", namespace)
        for name, hard in item.value["spec"]["hard"].items()
        if amount.get(name, ZERO) > ZERO
    )


def judged(
    items: Sequence[Amount], one: Mapping[str, Quantity], *, stage: str = STAGE, otherwise: str = ""
) -> Iterator[Finding]:
    """What does not fit. ``one`` is the most that a single object takes; ``otherwise`` what to do if it does not fit just now.

    Without ``otherwise`` a controller makes them, and asks again by itself.
    """
    for entry in items:
        alone, whose = one.get(entry.resource, ZERO), f"in the {entry.holder}"
        free = entry.limit if entry.used is None else max(entry.limit - entry.used, ZERO)
        if alone > entry.limit:
            message = f"{entry.resource}: {alone} asked for, {entry.limit} in all {whose}"
            hint = f"{less(entry.limit)}, or have the quota raised where it is written"
            yield Finding(stage, Outcome.REFUSED, message, hint, source=entry.source)
        elif alone > free and otherwise:
            message = f"{entry.resource}: {alone} asked for, {free} of {entry.limit} free {whose}"
            yield Finding(stage, Outcome.REFUSED, message, otherwise, source=entry.source)
        elif entry.asked > free:
            message = f"{entry.resource}: {entry.asked} asked for, {free} of {entry.limit} free {whose}"
            yield Finding(
                stage, Outcome.WAITS, f"{message}; what does not fit waits until it does", source=entry.source
            )


def less(limit: Quantity) -> str:
    """What to do about too much."""
    return f"ask for {limit} or less" if limit else "leave it out, as there is none to be had"
