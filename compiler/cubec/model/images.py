"""Container images as they are written: registry, path, tag and digest."""

from collections.abc import Iterator
from dataclasses import dataclass

from cubec.model.model import Model
from cubec.source.document import Origin


@dataclass(frozen=True, slots=True)
class Image:
    """``registry`` is empty where the text names none, so that every node may take another one."""

    registry: str
    path: str
    tag: str
    digest: str


def parse(text: str) -> Image:
    rest, _, digest = text.partition("@")
    first, slash, below = rest.partition("/")
    named = bool(slash) and ("." in first or ":" in first or first == "localhost")
    registry, path = (first, below) if named else ("", rest)
    path, _, tag = path.partition(":")
    return Image(registry, path, tag, digest)


def used(model: Model) -> Iterator[tuple[str, Origin]]:
    """Every image that a document names, and where."""
    for template in model.templates.values():
        yield template.image, template.origin.child("spec", "image")
    if model.platform.upkeep:
        yield model.platform.upkeep.image, model.platform.upkeep.origin.child("image")
