"""A rule of a role matches nothing.

Kubernetes compares rules letter by letter and never says that one is pointless. `pods/*` and `*/*` match nothing at
all, `Pods` is not `pods`, and deployments are in the group `apps`, not in the core group. A name of an object cannot
limit `create`, since the object has no name yet, and limits `list` only for a request that nobody sends. Such a rule
looks as if it gave something, and members learn from an error that it does not.

Bad:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      roles:
        - name: releaser
          rules:
            - {apiGroups: [""], resources: [deployments], verbs: [get, patch]}

Good:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      roles:
        - name: releaser
          rules:
            - {apiGroups: [apps], resources: [deployments], verbs: [get, patch]}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.api_resources import CLOSED, VERBS, groups_of, resources_of
from cubec.model.model import Model
from cubec.model.types import PolicyRule
from cubec.near import near_miss

RULE = Rule("dead-rule", Severity.WARNING, "a rule of a role matches nothing", __doc__ or "")

_NAMELESS = frozenset({"create", "deletecollection", "list", "watch"})

Problem = tuple[str, int, str, str]  # field, item, message, hint


def check(model: Model) -> Iterator[Diagnostic]:
    for role in model.platform.roles:
        for n, rule in enumerate(role.rules):
            for field, m, message, hint in (*_spelling(rule), *_resources(rule), *_named(rule)):
                yield RULE.at(role.origin.at("rules", n, field, m), message, hint=hint)


def _spelling(rule: PolicyRule) -> Iterator[Problem]:
    for field, values in (("apiGroups", rule.api_groups), ("resources", rule.resources), ("verbs", rule.verbs)):
        for m, value in enumerate(values):
            if value != value.lower():
                yield field, m, f'"{value}" matches nothing, since letter case counts', f"write {value.lower()}"
    for m, verb in enumerate(rule.verbs):
        near = near_miss(verb, VERBS) if verb == verb.lower() and verb not in VERBS else None
        if near:
            yield "verbs", m, f'"{verb}" is no verb that Kubernetes asks for', f'did you mean "{near}"?'


def _resources(rule: PolicyRule) -> Iterator[Problem]:
    for m, resource in enumerate(rule.resources):
        name, _, part = resource.partition("/")
        if part == "*":
            hint = "list the parts by name, such as pods/log; the kind alone does not hold them"
            yield "resources", m, f'"{resource}" matches nothing', hint
        elif name != "*" and name == name.lower():
            yield from _misplaced(rule, m, name)


def _misplaced(rule: PolicyRule, m: int, name: str) -> Iterator[Problem]:
    homes = groups_of(name)
    if "*" in rule.api_groups or not homes.isdisjoint(rule.api_groups):
        return
    if not CLOSED.issuperset(rule.api_groups):
        return  # an addition may have a kind of any name
    here = " and ".join(_group(group) for group in rule.api_groups)
    if homes:
        where = " or ".join(f'"{home}"' for home in sorted(homes))
        yield "resources", m, f'"{name}" is not in {here}', f"write apiGroups: [{where}] for it, in a rule of its own"
        return
    near = near_miss(name, (known for group in rule.api_groups for known in resources_of(group)))
    hint = f'did you mean "{near}"?' if near else "write the kind in the plural, and the group that has it"
    yield "resources", m, f'there is no "{name}" in {here}', hint


def _group(group: str) -> str:
    return f'the group "{group}"' if group else "the core group"


def _named(rule: PolicyRule) -> Iterator[Problem]:
    if not rule.resource_names or any("/" in resource for resource in rule.resources):
        return  # a part of an object is created by the object's name
    for m, verb in enumerate(rule.verbs):
        if verb in _NAMELESS:
            message = f'"{verb}" cannot be limited to objects of certain names'
            yield "verbs", m, message, f"put {verb} into a rule without resourceNames, or take it out"
