"""Wanted objects against live ones, kind by kind.

Whether a live object differs is first asked without the server: where it says all that ours says, and the engine has set
nothing more, it does not. For the few that are left the server is asked what applying ours would make of them, since only
it knows its defaults.
"""

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cubec.drift.semantic import lacking
from cubec.plan.fields import ABSENT, FieldChange, Path, differences
from cubec.plan.objects import Identity, Objects, Placed

Object = Mapping[str, Any]

MANAGED, PART, CLUSTER, SOURCE = (
    "app.kubernetes.io/managed-by",
    "app.kubernetes.io/part-of",
    "cubec.io/cluster",
    "cubec.io/source",
)
SELECTOR = f"{MANAGED}=cubec"
_IDENTITY = frozenset({"apiVersion", "kind"})
_HOLDS_DATA = frozenset({"PersistentVolume", "PersistentVolumeClaim"})
_SERVERS_OWN = frozenset(
    {"creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid", "deletionTimestamp"}
)


# What engines, and kubectl, write on each object that they apply, beside what they are given.
_ENGINES_OWN = frozenset(
    {
        "app.kubernetes.io/instance",
        "argocd.argoproj.io/tracking-id",
        "kubectl.kubernetes.io/last-applied-configuration",
        "kustomize.toolkit.fluxcd.io/name",
        "kustomize.toolkit.fluxcd.io/namespace",
    }
)


class State(enum.StrEnum):
    """What is wrong with an object; ``kept`` is not wrong."""

    NOT_SERVED = "not served"
    MISSING = "missing"
    DIFFERENT = "different"
    FOREIGN = "somebody else's"
    GOING = "being deleted"
    LEFT_OVER = "left over"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Finding:
    """``path`` is the file below ``output/`` that asks for the object; ``fields`` are live value first, ours second."""

    state: State
    identity: Identity
    path: str = ""
    fields: tuple[FieldChange, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What applying an object would make of the live one; where ``refused`` is not empty the server would not say."""

    result: Object | None
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Drift:
    cluster: str
    server: str
    compared: int
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        return all(finding.state is State.KEPT for finding in self.findings)


Rehearse = Callable[[Identity, Placed], Rehearsed]


def by_kind(objects: Objects) -> Mapping[tuple[str, str], Objects]:
    """Wanted objects by apiVersion and kind, in the order of the kinds' names."""
    kinds: dict[tuple[str, str], dict[Identity, Placed]] = {}
    for identity, placed in sorted(objects.items()):
        kinds.setdefault((identity.api_version, identity.kind), {})[identity] = placed
    return kinds


def unserved(wanted: Objects) -> Iterator[Finding]:
    """All objects of a kind that the cluster does not have."""
    for identity, placed in wanted.items():
        why = f"the cluster has no {identity.kind} of {identity.api_version}"
        yield Finding(State.NOT_SERVED, identity, placed.path, why=why)


def of_kind(wanted: Objects, live: Mapping[Identity, Object], rehearse: Rehearse, *, manager: str) -> Iterator[Finding]:
    """What is wrong with the wanted objects of one kind. ``manager`` is the name under which they are applied."""
    for identity, placed in wanted.items():
        there = live.get(identity)
        if there is None:
            yield Finding(State.MISSING, identity, placed.path)
        else:
            yield from _compared(identity, placed, there, rehearse, manager=manager)


def left_over(live: Mapping[Identity, Object], wanted: Objects, *, platform: str) -> Iterator[Finding]:
    """Live objects that the compiler once made for this platform and cluster, and makes no more."""
    for identity, there in sorted(live.items()):
        if identity in wanted or not _made(there, platform, identity.cluster):
            continue
        if identity.kind in _HOLDS_DATA:
            yield Finding(State.KEPT, identity, why="nothing asks for it any more; it holds data, so nothing prunes it")
        else:
            asked = there["metadata"]["annotations"][SOURCE]
            yield Finding(State.LEFT_OVER, identity, why=f"{asked} once asked for it")


def name_of(cluster: str, kind: tuple[str, str], there: Object) -> Identity:
    metadata = there["metadata"]
    return Identity(cluster, *kind, metadata.get("namespace", ""), metadata["name"])


def other_clusters(namespaces: Iterable[Object], platform: str) -> frozenset[str]:
    """The names that this platform's namespaces say the cluster has."""
    labels = (there["metadata"].get("labels", {}) for there in namespaces)
    return frozenset(found[CLUSTER] for found in labels if found.get(PART) == platform and CLUSTER in found)


def _made(there: Object, platform: str, cluster: str) -> bool:
    """Whether it is one of the compiler's own: what the upkeep job makes names no source."""
    labels = there["metadata"].get("labels", {})
    made_by = (labels.get(MANAGED), labels.get(PART), labels.get(CLUSTER))
    return made_by == ("cubec", platform, cluster) and SOURCE in there["metadata"].get("annotations", {})


def _compared(
    identity: Identity, placed: Placed, there: Object, rehearse: Rehearse, *, manager: str
) -> Iterator[Finding]:
    metadata = there["metadata"]
    if metadata.get("deletionTimestamp"):
        why = f"since {metadata['deletionTimestamp']}"
        yield Finding(State.GOING, identity, placed.path, why=why)
        return
    # of a Secret nothing is read but its metadata; entries of a list do not say their kind
    left_out = placed.value.keys() - {"metadata"} if identity.kind == "Secret" else _IDENTITY
    wanted = {key: value for key, value in placed.value.items() if key not in left_out}
    fields = tuple(lacking(wanted, there))
    if identity.kind != "Secret":
        fields += tuple(field for field in _set_before(there, wanted, manager) if not _engines_own(field))
    if not fields:
        return
    why = ""
    if identity.kind != "Secret":
        rehearsed = rehearse(identity, placed)
        why = rehearsed.refused
        if rehearsed.result is not None:
            changes = differences(_ours(there), _ours(rehearsed.result))
            fields = tuple(field for field in changes if not _engines_own(field))
    if fields:
        foreign = metadata.get("labels", {}).get(MANAGED) != "cubec"
        state = State.FOREIGN if foreign else State.DIFFERENT
        yield Finding(state, identity, placed.path, tuple(_shown(identity, field) for field in fields), why)


def _set_before(there: Object, wanted: Object, manager: str) -> Iterator[FieldChange]:
    """Fields that ``manager`` once applied and that are no longer wanted: applying again takes them away."""
    for entry in there["metadata"].get("managedFields") or ():
        if (entry.get("manager"), entry.get("operation")) == (manager, "Apply"):
            yield from _beyond(entry.get("fieldsV1") or {}, wanted, there, ())


def _engines_own(field: FieldChange) -> bool:
    return field.path[0] == "metadata" and field.path[-1] in _ENGINES_OWN


def _beyond(owned: Mapping[str, Any], wanted: Object, there: Object, path: Path) -> Iterator[FieldChange]:
    """Fields are written as ``f:name``; entries of lists, which are compared whole, in other ways."""
    for key, within in owned.items():
        name = key.removeprefix("f:")
        if name == key or name not in there:
            continue
        if name not in wanted:
            yield FieldChange((*path, name), there[name], ABSENT)
        elif isinstance(wanted[name], Mapping) and isinstance(there[name], Mapping):
            yield from _beyond(within, wanted[name], there[name], (*path, name))


def _ours(there: Object) -> Object:
    """An object without what the server alone writes."""
    metadata = {key: value for key, value in there["metadata"].items() if key not in _SERVERS_OWN}
    body = {key: value for key, value in there.items() if key not in _IDENTITY and key not in {"metadata", "status"}}
    return {**body, "metadata": metadata}


def _shown(identity: Identity, field: FieldChange) -> FieldChange:
    sealed = identity.kind == "SealedSecret" and field.path[:2] == ("spec", "encryptedData")
    return replace(field, sealed=True) if sealed else field
