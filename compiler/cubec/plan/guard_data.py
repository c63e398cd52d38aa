"""What no merge may do to data by accident: show other data under the name of a claim, or delete what is in it."""

from collections.abc import Iterator, Mapping
from typing import Any

from cubec.diagnostics import Diagnostic, Position
from cubec.model.model import Claim, Model
from cubec.model.tenants import Dynamic, Volume
from cubec.plan.destruction import Destruction
from cubec.plan.guard_rules import SOURCE
from cubec.plan.objects import Action


def judge(before: Model, after: Model, lost: Destruction) -> Iterator[Diagnostic]:
    yield from _sources(before, after)
    yield from _claims(before, after)
    yield from _made_anew(before, after, lost)


def _movable(before: Model, after: Model, name: str) -> bool:
    """Whether the volume had a migration on the base that is not over."""
    volume = before.volumes.get(name)
    return volume is not None and volume.migration_until is not None and not after.expired(volume.migration_until)


def _source(volume: Volume) -> Any:
    return volume.origin.document.value["spec"]["source"]


def _sources(before: Model, after: Model) -> Iterator[Diagnostic]:
    for volume in after.volumes.values():
        old = before.volumes.get(volume.name)
        if old and _source(old) != _source(volume) and not _movable(before, after, volume.name):
            what = (
                "the data that its StorageClass made goes" if isinstance(old.source, Dynamic) else "no data moves along"
            )
            yield _refused(
                volume.origin.at("spec", "source"), f'volume "{volume.name}" would have another source; {what}'
            )


def _claims(before: Model, after: Model) -> Iterator[Diagnostic]:
    """Another volume under the name of a claim."""
    now = _by_place(after)
    for key, old in _by_place(before).items():
        if key not in now or _movable(before, after, old.volume.name):
            continue
        claim = now[key]
        _, namespace, name = key
        if claim.volume.name != old.volume.name and _source(claim.volume) != _source(old.volume):
            message = f'claim "{name}" in namespace "{namespace}" would show volume "{claim.volume.name}", not "{old.volume.name}"'
            yield _refused(claim.origin.at("volume"), message)


def _made_anew(before: Model, after: Model, lost: Destruction) -> Iterator[Diagnostic]:
    """Claims that have to be made anew and lose what is in them."""
    for item in lost.claims:
        volume = after.volumes.get(item.volume)
        if item.action is Action.REPLACED and not item.data_stays and not _movable(before, after, item.volume):
            place = (volume or before.volumes[item.volume]).origin.at("spec")
            message = f'claim "{item.name}" in namespace "{item.namespace}" would be made anew, and its data ({item.where}) goes'
            yield _refused(place, message)


def _by_place(model: Model) -> Mapping[tuple[str, str, str], Claim]:
    return {
        (placement.site.cluster.name, namespace.name, claim.name): claim
        for placement in model.placements
        for namespace in placement.namespaces
        for claim in placement.claims
    }


def _refused(place: Position, message: str) -> Diagnostic:
    hint = "take this back, add migration: {until: DATE, reason: …} to the volume, merge that, and change it then"
    return SOURCE.at(place, message, hint=hint)
