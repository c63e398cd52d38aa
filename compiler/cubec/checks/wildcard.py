"""A role has a wildcard.

`*` means everything, also what is installed next year. Nobody who reads `*` can see what it gives, and most of what
it gives is a way to more rights: it covers secrets, tokens, shells in pods and the rules themselves. So kinds and
verbs are always listed by name.

Bad:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      roles:
        - name: notebooks
          rules:
            - {apiGroups: [kubeflow.org], resources: ["*"], verbs: [get, list]}

Good:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      roles:
        - name: notebooks
          rules:
            - {apiGroups: [kubeflow.org], resources: [notebooks], verbs: [get, list]}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model import escalation
from cubec.model.model import Model
from cubec.model.types import PolicyRule

RULE = Rule("wildcard", Severity.ERROR, "a role has a wildcard", __doc__ or "")

_WORDS = {"apiGroups": "API group", "resources": "kind", "verbs": "verb"}


def check(model: Model) -> Iterator[Diagnostic]:
    for role in model.platform.roles:
        for n, rule in enumerate(role.rules):
            for count, (field, m, message) in enumerate(_wide(rule)):
                held = "" if count else _holds(rule)  # once for each rule is enough
                place = role.origin.at("rules", n, field, m)
                yield RULE.at(place, message + held, hint=f'list by name what members of role "{role.name}" need')


def _wide(rule: PolicyRule) -> Iterator[tuple[str, int, str]]:
    fields = {"apiGroups": rule.api_groups, "resources": rule.resources, "verbs": rule.verbs}
    for field, values in fields.items():
        for m, value in enumerate(values):
            if value == "*":
                yield field, m, f'"*" is every {_WORDS[field]}, of the future, too'
            elif value.startswith("*/") and value != "*/*":
                yield field, m, f'"{value}" is that part of every kind, of the future, too'


def _holds(rule: PolicyRule) -> str:
    codes = escalation.held(rule)
    return f"; with it the rule holds {', '.join(codes)}" if codes else ""
