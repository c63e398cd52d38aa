"""What a role must not give a member of a group: each way to more rights, by the name of the rule that refuses it.

Rules are matched exactly as the API server does (``pkg/registry/rbac/validation``): ``*`` covers every resource and its
subresources, ``*/exec`` that subresource of all, ``*/*`` and ``pods/*`` nothing. Letter case is ignored here, since
nobody who writes ``Secrets`` means nothing by it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cubec.diagnostics import Position
from cubec.model.api_resources import CLUSTERED
from cubec.model.model import Model
from cubec.model.quotas import Strings
from cubec.model.types import PolicyRule, RolePreset

READ: Strings = ("get", "list", "watch")
WRITE: Strings = ("create", "update", "patch", "delete", "deletecollection")
ALL = "*"


@dataclass(frozen=True, slots=True)
class Primitive:
    """One way to more rights: ``verbs`` on ``resources`` of ``groups`` give ``gain``. ``ALL`` alone stands for any."""

    code: str
    gain: str  # follows "lets members"
    verbs: Strings
    groups: Strings
    resources: Strings


_RBAC = ("rbac.authorization.k8s.io",)
_FLUX = tuple(f"{name}.toolkit.fluxcd.io" for name in ("helm", "image", "kustomize", "notification", "source"))

PRIMITIVES = (
    Primitive(
        "escalation-verb", "give themselves every right (escalate)", ("escalate",), _RBAC, ("roles", "clusterroles")
    ),
    Primitive("escalation-verb", "bind any role to anybody (bind)", ("bind",), _RBAC, ("roles", "clusterroles")),
    Primitive(
        "escalation-verb",
        "act as somebody else (impersonate)",
        ("impersonate",),
        ("", "authentication.k8s.io"),
        ("users", "groups", "serviceaccounts", "uids", "userextras"),
    ),
    Primitive("secret-read", "read secrets", (*READ, "patch", "delete", "deletecollection"), ("",), ("secrets",)),
    Primitive("token-create", "make tokens of other accounts", ("create",), ("",), ("serviceaccounts/token",)),
    Primitive(
        "proxy-subresource",
        "reach nodes, pods and services past the network policy",
        (*READ, *WRITE),
        ("",),
        ("nodes/proxy", "pods/proxy", "services/proxy"),
    ),
    Primitive(
        "pod-entry",
        "enter pods of their colleagues",
        ("create", "get", "update", "patch"),
        ("",),
        ("pods/exec", "pods/attach", "pods/portforward", "pods/ephemeralcontainers"),
    ),
    Primitive(
        "rbac-write",
        "change who may do what",
        WRITE,
        _RBAC,
        ("roles", "rolebindings"),
    ),
    Primitive(
        "policy-write",
        "lift their own limits",
        WRITE,
        ("",),
        ("resourcequotas", "resourcequotas/status", "limitranges"),
    ),
    Primitive("policy-write", "open their own network", WRITE, ("networking.k8s.io",), ("networkpolicies",)),
    Primitive("policy-write", "change the accounts that pods run as", WRITE, ("",), ("serviceaccounts",)),
    Primitive("policy-write", "place pods past the scheduler", ("create",), ("",), ("bindings", "pods/binding")),
    Primitive("policy-write", "send traffic past the network policy", WRITE, ("",), ("endpoints",)),
    Primitive(
        "policy-write", "send traffic past the network policy", WRITE, ("discovery.k8s.io",), ("endpointslices",)
    ),
    Primitive(
        "policy-write",
        "fetch any secret that the cluster's store holds",
        WRITE,
        ("external-secrets.io", "generators.external-secrets.io"),
        (ALL,),
    ),
    Primitive(
        "policy-write", "change sealed secrets", WRITE, ("bitnami.com",), ("sealedsecrets", "sealedsecrets/status")
    ),
    Primitive("policy-write", "admit their own work to any queue", WRITE, ("kueue.x-k8s.io",), (ALL,)),
    Primitive("policy-write", "except themselves from policies", WRITE, ("kyverno.io", "policies.kyverno.io"), (ALL,)),
    Primitive(
        "foreign-controller",
        "make Argo CD apply what they like",
        WRITE,
        ("argoproj.io",),
        ("applications", "applicationsets", "appprojects", "argocds"),
    ),
    Primitive("foreign-controller", "make Flux apply what they like", WRITE, _FLUX, (ALL,)),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A preset that holds a primitive, and the place of the resource, or of the verb, that gives it."""

    role: RolePreset
    primitive: Primitive
    position: Position
    written: str


def findings(model: Model, code: str) -> Iterator[Finding]:
    """What the platform's presets hold under ``code``: each gain once in a role, where it is first given."""
    for role in model.platform.roles:
        told: set[str] = set()
        for n, rule in enumerate(role.rules):
            for primitive in PRIMITIVES:
                if primitive.code == code and primitive.gain not in told:
                    place = _place(rule, primitive)
                    if place is not None:
                        told.add(primitive.gain)
                        yield Finding(role, primitive, role.origin.at("rules", n, *place[0]), place[1])


def held(rule: PolicyRule) -> tuple[str, ...]:
    """The codes of all primitives that a rule gives, wildcards followed."""
    codes = [primitive.code for primitive in PRIMITIVES if _gives(rule, primitive)]
    if ALL in rule.resources and any(group == ALL or group in CLUSTERED for group in rule.api_groups):
        codes.append("cluster-scope")
    return tuple(dict.fromkeys(codes))


def gives(rule: PolicyRule, verb: str, group: str, resource: str) -> bool:
    """Whether the API server takes the rule to give ``verb`` on ``resource``, which may be ``pods/exec``; names aside."""
    subresource = resource.partition("/")[2]
    return (
        (ALL in rule.verbs or verb in rule.verbs)
        and (ALL in rule.api_groups or group in rule.api_groups)
        and any(_names(written, resource, subresource) for written in rule.resources)
    )


def _names(written: str, resource: str, subresource: str) -> bool:
    return written in (ALL, resource) or bool(subresource and written == f"{ALL}/{subresource}")


def _gives(rule: PolicyRule, primitive: Primitive) -> bool:
    plain = _folded(rule)
    return any(
        gives(plain, verb, group, resource)
        for verb in primitive.verbs
        for group in primitive.groups
        for resource in _wanted(plain, primitive)
    )


def _wanted(rule: PolicyRule, primitive: Primitive) -> Strings:
    """Every resource of the group, where the primitive is the whole group: that is, those that the rule names."""
    return rule.resources if primitive.resources == (ALL,) else primitive.resources


def _place(rule: PolicyRule, primitive: Primitive) -> tuple[tuple[str, int], str] | None:
    """Where the rule gives the primitive. A resource ``*`` gives them all, and is for ``wildcard`` to report."""
    named = PolicyRule(rule.api_groups, tuple(r for r in rule.resources if r != ALL), rule.verbs)
    for n, verb in enumerate(rule.verbs):
        # these verbs exist for nothing else, so the resource does not matter; "impersonate:user-info" is one of them
        if primitive.code == "escalation-verb" and verb.lower().startswith(primitive.verbs):
            return ("verbs", n), verb
    for n, resource in enumerate(rule.resources):
        single = PolicyRule(named.api_groups, (resource,), named.verbs)
        if resource != ALL and _gives(single, primitive):
            return ("resources", n), resource
    return None


def _folded(rule: PolicyRule) -> PolicyRule:
    return PolicyRule(
        tuple(map(str.lower, rule.api_groups)), tuple(map(str.lower, rule.resources)), tuple(map(str.lower, rule.verbs))
    )
