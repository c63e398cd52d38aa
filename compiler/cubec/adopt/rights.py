"""Live roles to roles of documents: the compiler's presets by their names, others as roles of the platform."""

from collections.abc import Mapping
from typing import Any

from cubec.adopt.naming import Names
from cubec.adopt.observed import Object, Observed, annotations, name, namespace, ours
from cubec.adopt.residue import Residue
from cubec.model.escalation import ALL, held
from cubec.model.roles import MEMBER_ROLES, WORKFLOW_STEP
from cubec.model.types import PolicyRule

Spec = dict[str, Any]

_PRESET = "cubec:"
_TAKEN = (*MEMBER_ROLES, WORKFLOW_STEP, "cubec", "platform", "system", "upkeep", "arena-client", "credentials")
_FIELDS = ("apiGroups", "resources", "resourceNames", "verbs")


class Roles:
    """The roles that members have, and those of them that the platform's document has to say."""

    def __init__(self, seen: Observed, residue: Residue) -> None:
        self._residue, self._names = residue, Names(_TAKEN)
        self._seen = seen
        self._known: dict[tuple[str, str, str], str] = {}
        self._made: dict[str, list[Spec]] = {}
        for item in seen.all("ClusterRole"):
            key = ("ClusterRole", "", name(item))
            if ours(item) and f"roles/{name(item).removeprefix(_PRESET)}" in annotations(item).get(
                "cubec.io/source", ""
            ):
                self._known[key] = self._name(key)  # a role of the platform, whether anybody has it or not

    @property
    def specs(self) -> list[Spec]:
        return [{"name": role, "rules": rules} for role, rules in sorted(self._made.items())]

    def of(self, binding: Object) -> str:
        """The role that a binding gives, by the name that documents know it by; empty where they cannot say it."""
        ref = binding["roleRef"]
        key = (ref["kind"], namespace(binding) if ref["kind"] == "Role" else "", ref["name"])
        if key not in self._known:
            self._known[key] = self._name(key)
        return self._known[key]

    def _name(self, key: tuple[str, str, str]) -> str:
        kind, where, called = key
        preset = called.removeprefix(_PRESET) if kind == "ClusterRole" and called.startswith(_PRESET) else ""
        if preset in MEMBER_ROLES:
            return preset
        role = self._seen.find(kind, called, where)
        if role is None:
            return ""
        why = refusal(role)
        if why:
            self._residue.left(role, kind, why)
            return ""
        rules = [_rule(rule) for rule in role["rules"]]
        alike = next((made for made, others in self._made.items() if others == rules), "")
        if alike:
            return alike
        wishes = (preset,) if preset else (called, f"{called}-{namespace(role)}".strip("-"))
        given = self._names.give(*wishes)
        self._made[given] = rules
        if not preset:
            why = f'the documents say it as role "{given}", which is a ClusterRole "cubec:{given}": delete this one afterwards'
            self._residue.replaced(role, kind, why)
        return given


def refusal(role: Object) -> str:
    """Why the platform may not have a role; empty where it may."""
    rules = role.get("rules") or []
    if role.get("aggregationRule"):
        return "its rules are gathered from other roles"
    if not rules:
        return "it has no rules"
    codes: list[str] = []
    for rule in rules:
        if rule.get("nonResourceURLs"):
            return "it has rules on addresses, which a role of the platform cannot have"
        policy = PolicyRule(*(tuple(rule.get(key) or ()) for key in ("apiGroups", "resources", "verbs")))
        if any(ALL in values for values in (policy.api_groups, policy.resources, policy.verbs)):
            codes.append("wildcard")
        codes += held(policy)
    if not codes:
        return ""
    found = ", ".join(dict.fromkeys(codes))
    return f"it holds {found} (cubec explain CODE says more): give its members a built-in role if that is enough"


def _rule(rule: Mapping[str, Any]) -> Spec:
    return {key: list(dict.fromkeys(rule[key])) for key in _FIELDS if rule.get(key)}
