"""What Kubernetes itself fills in and refuses in a pod, as far as it decides whether a group's pod runs."""

from collections.abc import Iterator, Mapping
from typing import Any

from cubec.model.quantity import parse
from cubec.rehearsal import kept
from cubec.rehearsal.emitted import Emitted
from cubec.rehearsal.findings import Mutation
from cubec.source.document import Pointer
from cubec.source.quoting import quoted

Refusal = tuple[Pointer, str, str]  # the field, what is wrong with it, the way out
_COMPUTE = frozenset({"cpu", "memory"})
_NATIVE = frozenset({"cpu", "memory", "ephemeral-storage", "storage"})
_OPERATORS = ("Equal", "Exists")
_DEFAULT_ACCOUNT = "default"


def completed(emitted: Emitted, namespace: str, pod: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Mutation, ...]]:
    """The pod with the account, the pull secrets and the priority that it does not state."""
    value, found = kept.plain(pod), []
    spec = value["spec"]
    if "serviceAccountName" not in spec:
        spec["serviceAccountName"] = _DEFAULT_ACCOUNT
    account = emitted.find("ServiceAccount", spec["serviceAccountName"], namespace)
    secrets = account.value.get("imagePullSecrets", []) if account else []
    if account and secrets and "imagePullSecrets" not in spec:
        spec["imagePullSecrets"] = secrets
        names = ", ".join(secret["name"] for secret in secrets)
        why = f"pull secrets of account {account.name}"
        found.append(Mutation(("spec", "imagePullSecrets"), "", names, why, emitted.line(account)))
    if "priorityClassName" not in spec:
        for item in emitted.all("PriorityClass"):
            if item.value.get("globalDefault"):
                spec["priorityClassName"] = item.name
                mutation = Mutation(
                    ("spec", "priorityClassName"), "", item.name, "the default priority", emitted.line(item)
                )
                found.append(mutation)
    return value, tuple(found)


def refusals(emitted: Emitted, namespace: str, pod: Mapping[str, Any]) -> Iterator[Refusal]:
    """What the API server does not take, before any policy of the platform is asked."""
    spec = pod["spec"]
    if not spec.get("containers"):
        yield ("spec", "containers"), "a pod has at least one container", "write its containers"
    for name in kept.LISTS:
        for number, container in enumerate(spec.get(name, ())):
            yield from _container(("spec", name, number), container)
    for number, toleration in enumerate(spec.get("tolerations", ())):
        operator = toleration.get("operator", _OPERATORS[0])
        if operator not in _OPERATORS:
            message = f"a toleration has no operator {quoted(operator)}"
            yield ("spec", "tolerations", number, "operator"), message, "write Equal or Exists"
    for resource in _amounts(spec):
        if resource not in _COMPUTE and not resource.startswith("hugepages-"):
            message = f"{resource} cannot be stated for the pod as a whole"
            yield ("spec", "resources"), message, "write it in the resources of a container"
    yield from _names(emitted, namespace, spec)


def _names(emitted: Emitted, namespace: str, spec: Mapping[str, Any]) -> Iterator[Refusal]:
    priority, account = spec.get("priorityClassName", ""), spec.get("serviceAccountName", _DEFAULT_ACCOUNT)
    if "priority" in spec:
        yield ("spec", "priority"), "a pod cannot state its priority as a number", "write priorityClassName"
    if priority and not priority.startswith("system-"):
        known = [item.name for item in emitted.all("PriorityClass")]
        if priority not in known:
            message = f"the platform has no priority class {quoted(priority)}"
            yield ("spec", "priorityClassName"), message, _otherwise("priorityClassName", known)
    accounts = [item.name for item in emitted.all("ServiceAccount", namespace)]
    if account not in accounts:
        message = f"namespace {namespace} has no account {quoted(account)}"
        yield ("spec", "serviceAccountName"), message, _otherwise("serviceAccountName", accounts)


def _otherwise(field: str, known: list[str]) -> str:
    return f"leave {field} out, or write {' or '.join(known)}" if known else f"leave {field} out"


def _container(at: Pointer, container: Mapping[str, Any]) -> Iterator[Refusal]:
    for field in ("name", "image"):
        if field not in container:
            yield at, f"a container must state its {field}", f"write {field}"
    resources = container.get("resources", {})
    requests, limits = resources.get("requests", {}), resources.get("limits", {})
    for resource, request in requests.items():
        place = (*at, "resources", "requests", resource)
        limit = limits.get(resource)
        if not _divisible(resource) and request != limit:
            message = f"{resource} is given whole: its request and its limit must be the same"
            yield place, message, f"write {resource} under limits alone"
        elif limit is not None and parse(request) > parse(limit):
            message = f"a request of {request} {resource} is more than the limit of {limit}"
            yield place, message, f"write a limit of {request} or more"


def _divisible(resource: str) -> bool:
    """Whether a container may be given more than it is sure to get: not of cards, nor of large pages."""
    return resource in _NATIVE or ("/" not in resource and not resource.startswith("hugepages-"))


def _amounts(spec: Mapping[str, Any]) -> list[str]:
    resources = spec.get("resources", {})
    return sorted({*resources.get("limits", {}), *resources.get("requests", {})})
