"""For which clusters and namespaces a registry's login is to be encrypted, and for which it is not there yet."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from cubec.model.model import Model
from cubec.model.registries import mode, reach, unsealed
from cubec.model.tenants import Registry
from cubec.model.types import Cluster
from cubec.near import near_miss

_SEALABLE = ("sops", "sealed-secrets")


class TargetError(ValueError):
    """There is nothing to encrypt for what was asked; the message says why, and what to do instead."""


@dataclass(frozen=True, slots=True)
class Target:
    """One cluster. ``wanted`` are the namespaces to encrypt for, ``reached`` all that the login has to reach."""

    registry: Registry
    cluster: Cluster
    wanted: tuple[str, ...]
    reached: tuple[str, ...]


def registry(model: Model, name: str) -> Registry:
    return model.registries[_known("registry", name, model.registries)]


def targets(
    model: Model, wanted: Registry, clusters: Collection[str], groups: Collection[str], namespaces: Collection[str]
) -> tuple[Target, ...]:
    """One for each cluster that is named; for each that takes encrypted logins, where none is."""
    for name in clusters:
        _known("cluster", name, model.clusters)
    for name in groups:
        _known("group", name, model.groups)
    found = [target for target in _all(model) if target.registry is wanted and _asked(target, clusters)]
    sealable = tuple(target for target in found if mode(target.cluster) in _SEALABLE)
    if not found or (clusters and len(sealable) < len(found)) or not sealable:
        raise TargetError(_refusal(model, wanted, clusters, found))
    unreached = [name for name in clusters if name not in {target.cluster.name for target in found}]
    if unreached:
        raise TargetError(_refusal(model, wanted, unreached, []))
    return _narrowed(model, sealable, groups, namespaces) if groups or namespaces else sealable


def missing(model: Model, names: Collection[str]) -> Iterator[Target]:
    """Where encrypted logins are wanted and not there, of the registries that are named, or of all."""
    for name in names:
        registry(model, name)
    for target in _all(model):
        absent = unsealed(target.registry, target.cluster, target.reached)
        if absent and (not names or target.registry.name in names):
            yield Target(target.registry, target.cluster, absent, target.reached)


def _all(model: Model) -> Iterator[Target]:
    for (name, cluster), namespaces in reach(model).items():
        yield Target(model.registries[name], model.clusters[cluster], namespaces, namespaces)


def _asked(target: Target, clusters: Collection[str]) -> bool:
    return not clusters or target.cluster.name in clusters


def _refusal(model: Model, wanted: Registry, clusters: Collection[str], found: list[Target]) -> str:
    for target in found:
        if mode(target.cluster) not in _SEALABLE:
            return _instead(wanted, target.cluster)
    where = f' on cluster "{next(iter(clusters))}"' if clusters else ""
    return f'registry "{wanted.name}" reaches no namespace{where}: place a group there that may use it, then run this again'


def _instead(wanted: Registry, cluster: Cluster) -> str:
    """How a login reaches a cluster that takes no encrypted one."""
    before = f'cluster "{cluster.name}" takes no encrypted logins'
    secrets = cluster.secrets
    if secrets is None:
        return f"{before}: it has no spec.secrets; write one with mode: sealed-secrets or mode: sops"
    if secrets.mode == "external-secrets":
        return f'{before}: put this one into the store "{secrets.store_name}", and its key into credentials.remote'
    return (
        f'{before}: the upkeep job copies Secret "{wanted.secret_name}" of namespace "{secrets.namespace}"; '
        "make it there with kubectl create secret docker-registry"
    )


def _narrowed(
    model: Model, found: Collection[Target], groups: Collection[str], namespaces: Collection[str]
) -> tuple[Target, ...]:
    """Only the namespaces that are named, and those of the groups that are."""
    narrowed: list[Target] = []
    left = set(namespaces)
    for target in found:
        if mode(target.cluster) == "sops":
            raise TargetError(
                f'one text serves all namespaces of cluster "{target.cluster.name}": '
                "leave out --namespace and --group, or name another --cluster"
            )
        own = {
            namespace.name
            for placement in model.placements
            if placement.group.name in groups and placement.site.cluster is target.cluster
            for namespace in placement.namespaces
        } | set(namespaces)
        wanted = tuple(name for name in target.reached if name in own)
        left -= set(wanted)
        if wanted:
            narrowed.append(Target(target.registry, target.cluster, wanted, target.reached))
    reached = sorted({name for target in found for name in target.reached})
    for name in sorted(left):
        _known("namespace that gets this login", name, reached)
    if not narrowed:
        raise TargetError(f"no namespace of the group gets this login there; those that do: {', '.join(reached)}")
    return tuple(narrowed)


def _known(kind: str, name: str, names: Collection[str]) -> str:
    """``name``, if it is one of ``names``. It is not repeated otherwise: it may be a password, given in the wrong place."""
    if name in names:
        return name
    meant = near_miss(name, names)
    hint = f'did you mean "{meant}"?' if meant else f"there are: {', '.join(names) or 'none'}"
    raise TargetError(f"no {kind} has that name; {hint}")
