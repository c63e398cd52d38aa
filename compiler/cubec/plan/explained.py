"""A reference to the output, an object, a file or a field of one, to what made it: the emitter, and the lines that asked for it.

``ack/dev1/ResourceQuota/quota`` and ``ack/ClusterRole/cubec:viewer`` are objects, ``output/ack/groups/dev1/quota.yaml`` is a
file, and what follows ``#`` a field: ``#spec.hard.requests.nvidia.com/gpu``.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cubec.emitters import ABOUT_GROUP, CLIENT_TEXTS, GROUP_EMITTERS, GROUP_TEXTS, SITE_EMITTERS
from cubec.manifest import CLUSTERED, NAMESPACED, Manifest, Owner, complete
from cubec.model.model import Model, Placement
from cubec.near import near_miss
from cubec.plan import lines, source
from cubec.plan.source import Sources
from cubec.source.document import Origin, Pointer
from cubec.source.quoting import quoted

OUTPUT = "output/"
FILE = ".yaml"
_FEW = 6
_FORMS = "CLUSTER/NAMESPACE/KIND/NAME, CLUSTER/KIND/NAME or a file below output/"

Part = tuple[str, Owner, Iterable[Manifest]]  # path below output/, for whom, what


class UnknownError(Exception):
    """There is no such object, file or field; the message has the way out."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field as it was found, its value, and the lines that the value was written in."""

    path: Pointer
    value: Any
    origins: tuple[Origin, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """An object of the output. ``emitter`` is the module that made it, ``purpose`` what that module says it does."""

    path: str
    cluster: str
    manifest: Manifest
    emitter: str
    purpose: str
    origin: Origin | None
    field: Field | None


@dataclass(frozen=True, slots=True)
class _Made:
    path: str
    owner: Owner
    manifest: Manifest


def explain(model: Model, reference: str, parts: Iterable[Part]) -> tuple[Explained, ...]:
    """What a reference means; raise UnknownError where it means nothing."""
    address, _, field = reference.partition("#")
    path = address.removeprefix("./").removeprefix(OUTPUT)
    found = list(_of_file(path, parts) if path.endswith(FILE) else _of_object(path, parts))
    sources = source.of(model)
    explained = tuple(one for made in found for one in _explained(model, sources, made, field))
    if not explained:
        known = sorted({_dotted(item) for made in found for item in _fields(_whole(made))})
        raise _unknown("field", field, known, "fields are named from the top, with dots: spec.hard.pods")
    return explained


def _of_file(path: str, parts: Iterable[Part]) -> Iterator[_Made]:
    paths, found = [], False
    for name, owner, manifests in parts:
        paths.append(name)
        if name == path:
            for manifest in manifests:
                found = True
                yield _Made(name, owner, manifest)
    if not found:
        raise _unknown("file", path, paths, "the files are those that cubec build writes below output/")


def _of_object(path: str, parts: Iterable[Part]) -> Iterator[_Made]:
    words = path.split("/")
    if len(words) not in {3, 4}:
        raise UnknownError(f"{quoted(path)} names no object: write {_FORMS}")
    cluster, namespace, kind, name = (
        words if len(words) == len(("cluster", "namespace", "kind", "name")) else (words[0], "", words[1], words[2])
    )
    made = [
        _Made(file, owner, manifest)
        for file, owner, manifests in parts
        if file.startswith(f"{cluster}/")
        for manifest in manifests
    ]
    if not made:
        raise _unknown("cluster", cluster, {file.partition("/")[0] for file, _, _ in parts}, f"write {_FORMS}")
    wanted = (namespace, kind, name)
    found = [item for item in made if (item.manifest.namespace, item.manifest.kind, item.manifest.name) == wanted]
    if not found:
        raise _no_object(wanted, made)
    yield from found


def _no_object(wanted: tuple[str, str, str], made: Sequence[_Made]) -> UnknownError:
    """Say which word of a reference leads nowhere, the others taken as they are."""
    namespace, kind, name = wanted
    there = [item.manifest for item in made if item.manifest.namespace == namespace]
    if not there:
        return _unknown("namespace", namespace, {item.manifest.namespace for item in made}, f"write {_FORMS}")
    alike = [item for item in there if item.kind == kind]
    if not alike and namespace and kind in CLUSTERED:
        return UnknownError(f"a {kind} is in no namespace: write CLUSTER/{kind}/NAME")
    if not alike and not namespace and kind in NAMESPACED:
        return UnknownError(f"a {kind} is in a namespace: write CLUSTER/NAMESPACE/{kind}/NAME")
    if not alike:
        kinds = sorted({item.kind for item in there})
        return _unknown("kind", kind, kinds, f"there are {', '.join(kinds)}")
    return _unknown(kind, name, {item.name for item in alike}, "names are those that cubec build writes")


def _unknown(what: str, word: str, candidates: Iterable[str], hint: str) -> UnknownError:
    found = sorted(filter(None, candidates))
    near = near_miss(word, found)
    listed = f"there are {', '.join(found)}" if 0 < len(found) <= _FEW else hint
    return UnknownError(f"no {what} {quoted(word)} there; " + (f'did you mean "{near}"?' if near else listed))


def _explained(model: Model, sources: Sources, made: _Made, field: str) -> Iterator[Explained]:
    manifest, owner = made.manifest, made.owner
    emitter, purpose = _emitter(made)
    asked = sources.find(manifest.source, "Group" if owner.group else "")
    found: Field | None = None
    if field:
        path = next((item for item in _fields(_whole(made)) if _dotted(item) == field), None)
        if path is None:
            return
        origins = lines.of_field(model, sources, _placement(model, owner), manifest, path)
        found = Field(path, _value(_whole(made), path), origins)
    yield Explained(made.path, owner.cluster, manifest, emitter, purpose, asked, found)


def _emitter(made: _Made) -> tuple[str, str]:
    """The module whose file it is, and what it says of itself."""
    _, _, file = made.path.partition("/")
    group = made.owner.group
    own = [item for item in GROUP_EMITTERS if file == f"groups/{group}/{item.FILE}"]
    about = [item for item in ABOUT_GROUP if file.rpartition("/")[0] == item.FOLDER]
    return _of_itself([*own, *about, *(item for item in SITE_EMITTERS if file == item.FILE)][0])


def _of_itself(emitter: object) -> tuple[str, str]:
    """An emitter's name, and the first sentence of its page."""
    text = " ".join((emitter.__doc__ or "").split())
    return getattr(emitter, "__name__", "").rpartition(".")[2], text.partition(". ")[0].rstrip(".")


def of_client(model: Model, reference: str) -> tuple[str, str] | None:
    """The same of a file for people's machines, in which there are no objects; None where it is no such file."""
    cluster, _, file = reference.removeprefix("./").removeprefix(OUTPUT).partition("/")
    name = file.removeprefix("clients/")
    site = model.sites.get(cluster)
    if site is None or name == file:
        return None
    for emitter in CLIENT_TEXTS:
        if any(name == written for written, _ in emitter.texts(site)):
            return _of_itself(emitter)
    for own in GROUP_TEXTS:
        for placement in model.placements:
            if placement.site is site and any(name == written for written, _ in own.texts(placement)):
                return _of_itself(own)
    return None


def _placement(model: Model, owner: Owner) -> Placement | None:
    wanted = (owner.cluster, owner.group)
    return next((item for item in model.placements if (item.site.cluster.name, item.group.name) == wanted), None)


def _whole(made: _Made) -> Any:
    return complete(made.owner, made.manifest)


def _fields(value: Any, path: Pointer = ()) -> Iterator[Pointer]:
    """Every field of an object, those that hold others included."""
    items: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list | tuple):
        items = enumerate(value)
    for key, item in items:
        yield (*path, key)
        yield from _fields(item, (*path, key))


def _dotted(path: Pointer) -> str:
    return ".".join(map(str, path))


def _value(value: Any, path: Pointer) -> Any:
    for step in path:
        value = value[step]
    return value
