"""Two volumes hold the same data, or one lies inside the other.

Who may use a volume may read, and often change, all that is in its folder. Two volumes on one folder, or on a folder
and one below it, would give a group data that it was never granted, although each document for itself looks right.
Paths are compared folder by folder: /data/dev and /data/dev1 are two. Where it is meant, both volumes name the same
`shareOf`, so that each of their documents tells readers.

Bad:
    apiVersion: cubec.io/v1
    kind: Volume
    metadata:
      name: reports
    spec:
      capacity: 1Ti
      source:
        nfs: {server: NAS-1.example.com, path: /department1/reports}

Good:
    apiVersion: cubec.io/v1
    kind: Volume
    metadata:
      name: reports
    spec:
      capacity: 1Ti
      source:
        nfs: {server: NAS-1.example.com, path: /reports}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model
from cubec.model.paths import inside
from cubec.model.tenants import Volume
from cubec.model.volumes import Place, places

RULE = Rule("path-overlap", Severity.ERROR, "two volumes hold the same data without saying so", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    stores: dict[str, list[tuple[Place, Volume]]] = {}
    for volume in model.volumes.values():
        for place in places(volume, model.clusters):
            stores.setdefault(place.store, []).append((place, volume))
    for store in stores.values():
        yield from _overlaps(sorted(store, key=lambda held: (held[0].folder, held[1].name)))


def _overlaps(held: list[tuple[Place, Volume]]) -> Iterator[Diagnostic]:
    """In order of folders all that lies in a folder comes right after it, so one pass with the open folders is enough."""
    above: list[tuple[Place, Volume]] = []
    for place, volume in held:
        while above and not inside(place.folder, above[-1][0].folder):
            above.pop()
        other = next(
            (item for item in reversed(above) if not volume.share_of or item[1].share_of != volume.share_of), None
        )
        if other:
            yield _report(place, volume, *other)
        if not above or above[-1][0].folder != place.folder or above[-1][1].share_of != volume.share_of:
            above.append((place, volume))


def _report(place: Place, volume: Volume, other: Place, holder: Volume) -> Diagnostic:
    relation = "is the same folder as" if place.folder == other.folder else "lies inside"
    if volume.share_of and holder.share_of:
        hint = f'write shareOf: {holder.share_of} in "{volume.name}", too, if it is meant; else choose another folder'
    else:
        name = volume.share_of or holder.share_of or holder.name
        hint = f'choose another folder; if sharing is meant, write shareOf: {name} in both "{holder.name}" and "{volume.name}"'
    return RULE.at(
        volume.origin.at(*place.pointer),
        f'the data of volume "{volume.name}" {relation} that of volume "{holder.name}"',
        hint=hint,
        related=[Related(holder.origin.at(*other.pointer), f'volume "{holder.name}" is')],
    )
