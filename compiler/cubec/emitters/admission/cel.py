"""Expressions, and the objects that hold them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cubec.manifest import Manifest

Variable = dict[str, str]
GROUP_NAMESPACES = {"matchExpressions": [{"key": "cubec.io/group", "operator": "Exists"}]}


def text(value: str) -> str:
    """A string as an expression writes it."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def texts(values: Iterable[str]) -> str:
    return f"[{', '.join(map(text, values))}]"


def table(rows: Iterable[Mapping[str, str]]) -> str:
    """A list of maps, one line each, so that a new row is a new line."""
    lines = ["  {" + ", ".join(f"{text(key)}: {text(value)}" for key, value in row.items()) + "}" for row in rows]
    return "[\n" + ",\n".join(lines) + "\n]" if lines else "[]"


def variable(name: str, expression: str) -> Variable:
    return {"name": name, "expression": expression}


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition that must hold. ``says`` is an expression whose text names the way out; ``message`` is for when that fails."""

    expression: str
    message: str
    says: str = ""

    def written(self) -> dict[str, str]:
        explained = {"messageExpression": self.says} if self.says else {}
        return {"expression": self.expression, "message": self.message, **explained, "reason": "Forbidden"}


def resource_rule(resources: list[str], operations: list[str]) -> dict[str, Any]:
    return {
        "resourceRules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": operations, "resources": resources}]
    }


def validating(
    name: str,
    source: str,
    match: Mapping[str, Any],
    variables: Iterable[Variable],
    rules: Iterable[Rule],
    *,
    in_groups: bool = True,
) -> Iterator[Manifest]:
    """A policy and what puts it in force."""
    variables = list(variables)
    spec = {
        "failurePolicy": "Fail",
        "matchConstraints": match,
        **({"variables": variables} if variables else {}),
        "validations": [rule.written() for rule in rules],
    }
    yield Manifest("ValidatingAdmissionPolicy", name, "", source, {"spec": spec})
    binding = {
        "policyName": name,
        "validationActions": ["Deny"],
        **({"matchResources": {"namespaceSelector": GROUP_NAMESPACES}} if in_groups else {}),
    }
    yield Manifest("ValidatingAdmissionPolicyBinding", name, "", source, {"spec": binding})
