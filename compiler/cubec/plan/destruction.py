"""What a change takes away that cannot be made again from the files: namespaces, claims and their data, people's access."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cubec.model.model import Claim, Model, Placement
from cubec.model.quantity import ZERO, Quantity
from cubec.model.tenants import Csi, Dynamic, HostPath, Nfs, Volume
from cubec.model.volumes import places
from cubec.plan.objects import Action, Identity, ObjectChange


@dataclass(frozen=True, slots=True)
class LostClaim:
    """A claim that goes, or that the tree no longer holds. ``data_stays`` is false where the data goes with the claim."""

    cluster: str
    namespace: str
    name: str
    volume: str
    size: Quantity
    where: str
    data_stays: bool
    action: Action


@dataclass(frozen=True, slots=True)
class LostNamespace:
    cluster: str
    name: str
    group: str
    action: Action
    why: str


@dataclass(frozen=True, slots=True)
class Destruction:
    """``members`` are those who lose every role in a group, by group."""

    namespaces: tuple[LostNamespace, ...]
    claims: tuple[LostClaim, ...]
    members: Mapping[str, tuple[str, ...]]

    def __bool__(self) -> bool:
        return bool(self.namespaces or self.claims)


def find(before: Model, after: Model, changes: Iterable[ObjectChange]) -> Destruction:
    """``before`` is the platform whose objects ``changes`` take away."""
    found = {change.identity: change for change in changes}
    return Destruction(
        namespaces=tuple(_namespaces(before, found)),
        claims=tuple(_claims(before, found)),
        members=dict(_members(before, after)),
    )


def _namespaces(model: Model, changes: Mapping[Identity, ObjectChange]) -> Iterator[LostNamespace]:
    for placement in model.placements:
        cluster = placement.site.cluster.name
        for namespace in placement.namespaces:
            change = changes.get(Identity(cluster, "v1", "Namespace", "", namespace.name))
            if change and change.action in {Action.DELETED, Action.PROTECTED}:
                yield LostNamespace(cluster, namespace.name, placement.group.name, change.action, change.why)


def _claims(model: Model, changes: Mapping[Identity, ObjectChange]) -> Iterator[LostClaim]:
    for placement in model.placements:
        for namespace in placement.namespaces:
            for claim in placement.claims:
                name = Identity(placement.site.cluster.name, "v1", "PersistentVolumeClaim", namespace.name, claim.name)
                change = changes.get(name)
                if change and change.action in {Action.DELETED, Action.PROTECTED, Action.REPLACED}:
                    yield _claim(placement, namespace.name, claim, change.action)


def _claim(placement: Placement, namespace: str, claim: Claim, action: Action) -> LostClaim:
    stays = action is Action.PROTECTED or not isinstance(claim.volume.source, Dynamic)
    return LostClaim(
        cluster=placement.site.cluster.name,
        namespace=namespace,
        name=claim.name,
        volume=claim.volume.name,
        size=claim.volume.capacity,
        where=where(claim.volume),
        data_stays=stays,
        action=action,
    )


def where(volume: Volume) -> str:
    """The server, or what stands for one, that the data lies on."""
    match volume.source:
        case Nfs(server, _):
            return server
        case Csi():
            return next(places(volume, ())).store
        case HostPath():
            return "the nodes"
        case Dynamic(storage_class):
            return f"storage class {storage_class}"


def total(claims: Iterable[LostClaim]) -> Quantity:
    return sum((claim.size for claim in claims), ZERO)


def _members(before: Model, after: Model) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Those who had a role in a group and have none in it now; a renamed group is the same group."""
    now = {name: _in_force(after, name) for name in after.groups}
    for old in list(after.groups.values()):
        for name in old.previously:
            now.setdefault(name, now[old.name])
    for name in before.groups:
        lost = sorted(_in_force(before, name) - now.get(name, frozenset()))
        if lost:
            yield name, tuple(lost)


def _in_force(model: Model, group: str) -> frozenset[str]:
    """Who has a role in a group today, by name; a group of the provider by its own."""

    def ended(user: str) -> bool:
        return bool(user) and (user not in model.users or model.expired(model.users[user].expires))

    return frozenset(
        member.user or member.oidc_group
        for member in model.groups[group].members
        if not model.expired(member.expires) and not ended(member.user)
    )
