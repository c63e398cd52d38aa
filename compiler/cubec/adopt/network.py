"""NetworkPolicies of the compiler's own shape back to a mode and its lists; all others stay as they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cubec.adopt.observed import Object, Observed, name
from cubec.adopt.pools import group_of
from cubec.adopt.residue import Residue

Spec = dict[str, Any]

_NAME = "kubernetes.io/metadata.name"
_ORDER = ("open", "isolated", "strict")


@dataclass(frozen=True, slots=True)
class _Policy:
    mode: str
    sources: frozenset[str]  # namespaces
    targets: tuple[str, ...] = ()  # namespaces and ranges


@dataclass(frozen=True, slots=True)
class Network:
    """The platform's mode, what reaches every group, and each group's own words."""

    mode: str
    reaching: tuple[str, ...]
    groups: Mapping[str, Spec]


def network(seen: Observed, residue: Residue) -> Network:
    """The weakest mode of all is the platform's, since a group may only be stricter; what all let in is the cluster's."""
    spaces: dict[str, list[str]] = {}
    for item in seen.namespaces:
        spaces.setdefault(group_of(item), []).append(name(item))
    policies = {group: _of_group(seen, own, residue) for group, own in spaces.items()}
    modes = [policy.mode for policy in policies.values()]
    weakest = min(modes, key=_ORDER.index, default="isolated")
    closed = [policy.sources - set(spaces[group]) for group, policy in policies.items() if policy.mode != "open"]
    groups_own = {one for own in spaces.values() for one in own}
    everywhere = frozenset.intersection(*closed) - groups_own if closed else frozenset[str]()
    if weakest == "open" and seen.namespaces:
        why = "no policy keeps other groups' traffic out of some groups: isolated would, and is the default"
        residue.invent("Platform", "", why, "defaults.network")
    found = {}
    for group, policy in policies.items():
        spec: Spec = {"mode": policy.mode} if policy.mode != weakest else {}
        let_in = sorted(policy.sources - set(spaces[group]) - everywhere)
        spec |= {"allowFrom": let_in} if let_in else {}
        found[group] = spec | ({"allowTo": list(policy.targets)} if policy.targets else {})
    return Network(weakest, tuple(sorted(everywhere)), found)


def _of_group(seen: Observed, spaces: list[str], residue: Residue) -> _Policy:
    """The group's policy: that of all its namespaces, or none where one of them is open."""
    read = []
    for space in spaces:
        own = _Policy("open", frozenset())
        for item in seen.within("NetworkPolicy", space):
            policy = _read(item, spaces) if name(item) == "isolation" else None
            if policy is None:
                why = "it is not of the shape that the documents make; it stays, and lets through what it names"
                residue.left(item, "NetworkPolicy", why)
            else:
                own = policy
        read.append(own)
    return min(read, key=lambda policy: _ORDER.index(policy.mode))


def _read(item: Object, spaces: Iterable[str]) -> _Policy | None:
    spec = item["spec"]
    types = spec.get("policyTypes")
    if spec.get("podSelector") or types not in (["Ingress"], ["Ingress", "Egress"]):
        return None
    match spec.get("ingress"):
        case [{"from": [peer], **more}] if not more:
            sources = _listed(peer)
        case _:
            return None
    if sources is None:
        return None
    if types == ["Ingress"]:
        return _Policy("isolated", frozenset(sources))
    targets = _targets(spec.get("egress") or (), set(spaces))
    return None if targets is None else _Policy("strict", frozenset(sources), targets)


def _targets(egress: Iterable[Mapping[str, Any]], own: set[str]) -> tuple[str, ...] | None:
    """Where the group may go beside its own namespaces and DNS."""
    found: list[str] = []
    for rule in egress:
        if rule.get("ports"):
            continue  # DNS
        for peer in rule.get("to") or ():
            block = peer.get("ipBlock")
            listed = [block["cidr"]] if block and not block.get("except") else _listed(peer)
            if listed is None:
                return None
            found += [one for one in listed if one not in own]
    return tuple(found)


def _listed(peer: Mapping[str, Any]) -> list[str] | None:
    match peer:
        case {"namespaceSelector": {"matchExpressions": [{"key": key, "operator": "In", "values": values}]}, **more}:
            return list(values) if key == _NAME and not more else None
        case _:
            return None
