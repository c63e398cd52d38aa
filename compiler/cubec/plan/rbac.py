"""Who may do what on one cluster, from the objects that the compiler emits for it: RBAC as the API server evaluates it.

Only what the compiler emits counts. What Kubernetes gives everybody by itself (looking up its own version, its API and
one's own rights) is not in here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cubec.emitters import identities, platform_arena, platform_rbac, rbac, upkeep_accounts
from cubec.manifest import Manifest
from cubec.model.escalation import gives
from cubec.model.model import Model, Placement, Site
from cubec.model.types import PolicyRule

SITE_EMITTERS = (platform_rbac, identities, platform_arena, upkeep_accounts)
GROUP_EMITTERS = (rbac,)

ACCOUNT = "system:serviceaccount:"
ACCOUNTS = "system:serviceaccounts"
EVERYBODY = "system:authenticated"

_USER, _GROUP = "User", "Group"
Key = tuple[str, str]  # User or Group, and the name by which the API server knows it


@dataclass(frozen=True, slots=True)
class Subject:
    """A user as the API server sees one: the name, and the groups that come with it."""

    name: str
    groups: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[Key, ...]:
        return ((_USER, self.name), *((_GROUP, group) for group in self.groups))


@dataclass(frozen=True, slots=True)
class Request:
    """One question. ``resource`` has its subresource in it: ``pods/log``; no namespace: of the whole cluster."""

    verb: str
    resource: str
    api_group: str = ""
    namespace: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, eq=False)  # one object, one role: what follows from it can be kept by it
class Role:
    kind: str
    name: str
    namespace: str
    rules: tuple[PolicyRule, ...]
    source: str

    @property
    def identity(self) -> tuple[str, str, str]:
        return self.kind, self.namespace, self.name

    @property
    def preset(self) -> str:
        """The name that documents know it by."""
        return self.name.removeprefix("cubec:") if self.kind == "ClusterRole" else self.name


@dataclass(frozen=True, slots=True, eq=False)
class Grant:
    """A binding: the role that it gives, in one namespace or, where that is empty, everywhere."""

    role: Role
    binding: str
    namespace: str
    source: str

    @property
    def kind(self) -> str:
        return "RoleBinding" if self.namespace else "ClusterRoleBinding"


@dataclass(frozen=True, slots=True)
class Rbac:
    """The roles of one cluster, and what each subject is given, by namespace."""

    roles: Mapping[tuple[str, str, str], Role]
    grants: Mapping[Key, Mapping[str, tuple[Grant, ...]]]

    def given(self, who: Subject, namespace: str) -> Iterator[tuple[Key, Grant]]:
        """All that counts for a request in ``namespace``, what is bound there and what is bound everywhere, and to whom."""
        for key in who.keys:
            bound = self.grants.get(key)
            if bound:
                for place in (namespace, "") if namespace else ("",):
                    for grant in bound.get(place, ()):
                        yield key, grant


EMPTY = Rbac({}, {})


def allowing(grants: Iterable[Grant], request: Request) -> tuple[Grant, ...]:
    """Those that allow a request in their namespace; none where it is refused."""
    verb, group, resource, name = request.verb, request.api_group, request.resource, request.name
    return tuple(
        grant
        for grant in grants
        if any(
            not rule.resource_names or name in rule.resource_names
            for rule in matching(grant.role, verb, group, resource)
        )
    )


@lru_cache(maxsize=65536)
def matching(role: Role, verb: str, api_group: str, resource: str) -> tuple[PolicyRule, ...]:
    """The rules of a role that give a verb on a resource, be it for some names only."""
    return tuple(rule for rule in role.rules if gives(rule, verb, api_group, resource))


def emitted(model: Model) -> Mapping[str, Rbac]:
    """The rights on every cluster of a platform."""
    placements: dict[str, list[Placement]] = {}
    for placement in model.placements:
        placements.setdefault(placement.site.cluster.name, []).append(placement)
    return {name: of(_manifests(site, placements.get(name, ()))) for name, site in model.sites.items()}


def _manifests(site: Site, placements: Iterable[Placement]) -> Iterator[Manifest]:
    for emitter in SITE_EMITTERS:
        yield from emitter.emit(site)
    for placement in placements:
        for own in GROUP_EMITTERS:
            yield from own.emit(placement)


def of(manifests: Iterable[Manifest]) -> Rbac:
    """The rights that the objects of one cluster give; all but roles and bindings is passed over."""
    roles: dict[tuple[str, str, str], Role] = {}
    bindings: list[Manifest] = []
    for item in manifests:
        if item.kind in {"Role", "ClusterRole"}:
            role = Role(item.kind, item.name, item.namespace, _rules(item.body), item.source)
            roles[role.identity] = role
        elif item.kind in {"RoleBinding", "ClusterRoleBinding"}:
            bindings.append(item)
    grants: dict[Key, dict[str, tuple[Grant, ...]]] = {}
    for item in bindings:
        reference = item.body["roleRef"]
        clustered = reference["kind"] == "ClusterRole"
        bound = roles.get((reference["kind"], "" if clustered else item.namespace, reference["name"]))
        if bound is None:
            continue  # the API server takes a role that is not there for one without rules
        grant = Grant(bound, item.name, item.namespace, item.source)
        for subject in item.body.get("subjects", ()):
            given = grants.setdefault(_key(subject, item.namespace), {})
            given[item.namespace] = (*given.get(item.namespace, ()), grant)
    return Rbac(roles, grants)


def _key(subject: Mapping[str, str], namespace: str) -> Key:
    if subject["kind"] == "ServiceAccount":
        # an account without a namespace is one of the binding's own
        return _USER, f"{ACCOUNT}{subject.get('namespace') or namespace}:{subject['name']}"
    return subject["kind"], subject["name"]


def _rules(body: Mapping[str, Any]) -> tuple[PolicyRule, ...]:
    fields = ("apiGroups", "resources", "verbs", "resourceNames")
    return tuple(PolicyRule(*(tuple(rule.get(field, ())) for field in fields)) for rule in body.get("rules") or ())
