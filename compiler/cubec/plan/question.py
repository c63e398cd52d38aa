"""A question about access in the words of the command line, against what a platform knows; what is not known is said at once.

A misspelt word must never be answered with a plain "no".
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cubec.model import api_resources, roles
from cubec.model.phrase import joined
from cubec.model.tenants import User
from cubec.near import near_miss
from cubec.plan.rbac import Rbac, Request
from cubec.plan.state import Cluster, State
from cubec.source.quoting import quoted

_ANY = "*"
_VERBS = api_resources.VERBS | {_ANY, "approve", "attest", "bind", "escalate", "impersonate", "sign", "use"}
_KUBERNETES = ("default", "kube-node-lease", "kube-public", "kube-system")
_ACTED_AS = frozenset({"groups", "uids", "userextras", "users"})  # what only impersonation knows
_PARTS = {
    ("", "nodes"): {"proxy", "status", "metrics", "log", "stats"},
    ("", "pods"): {
        *("attach", "binding", "ephemeralcontainers", "eviction", "exec", "log", "portforward", "proxy", "resize"),
        "status",
    },
    ("", "serviceaccounts"): {"token"},
    ("", "services"): {"proxy", "status"},
    ("", "namespaces"): {"finalize", "status"},
}
_ANY_PARTS = frozenset({"scale", "status"})
_FEW = 6


class UnknownError(Exception):
    """A word of the question that means nothing here; the message has the way out."""


@dataclass(frozen=True, slots=True)
class Question:
    """Whether a person, who the provider says is in ``oidc_groups``, may do something."""

    user: User
    cluster: str
    request: Request
    oidc_groups: tuple[str, ...]


def ask(
    state: State,
    *,
    user: str,
    verb: str,
    resource: str,
    namespace: str = "",
    name: str = "",
    cluster: str = "",
    oidc_groups: tuple[str, ...] = (),
) -> Question:
    """Understand a question; raise UnknownError where that fails."""
    person = _user(state, user)
    where = choose(state, cluster, namespace)
    on = state.clusters[where]
    _check_groups(on, state, oidc_groups)
    _known("verb", verb, _VERBS | _verbs(on.rbac), "write one as kubectl does: get, list, create, delete")
    api_group, kind = _resource(on.rbac, resource)
    if (api_group, kind.partition("/")[0]) == ("", "namespaces") and namespace:
        name = namespace  # a namespace stands in itself, as far as rights on it go
    elif namespace and api_resources.clustered(api_group, kind.partition("/")[0]):
        namespace = ""
    return Question(person, where, Request(verb, kind, api_group, namespace, name), oidc_groups)


def _user(state: State, name: str) -> User:
    if name in state.model.users:
        return state.model.users[name]
    if any(name == entry.member.oidc_group for entry in state.memberships.values()):
        raise UnknownError(f"{quoted(name)} is a group of the provider: name a person, and the group with --group")
    raise _unknown("user", name, state.model.users, "people are declared in documents of kind User")


def choose(state: State, cluster: str, namespace: str) -> str:
    """The cluster that a question is about: as said, else the only one that there is, or that has the namespace."""
    check_place(state, cluster, namespace)
    fitting = [cluster] if cluster else list(state.clusters)
    if namespace:
        fitting = [name for name in fitting if namespace in _namespaces(state, name)]
    if len(fitting) != 1:
        what = f"namespace {quoted(namespace)} is on" if namespace else "there are"
        raise UnknownError(f"{what} several clusters: say --cluster {joined(fitting, 'or')}")
    return fitting[0]


def check_place(state: State, cluster: str, namespace: str) -> None:
    """Whether there is such a cluster, and such a namespace on it, or on any; either may be empty."""
    if cluster:
        _known("cluster", cluster, state.clusters, "clusters are declared in documents of kind Cluster")
    if namespace:
        there = {found for name in state.clusters if cluster in ("", name) for found in _namespaces(state, name)}
        where = f' on cluster "{cluster}"' if cluster else ""
        _known("namespace", namespace, there, f"no group has a namespace of that name{where}")


def _namespaces(state: State, cluster: str) -> frozenset[str]:
    site = state.clusters[cluster].site
    own = (
        namespace.name
        for placement in state.model.placements
        if placement.site is site
        for namespace in placement.namespaces
    )
    near = (*site.cluster.ingress_namespaces, *site.cluster.monitoring_namespaces, *_KUBERNETES)
    return frozenset((*own, *near, *site.platform_namespaces))


def _check_groups(on: Cluster, state: State, groups: Iterable[str]) -> None:
    known = {entry.member.oidc_group for entry in state.memberships.values() if entry.member.oidc_group}
    for group in groups:
        if on.site.cluster.identity.mode != "oidc":
            raise UnknownError(f'cluster "{on.site.cluster.name}" knows no groups of a provider: leave --group out')
        near = near_miss(group, known) if group not in known else None
        if near:  # a provider has groups that no document names, so only what looks like a slip is one
            raise UnknownError(f'no document names the group {quoted(group)}; did you mean "{near}"?')


def _verbs(rights: Rbac) -> frozenset[str]:
    return frozenset(verb for role in rights.roles.values() for rule in role.rules for verb in rule.verbs)


def _resource(rights: Rbac, text: str) -> tuple[str, str]:
    """API group and resource, the subresource in it."""
    head, _, part = text.partition("/")
    plural, _, group = head.partition(".")
    if part and not group:
        part, _, group = part.partition(".")
    kinds = set(_kinds(rights))
    if plural != _ANY:
        group = _known_group(kinds, plural, group) if group else _group(kinds, set(_given(rights)), plural)
    if not part:
        return group, plural
    parts = _PARTS.get((group, plural), set()) | _ANY_PARTS | {_ANY}
    given = {name for found_group, name in _given(rights) if found_group in (group, _ANY)}
    parts |= {name.partition("/")[2] for name in given if name.startswith((f"{plural}/", f"{_ANY}/"))}
    _known("subresource", part, parts, f"{plural} have no such part")
    return group, f"{plural}/{part}"


def _given(rights: Rbac) -> Iterator[tuple[str, str]]:
    """API group and resource of whatever a rule of a role names."""
    for role in rights.roles.values():
        for rule in role.rules:
            for group in rule.api_groups:
                for resource in rule.resources:
                    yield group, resource


def _kinds(rights: Rbac) -> Iterator[tuple[str, str]]:
    """API group and plural of everything that is known, be it Kubernetes' own, an addition's or named by a role."""
    for table in (api_resources.NAMESPACED, api_resources.CLUSTERED):
        for group, names in table.items():
            yield from ((group, name) for name in names)
    for kind in roles.installed():
        plural, _, group = kind.partition(".")
        yield group, plural
    yield from (("", name) for name in _ACTED_AS)
    yield from ((group, name.partition("/")[0]) for group, name in _given(rights) if _ANY not in (group, name))


def _known_group(kinds: set[tuple[str, str]], plural: str, group: str) -> str:
    """A kind with its group. What nobody ever heard of may exist all the same, unless Kubernetes itself would have it."""
    if (group, plural) in kinds:
        return group
    near = near_miss(f"{plural}.{group}", [f"{name}.{of}" for of, name in kinds if of])
    if near or group in api_resources.CLOSED:
        raise _unknown(
            "resource", f"{plural}.{group}", [near] if near else [], f"Kubernetes has no {plural} in {group}"
        )
    return group


def _group(kinds: set[tuple[str, str]], given: set[tuple[str, str]], plural: str) -> str:
    """The group of a kind that is named without one: Kubernetes' own first, as kubectl does, then what a role speaks of."""
    groups = sorted(group for group, name in kinds if name == plural)
    own = [group for group in groups if group in api_resources.CLOSED]
    of_roles = [group for group in groups if (group, plural) in given]
    if own or 1 in {len(groups), len(of_roles)}:
        return (own or (groups if len(groups) == 1 else of_roles))[0]
    if not groups:
        hint = "write the plural, and the group after a dot where it is not Kubernetes' own: tfjobs.kubeflow.org"
        raise _unknown("resource", plural, sorted({name for _, name in kinds}), hint)
    raise UnknownError(f"several groups have {plural}: say {joined((f'{plural}.{group}' for group in groups), 'or')}")


def _known(what: str, word: str, candidates: Iterable[str], hint: str) -> None:
    found = list(candidates)
    if word not in found:
        raise _unknown(what, word, found, hint)


def _unknown(what: str, word: str, candidates: Iterable[str], hint: str) -> UnknownError:
    found = sorted(candidates)
    near = near_miss(word, found) or next((name for name in found if name == f"{word}s"), None)
    listed = f"; there are {joined(found)}" if 0 < len(found) <= _FEW else f"; {hint}"
    return UnknownError(f"unknown {what} {quoted(word)}" + (f'; did you mean "{near}"?' if near else listed))
