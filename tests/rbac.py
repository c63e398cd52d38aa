"""Who may do what, judged from emitted YAML alone: RBAC as the API server evaluates it, written without the compiler.

Matching follows Kubernetes' evaluation: ``*`` in resources covers subresources, ``*/exec`` any kind's exec; a rule with
resourceNames never allows a request that names nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

Object = Mapping[str, Any]


def load(folder: Path) -> list[Object]:
    """Every object below a folder, with libyaml's reader of YAML 1.1, which is as far from ours as can be."""
    found = []
    for path in sorted(folder.rglob("*.yaml")):
        if "clients" not in path.relative_to(folder).parts:
            found += [item for item in yaml.load_all(path.read_text(), Loader=yaml.CSafeLoader) if item]
    return found


@dataclass(frozen=True)
class Subject:
    """A user as the API server sees one."""

    name: str
    groups: tuple[str, ...] = ()

    @classmethod
    def account(cls, namespace: str, name: str) -> "Subject":
        groups = ("system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated")
        return cls(f"system:serviceaccount:{namespace}:{name}", groups)


@dataclass(frozen=True)
class Request:
    verb: str
    resource: str
    group: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""


@dataclass
class Rbac:
    """The roles and bindings of one cluster."""

    objects: Iterable[Object]
    roles: dict[tuple[str, str], list[Object]] = field(default_factory=dict)
    bindings: list[tuple[str, Object]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for item in self.objects:
            namespace = item["metadata"].get("namespace", "")
            if item["kind"] in {"Role", "ClusterRole"}:
                self.roles[namespace, item["metadata"]["name"]] = item["rules"]
            elif item["kind"] in {"RoleBinding", "ClusterRoleBinding"}:
                self.bindings.append((namespace, item))

    def allowed(self, who: Subject, request: Request) -> bool:
        return any(
            _rule_allows(rule, request)
            for namespace, binding in self.bindings
            if namespace in ("", request.namespace)
            and any(_is(subject, who) for subject in binding.get("subjects", ()))
            for rule in self._rules(namespace, binding["roleRef"])
        )

    def _rules(self, namespace: str, reference: Object) -> list[Object]:
        return self.roles[namespace if reference["kind"] == "Role" else "", reference["name"]]


def _is(subject: Object, who: Subject) -> bool:
    if subject["kind"] == "ServiceAccount":
        return who.name == f"system:serviceaccount:{subject['namespace']}:{subject['name']}"
    if subject["kind"] == "Group":
        return subject["name"] in who.groups
    return subject["name"] == who.name


def _rule_allows(rule: Object, request: Request) -> bool:
    resource = f"{request.resource}/{request.subresource}" if request.subresource else request.resource
    names = rule.get("resourceNames", [])
    return (
        ("*" in rule["verbs"] or request.verb in rule["verbs"])
        and ("*" in rule["apiGroups"] or request.group in rule["apiGroups"])
        and any(
            one in {"*", resource} or (request.subresource and one == f"*/{request.subresource}")
            for one in rule["resources"]
        )
        and (not names or request.name in names)
    )
