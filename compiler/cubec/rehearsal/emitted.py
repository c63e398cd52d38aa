"""What the compiler emits for one group on one cluster, to look things up in, and back to the lines that asked for it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cubec.diagnostics import Position
from cubec.manifest import Manifest, Owner, complete
from cubec.model.model import Model, Placement
from cubec.plan import lines, source
from cubec.plan.source import Sources
from cubec.rehearsal import kept


@dataclass(frozen=True, slots=True)
class Item:
    """An object, and for whom it is emitted."""

    owner: Owner
    manifest: Manifest
    value: Mapping[str, Any]

    @property
    def name(self) -> str:
        return self.manifest.name


@dataclass(frozen=True, slots=True)
class Emitted:
    model: Model
    placement: Placement
    items: tuple[Item, ...]
    sources: Sources

    def all(self, kind: str, namespace: str = "") -> Iterator[Item]:
        return (item for item in self.items if item.manifest.kind == kind and item.manifest.namespace == namespace)

    def find(self, kind: str, name: str, namespace: str = "") -> Item | None:
        return next((item for item in self.all(kind, namespace) if item.name == name), None)

    def namespace(self, name: str) -> Item:
        return next(item for item in self.all("Namespace") if item.name == name)

    def line(self, item: Item, *field: str | int) -> Position | None:
        """The line that a field of an object was written in or, where none can be told, that asked for the object."""
        found = lines.of_field(self.model, self.sources, self.placement, item.manifest, field) if field else ()
        kind = "Group" if item.owner.group else ""
        origin = next(iter(found), None) or self.sources.find(item.manifest.source, kind)
        return origin.at() if origin else None


def gather(model: Model, placement: Placement, parts: Iterable[tuple[str, Owner, Iterable[Manifest]]]) -> Emitted:
    items = tuple(
        Item(owner, manifest, kept.plain(complete(owner, manifest)))
        for _, owner, manifests in parts
        for manifest in manifests
    )
    return Emitted(model, placement, items, source.of(model))
