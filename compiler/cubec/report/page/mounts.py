"""Every volume: where its data lies, which groups mount it and how, and which were granted it and do not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cubec.model.model import Claim, Model
from cubec.model.tenants import Volume
from cubec.plan.destruction import where


@dataclass(frozen=True, slots=True)
class Mount:
    group: str
    path: str
    claim: str
    read_only: bool
    clusters: str


@dataclass(frozen=True, slots=True)
class Row:
    """``unused`` are the groups that the volume grants itself to and that do not list it."""

    name: str
    description: str
    owner: str
    size: str
    where: str
    clusters: str
    migration: date | None
    mounts: tuple[Mount, ...]
    unused: tuple[str, ...]


def rows(model: Model) -> tuple[Row, ...]:
    found: dict[str, dict[tuple[str, str, str], list[tuple[str, Claim]]]] = {}
    for placement in model.placements:
        for claim in placement.claims:
            own = found.setdefault(claim.volume.name, {})
            key = (placement.group.name, claim.name, claim.mount)
            own.setdefault(key, []).append((placement.site.cluster.name, claim))
    return tuple(_row(model, model.volumes[name], found.get(name, {})) for name in sorted(model.volumes))


def _row(model: Model, volume: Volume, found: Mapping[tuple[str, str, str], Sequence[tuple[str, Claim]]]) -> Row:
    users = {group for group, _, _ in found}
    until = volume.migration_until
    return Row(
        name=volume.name,
        description=volume.description,
        owner=volume.owner,
        size=str(volume.capacity),
        where=where(volume),
        clusters=", ".join(volume.clusters or sorted(model.clusters)),
        migration=None if model.expired(until) else until,
        mounts=tuple(
            Mount(group, path, name, claims[0][1].read_only, ", ".join(cluster for cluster, _ in claims))
            for (group, name, path), claims in sorted(found.items())
        ),
        unused=tuple(sorted({grant.group for grant in volume.grants} - users)),
    )
