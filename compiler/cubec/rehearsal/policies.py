"""The emitted admission policies, applied as the API server applies them: which speak of a request, what they add, what they refuse."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cubec.rehearsal import kept, patches
from cubec.rehearsal.emitted import Emitted, Item
from cubec.rehearsal.expressions import ExpressionError, evaluate

MUTATING, VALIDATING = "MutatingAdmissionPolicy", "ValidatingAdmissionPolicy"
_KYVERNO = "MutatingPolicy"  # says the same in the same words, and binds itself


@dataclass(frozen=True, slots=True)
class Requester:
    """Who asks, as policies see it: the login, empty where nobody was named, and rights that policies ask about."""

    login: str = ""
    may: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to create an object. ``namespace`` is the object of its namespace."""

    api_group: str
    version: str
    resource: str
    value: Mapping[str, Any]
    namespace: Mapping[str, Any]
    by: Requester


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a rule of a policy says. ``message`` is empty where it passes; ``number`` its place among the policy's rules."""

    policy: Item
    number: int
    message: str


def mutated(emitted: Emitted, asked: Asked) -> dict[str, Any]:
    """The object as the mutating policies leave it; ExpressionError where one of them fails, which refuses the request."""
    value = dict(asked.value)
    for policy in _in_force(emitted, asked, MUTATING, _KYVERNO):
        for mutation in policy.value["spec"]["mutations"]:
            values = _values(policy, asked, value)
            value = kept.pod(patches.apply(value, evaluate(mutation["jsonPatch"]["expression"], values)))
    return value


def judged(emitted: Emitted, asked: Asked) -> Iterator[Judgement]:
    """Every rule of every validating policy that speaks of the request, in order."""
    for policy in _in_force(emitted, asked, VALIDATING):
        values = _values(policy, asked, asked.value)
        for number, rule in enumerate(policy.value["spec"]["validations"]):
            yield Judgement(policy, number, _said(rule, values))


def _said(rule: Mapping[str, str], values: Mapping[str, Any]) -> str:
    """Nothing, if the rule holds; a rule that cannot be evaluated refuses, as the policies want it."""
    try:
        if evaluate(rule["expression"], values) is True:
            return ""
    except ExpressionError as error:
        return f"the rule cannot be evaluated: {error}"
    try:
        said = evaluate(rule["messageExpression"], values) if "messageExpression" in rule else ""
    except ExpressionError:
        said = ""
    return said.strip() if isinstance(said, str) and said.strip() and "\n" not in said else rule["message"]


def _in_force(emitted: Emitted, asked: Asked, *kinds: str) -> Iterator[Item]:
    for kind in kinds:
        for policy in emitted.all(kind):
            spec = policy.value["spec"]
            matches = _matches(spec["matchConstraints"], asked) and any(
                _selects(binding.get("matchResources", {}), asked) for binding in _bindings(emitted, policy)
            )
            if matches and _conditions(policy, asked):
                yield policy


def _bindings(emitted: Emitted, policy: Item) -> Sequence[Mapping[str, Any]]:
    if policy.manifest.kind == _KYVERNO:
        return [{}]
    specs = [item.value["spec"] for item in emitted.all(f"{policy.manifest.kind}Binding")]
    return [spec for spec in specs if spec["policyName"] == policy.name]


def _conditions(policy: Item, asked: Asked) -> bool:
    conditions = policy.value["spec"].get("matchConditions", ())
    values = _request(asked, asked.value)
    return all(evaluate(condition["expression"], values) is True for condition in conditions)


def _matches(constraints: Mapping[str, Any], asked: Asked) -> bool:
    return _selects(constraints, asked) and any(
        "CREATE" in rule["operations"]
        and asked.api_group in rule["apiGroups"]
        and asked.version in rule["apiVersions"]
        and asked.resource in rule["resources"]
        for rule in constraints["resourceRules"]
    )


def _selects(resources: Mapping[str, Any], asked: Asked) -> bool:
    selector = resources.get("namespaceSelector", {})
    metadata = asked.namespace["metadata"]
    labels = {**metadata["labels"], "kubernetes.io/metadata.name": metadata["name"]}
    return all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items()) and all(
        _holds(labels, term) for term in selector.get("matchExpressions", ())
    )


def _holds(labels: Mapping[str, str], term: Mapping[str, Any]) -> bool:
    value, there = labels.get(term["key"]), term["key"] in labels
    return {
        "Exists": there,
        "DoesNotExist": not there,
        "In": there and value in term.get("values", ()),
        "NotIn": not there or value not in term.get("values", ()),
    }[term["operator"]]


def _values(policy: Item, asked: Asked, value: Mapping[str, Any]) -> dict[str, Any]:
    """What expressions may speak of. A variable that cannot be evaluated is missing, and so an error only where it is used."""
    values = _request(asked, value)
    variables: dict[str, Any] = {}
    for variable in policy.value["spec"].get("variables", ()):
        try:
            variables[variable["name"]] = evaluate(variable["expression"], {**values, "variables": variables})
        except ExpressionError:
            continue
    return {**values, "variables": variables}


def _request(asked: Asked, value: Mapping[str, Any]) -> dict[str, Any]:
    namespace = asked.namespace["metadata"]["name"]
    return {
        "object": dict(value),
        "oldObject": None,
        "request": {"operation": "CREATE", "namespace": namespace, "userInfo": {"username": asked.by.login}},
        "namespaceObject": dict(asked.namespace),
        "authorizer": {"may": list(asked.by.may)},
        "params": None,
    }
