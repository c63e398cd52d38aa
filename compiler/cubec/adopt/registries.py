"""Pull secrets to registries, by name alone: which registry a Secret is for stands in what it holds, and that is not read."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cubec.adopt.naming import Names, sanitised
from cubec.adopt.observed import Object, Observed, annotations, listed, name, ours
from cubec.adopt.pools import group_of
from cubec.adopt.residue import Residue

Spec = dict[str, Any]

_ACCOUNTS = ("default", "workload")
_UNREAD = "which registry it is for stands in what it holds, and that is not read"


@dataclass(slots=True)
class _Found:
    secret: str
    wish: str
    remote: str = ""
    groups: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Registries:
    """Registries by name, and how their logins reach the cluster; no mode where none do."""

    specs: Mapping[str, Spec]
    mode: Spec | None


def registries(seen: Observed, system: str, residue: Residue) -> Registries:
    found: dict[str, _Found] = {}
    mode = _from_store(seen, found, residue) or _copied(seen, system, found)
    for item in seen.namespaces:
        for account in seen.within("ServiceAccount", name(item)):
            for secret in account.get("imagePullSecrets") or ():
                if secret["name"] not in found and name(account) in _ACCOUNTS:
                    why = f"pull secret {secret['name']}: {_UNREAD}; write a Registry for it"
                    residue.left(account, "ServiceAccount", why, "imagePullSecrets")
        for secret in seen.within("Secret", name(item)):
            if name(secret) not in found:
                residue.left(secret, "Secret", f"{_UNREAD}; write a Registry for it")
    groups = {group_of(item) for item in seen.namespaces}
    names, specs = Names(), dict[str, Spec]()
    for one in found.values():
        called = names.give(one.wish)
        residue.invent("Registry", called, f"Secret {one.secret}: {_UNREAD}", "server")
        whom: Spec = {"allGroups": True} if one.groups == groups else {"groups": sorted(one.groups)}
        specs[called] = {"server": f"{called}.invalid", "secretName": one.secret, **whom}
        if one.remote:
            specs[called]["credentials"] = {"remote": one.remote}
    return Registries(specs, mode)


def _from_store(seen: Observed, found: dict[str, _Found], residue: Residue) -> Spec | None:
    stores: dict[str, list[tuple[Object, Object]]] = defaultdict(list)
    for space, item in _external(seen):
        stores[json.dumps(item["spec"]["secretStoreRef"], sort_keys=True)].append((space, item))
    if not stores:
        return None
    most = max(stores, key=lambda store: (len(stores[store]), store))
    for store, items in stores.items():
        for space, item in items:
            target = item["spec"]["target"]["name"]
            remote = item["spec"]["data"][0]["remoteRef"]["key"]
            one = found.setdefault(target, _Found(target, _wish(item) or sanitised(target), remote))
            if store != most or one.remote != remote:
                residue.left(item, "ExternalSecret", "most come from another store, or under another key")
            else:
                one.groups.add(group_of(space))
    for secret in [secret for secret, one in found.items() if not one.groups]:
        del found[secret]
    ref = json.loads(most)
    return {"mode": "external-secrets", "store": {key: ref[key] for key in ("name", "kind") if key in ref}}


def _external(seen: Observed) -> Iterator[tuple[Object, Object]]:
    """The namespace's object and each ExternalSecret in it that makes a pull secret of one key."""
    for space in seen.namespaces:
        for item in seen.within("ExternalSecret", name(space)):
            match item["spec"]:
                case {
                    "secretStoreRef": {"name": str()},
                    "target": {"name": str(), "template": {"type": "kubernetes.io/dockerconfigjson"}},
                    "data": [{"remoteRef": {"key": str()}}],
                }:
                    yield space, item
                case _:
                    pass


def _wish(item: Object) -> str:
    source = annotations(item).get("cubec.io/source", "") if ours(item) else ""
    return source.rpartition("#")[2].rpartition("/")[2].removesuffix(".yaml")


def _copied(seen: Observed, system: str, found: dict[str, _Found]) -> Spec | None:
    """What the upkeep job copies, and from where, as the compiler told it."""
    told = [
        item.get("data") or {}
        for item in seen.within("ConfigMap", system)
        if ours(item) and name(item) == "desired-state"
    ]
    try:
        desired = json.loads(told[0]["pullSecrets.json"]) if told else {}
        secrets = {one["registry"]: one["secret"] for one in desired["registries"]}
        mode = {"mode": "sync", "namespace": desired["from"]}
    except (LookupError, TypeError, ValueError):
        return None
    for item in seen.namespaces:
        for registry in listed(item, "cubec.io/pull-secrets"):
            if registry in secrets:
                one = found.setdefault(secrets[registry], _Found(secrets[registry], registry))
                one.groups.add(group_of(item))
    return mode
