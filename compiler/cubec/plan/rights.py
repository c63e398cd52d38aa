"""What rules give, as single rights: which of them are new, and which a reviewer must not overlook."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from cubec.model.escalation import ALL, READ, WRITE, gives
from cubec.model.quotas import Strings
from cubec.model.types import PolicyRule
from cubec.plan.rbac import Role

CLUSTER_WIDE = "cluster-wide"


class Right(NamedTuple):
    """One verb on one kind, or, with a ``name``, on one object of that kind."""

    verb: str
    api_group: str
    resource: str
    name: str = ""


Rights = tuple[Right, ...]

_RBAC = ("rbac.authorization.k8s.io",)
# Word, verbs, API groups, resources: what a review looks for first.
_SENSITIVE: tuple[tuple[str, Strings, Strings, Strings], ...] = (
    ("secrets read", (*READ, "patch"), ("",), ("secrets",)),  # a patch answers with what the secret holds
    ("secrets write", WRITE, ("",), ("secrets",)),
    (
        "exec",
        ("create", "get"),
        ("",),
        ("pods/exec", "pods/attach", "pods/portforward"),
    ),
    ("exec", ("patch", "update"), ("",), ("pods/ephemeralcontainers",)),
    ("proxy", (*READ, *WRITE), ("",), ("nodes/proxy", "pods/proxy", "services/proxy")),
    ("tokens", ("create",), ("",), ("serviceaccounts/token",)),
    (
        "impersonation",
        ("impersonate",),
        ("", "authentication.k8s.io"),
        ("users", "groups", "serviceaccounts", "uids", "userextras"),
    ),
    ("grants rights", (*WRITE, "bind", "escalate"), _RBAC, ("roles", "clusterroles")),
    ("grants rights", WRITE, _RBAC, ("rolebindings", "clusterrolebindings")),
)


@lru_cache(maxsize=4096)
def beyond(roles: tuple[Role, ...], others: tuple[Role, ...]) -> Rights:
    """What ``roles`` give and ``others`` do not, in order."""
    rules = [rule for role in others for rule in role.rules]
    found = {right for role in roles for rule in role.rules for right in _of(rule)}
    return tuple(sorted(right for right in found if not _given(right, rules)))


def of(role: Role) -> Rights:
    return beyond((role,), ())


def _of(rule: PolicyRule) -> Iterable[Right]:
    return (
        Right(verb, group, resource, name)
        for verb in rule.verbs
        for group in rule.api_groups
        for resource in rule.resources
        for name in rule.resource_names or ("",)
    )


def _given(right: Right, rules: Sequence[PolicyRule]) -> bool:
    """Whether rules give a right; ``*`` is given by ``*`` alone, however many names others list."""
    verb, group, resource, name = right
    return any(
        gives(rule, verb, group, resource) and (not rule.resource_names or name in rule.resource_names)
        for rule in rules
    )


@lru_cache(maxsize=4096)
def flags(rights: Rights, *, everywhere: bool) -> tuple[str, ...]:
    """The words for what is sensitive in ``rights``; ``everywhere`` where they hold in the whole cluster."""
    found = [word for word, verbs, groups, resources in _SENSITIVE if _any(rights, verbs, groups, resources)]
    if any(ALL in {right.verb, right.api_group, right.resource[:1]} for right in rights):
        found.append("wildcard")
    if everywhere and rights:
        found.append(CLUSTER_WIDE)
    return tuple(dict.fromkeys(found))


def _any(rights: Rights, verbs: Strings, groups: Strings, resources: Strings) -> bool:
    return any(
        (right.verb == ALL or right.verb in verbs)
        and (right.api_group == ALL or right.api_group in groups)
        and any(_means(right.resource, resource) for resource in resources)
        for right in rights
    )


def _means(written: str, resource: str) -> bool:
    """As the API server reads the resource of a rule."""
    part = resource.partition("/")[2]
    return written in (ALL, resource) or bool(part and written == f"{ALL}/{part}")
