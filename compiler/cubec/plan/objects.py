"""The objects of two trees, compared as values: what a GitOps engine will do with each when the change is merged.

What never changes in place has to be replaced: deleted and made anew, by hand or by force. What an engine is told to keep
stays in the cluster although the tree no longer holds it.
"""

import enum
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cubec.manifest import Manifest, Owner, complete
from cubec.model.quantity import parse
from cubec.plan.fields import FieldChange, Path, differences


class Action(enum.StrEnum):
    """What happens to an object."""

    CREATED = "created"
    CHANGED = "changed"
    REPLACED = "replaced"
    MOVED = "moved"
    DELETED = "deleted"
    PROTECTED = "protected"  # gone from the tree, and kept in the cluster


@dataclass(frozen=True, slots=True, order=True)
class Identity:
    cluster: str
    api_version: str
    kind: str
    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class Placed:
    """An object as it is written, and the file below ``output/`` that holds it."""

    value: Mapping[str, Any]
    path: str


@dataclass(frozen=True, slots=True)
class ObjectChange:
    """``fields`` are those that differ; ``was`` is the file of before where that is another one; ``why`` says why kept or replaced."""

    action: Action
    identity: Identity
    path: str
    was: str = ""
    fields: tuple[FieldChange, ...] = ()
    why: str = ""


Objects = Mapping[Identity, Placed]

# Fields that the API server refuses to change. A claim may grow where a StorageClass made its volume: see ``_unchangeable``.
IMMUTABLE: Mapping[str, tuple[Path, ...]] = {
    "ClusterRoleBinding": (("roleRef",),),
    "Job": (("spec", "template"), ("spec", "selector"), ("spec", "completionMode")),
    "LocalQueue": (("spec", "clusterQueue"),),
    "PersistentVolume": tuple(("spec", key) for key in ("csi", "hostPath", "nfs", "nodeAffinity", "volumeMode")),
    "PersistentVolumeClaim": (("spec",),),
    "PriorityClass": (("value",), ("preemptionPolicy",)),
    "RoleBinding": (("roleRef",),),
    "Secret": (("type",),),
    "StorageClass": tuple((key,) for key in ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode")),
}
_SEALED: Mapping[str, tuple[Path, ...]] = {
    "SealedSecret": (("spec", "encryptedData"),),
    "Secret": (("data",), ("stringData",), ("sops",)),
}
_SIZE = ("spec", "resources", "requests", "storage")
_UNMANAGED = "nothing manages it any more, so it stays until somebody removes it"


def gather(parts: Iterable[tuple[str, Owner, Iterable[Manifest]]]) -> dict[Identity, Placed]:
    """Every object of some files, by what it is called."""
    found = {}
    for path, owner, manifests in parts:
        for manifest in manifests:
            value = complete(owner, manifest)
            name = Identity(owner.cluster, value["apiVersion"], manifest.kind, manifest.namespace, manifest.name)
            found[name] = Placed(value, path)
    return found


def compare(before: Objects, after: Objects, clusters: Iterable[str]) -> tuple[ObjectChange, ...]:
    """Every object that differs, in order. ``clusters`` are those that are still there."""
    found = list(_kept_and_new(before, after))
    found += _gone(before, after, frozenset(clusters))
    return tuple(sorted(found, key=lambda change: (change.path, change.identity)))


def _kept_and_new(before: Objects, after: Objects) -> Iterator[ObjectChange]:
    for identity, new in after.items():
        old = before.get(identity)
        if old is None:
            yield ObjectChange(Action.CREATED, identity, new.path)
        elif old.path != new.path or old.value != new.value:
            yield _changed(identity, old, new)


def _changed(identity: Identity, old: Placed, new: Placed) -> ObjectChange:
    fields = tuple(_marked(identity.kind, field) for field in differences(old.value, new.value))
    never = next((field for field in fields if _unchangeable(identity.kind, field, new.value)), None)
    was = old.path if old.path != new.path else ""
    if never is not None:
        why = f"{'.'.join(map(str, never.path))} of a {identity.kind} never changes"
        return ObjectChange(Action.REPLACED, identity, new.path, was, fields, why)
    return ObjectChange(Action.MOVED if was else Action.CHANGED, identity, new.path, was, fields)


def _marked(kind: str, field: FieldChange) -> FieldChange:
    if _below(field.path, _SEALED.get(kind, ())):
        return FieldChange(field.path, field.before, field.after, sealed=True)
    return field


def _unchangeable(kind: str, field: FieldChange, value: Mapping[str, Any]) -> bool:
    if not _below(field.path, IMMUTABLE.get(kind, ())):
        return False
    grows = kind == "PersistentVolumeClaim" and field.path == _SIZE and parse(field.before) < parse(field.after)
    return not (grows and value["spec"]["storageClassName"])


def _below(path: Path, parents: Iterable[Path]) -> bool:
    return any(path[: len(parent)] == parent for parent in parents)


def _gone(before: Objects, after: Objects, clusters: frozenset[str]) -> Iterator[ObjectChange]:
    gone = {identity: placed for identity, placed in before.items() if identity not in after}
    unmanaged = {
        _folder_of(placed.path)
        for identity, placed in gone.items()
        if "/delivery/groups/" in placed.path and not _cascades(identity.kind, placed.value)
    }
    leaving = {
        (identity.cluster, identity.name)
        for identity, placed in gone.items()
        if identity.kind == "Namespace" and not _kept(identity, placed, unmanaged, clusters)
    }
    for identity, placed in gone.items():
        if (identity.cluster, identity.namespace) in leaving:
            yield ObjectChange(Action.DELETED, identity, placed.path, why=f"goes with namespace {identity.namespace}")
        else:
            why = _kept(identity, placed, unmanaged, clusters)
            yield ObjectChange(Action.PROTECTED if why else Action.DELETED, identity, placed.path, why=why)


def _cascades(kind: str, value: Mapping[str, Any]) -> bool:
    """Whether what this one delivers goes when it goes; True for what delivers nothing."""
    if kind == "Application":
        return "finalizers" in value["metadata"]
    return kind != "Kustomization" or value["spec"]["deletionPolicy"] != "Orphan"


def _folder_of(path: str) -> str:
    """The folder that ``<cluster>/delivery/groups/<group>.yaml`` tells the engine about."""
    return path.replace("/delivery/groups/", "/groups/", 1).removesuffix(".yaml")


def _kept(identity: Identity, placed: Placed, unmanaged: Container[str], clusters: frozenset[str]) -> str:
    """Why an object stays that the tree no longer holds; empty where it goes."""
    if identity.cluster not in clusters:
        return f"cluster {identity.cluster} is no longer managed"
    if identity.kind == "PersistentVolume":
        return "never pruned; reclaim policy Retain"
    if identity.kind == "PersistentVolumeClaim":
        return "never pruned"
    if placed.path.rpartition("/")[0] in unmanaged:
        return _UNMANAGED
    if identity.kind == "Namespace" and "cubec.io/protected" in placed.value["metadata"]["labels"]:
        return "protected, so it stays until somebody removes it"
    return ""
