"""Registry logins, copied into the namespaces whose annotation lists the registry.

A copy keeps the name that ServiceAccounts refer to and is updated in place, so there is no moment without it. It belongs to the
RoleBinding that lets us write it: what takes away the binding, and with it our right, takes away the copy.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cubec.cluster import Cluster, Object, RefusedError, path
from cubec.upkeep import login, namespaces
from cubec.upkeep.plan import Action, Finding, Plan, Told, capped, read

NAME = "pullSecrets"

_LISTED = "cubec.io/pull-secrets"
_RBAC = "rbac.authorization.k8s.io/v1"
_FORBIDDEN = 403
_FEW, _SHARE = 3, 10  # one run removes three copies, or every tenth of those that are there


@dataclass(frozen=True, slots=True)
class Registry:
    """A registry, its Secret's name, and that of the binding which lets us copy it into a namespace."""

    name: str
    secret: str
    binding: str


@dataclass(frozen=True, slots=True)
class Orders:
    platform: str
    source: str
    registries: tuple[Registry, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """What came of looking for an object: the object, or None; or why we could not look."""

    found: Object | None = field(default=None, repr=False)
    trouble: str = ""
    forbidden: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """The registries' originals, by name; what each namespace lists; binding and copy of each namespace and registry."""

    originals: Mapping[str, Look]
    listed: Mapping[str, tuple[str, ...]]
    bindings: Mapping[tuple[str, str], Look]
    copies: Mapping[tuple[str, str], Look]


def observe(cluster: Cluster, told: Told) -> Seen:
    orders = read(told, _orders)
    listed = {item["metadata"]["name"]: _listed(item) for item in namespaces.of_groups(cluster, told)}
    pairs = [(namespace, one) for namespace in listed for one in orders.registries]
    return Seen(
        {one.name: _look(cluster, "v1", "secrets", orders.source, one.secret) for one in orders.registries},
        listed,
        {
            (space, one.name): _look(cluster, _RBAC, "rolebindings", space, one.binding)
            for space, one in pairs
            if one.name in listed[space]
        },
        {(space, one.name): _look(cluster, "v1", "secrets", space, one.secret) for space, one in pairs},
    )


def _look(cluster: Cluster, version: str, plural: str, namespace: str, name: str) -> Look:
    """What cannot be seen in one namespace does not keep us from the others."""
    try:
        return Look(cluster.get(path(version, plural, namespace, name)))
    except RefusedError as error:
        return Look(trouble=str(error), forbidden=error.status == _FORBIDDEN)


def plan(told: Told, seen: Seen, now: datetime) -> Plan:
    orders = read(told, _orders)
    steps = tuple(_steps(orders, seen))
    there = sum(1 for copy in seen.copies.values() if copy.found and login.ours(copy.found))
    gone = capped(tuple(_unlisted(orders, seen)), max(_FEW, there // _SHARE), "removals of copies")
    actions = (step for step in steps if isinstance(step, Action))
    findings = (step for step in steps if isinstance(step, Finding))
    return Plan((*actions, *gone.actions), (*findings, *gone.findings))


def _steps(orders: Orders, seen: Seen) -> Iterator[Action | Finding]:
    known, logins = {registry.name: registry for registry in orders.registries}, {}
    for registry in orders.registries:
        look = seen.originals[registry.name]
        wrong = look.trouble or login.wrong(look.found)
        if wrong:
            about = f"Secret {orders.source}/{registry.secret}"
            yield Finding(about, f"{wrong}; its copies stay as they are", warning=True, error=bool(look.trouble))
        elif look.found:
            logins[registry.name] = look.found["data"]
    for (namespace, name), copy in sorted(seen.copies.items(), key=lambda item: item[0]):
        # no right where nothing is listed is as it should be
        if copy.trouble and not copy.forbidden and name not in seen.listed[namespace]:
            yield Finding(
                f"Secret {namespace}/{known[name].secret}", f"could not be looked at: {copy.trouble}", error=True
            )
    for namespace, names in sorted(seen.listed.items()):
        for name in names:
            if name not in known:
                text = f"lists the registry {name!r}, which nobody declared"
                yield Finding(f"namespace {namespace}", text, warning=True)
            elif name in logins:
                yield from _copy(orders, known[name], namespace, seen, logins[name])


def _copy(orders: Orders, registry: Registry, namespace: str, seen: Seen, data: Object) -> Iterator[Action | Finding]:
    """What it takes to have the registry's login in a namespace."""
    about = f"Secret {namespace}/{registry.secret}"
    binding, copy = seen.bindings[namespace, registry.name], seen.copies[namespace, registry.name]
    if trouble := binding.trouble or copy.trouble:
        hint = "; apply the group's folder" if binding.forbidden or copy.forbidden else ""
        yield Finding(about, f"could not be looked at: {trouble}{hint}", error=True)
        return
    if binding.found is None:
        yield Finding(
            about,
            f"there is no RoleBinding {registry.binding!r} that it could belong to: apply the group's folder",
            error=True,
        )
        return
    origin = login.Origin(orders.platform, f"{orders.source}/{registry.secret}", binding.found)
    wanted = login.copy(namespace, registry.secret, data, origin)
    where = path("v1", "secrets", namespace)
    if copy.found is None:
        yield Action("create", where, about, "is missing", wanted, private=True)
    elif not login.ours(copy.found):
        yield Finding(about, "is not a copy that this task made, and left alone: delete it to get one", warning=True)
    elif why := login.differs(copy.found, wanted):
        where, version = f"{where}/{registry.secret}", copy.found["metadata"]["resourceVersion"]
        yield Action("replace", where, about, why, login.at_version(wanted, version), private=True)


def _unlisted(orders: Orders, seen: Seen) -> Iterator[Action]:
    """Copies whose registry is no longer listed, as far as we still have the right: with the binding the copy goes by itself."""
    for namespace, names in sorted(seen.listed.items()):
        for registry in orders.registries:
            copy = seen.copies[namespace, registry.name].found
            if registry.name not in names and copy and login.ours(copy):
                where = path("v1", "secrets", namespace, registry.secret)
                why = f"the namespace no longer lists the registry {registry.name}"
                yield Action("delete", where, f"Secret {namespace}/{registry.secret}", why, uid=copy["metadata"]["uid"])


def _listed(namespace: Object) -> tuple[str, ...]:
    text = (namespace["metadata"].get("annotations") or {}).get(_LISTED, "")
    return tuple(dict.fromkeys(filter(None, (name.strip() for name in text.split(",")))))


def _orders(told: Told) -> Orders:
    found = tuple(
        Registry(_text(item["registry"]), _text(item["secret"]), _text(item["binding"])) for item in told["registries"]
    )
    return Orders(_text(told["platform"]), _text(told["from"]), found)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError("a name is expected")
    return value
