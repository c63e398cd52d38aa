"""The written documents against the cluster that they come from: what applying their build would do to what is there.

The comparison is that of drift; here its findings are told apart by what they mean to somebody who adopts a cluster.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cubec.adopt.residue import Left, Sort
from cubec.drift.drift import Drift, Finding, State
from cubec.plan.fields import ABSENT, FieldChange
from cubec.plan.objects import IMMUTABLE

_OURS = ("cubec.io/", "argocd.argoproj.io/", "kustomize.toolkit.fluxcd.io/")
_STAMPS = frozenset({"app.kubernetes.io/managed-by", "app.kubernetes.io/part-of"})
_METADATA = (("metadata", "labels"), ("metadata", "annotations"))


@dataclass(frozen=True, slots=True)
class Proof:
    """``equal`` objects of both sides say the same but for the compiler's own labels and annotations."""

    made: int
    equal: int
    entries: tuple[Left, ...]


def proof(found: Drift) -> Proof:
    entries = tuple(entry for finding in found.findings for entry in _entries(finding))
    touched = {(entry.kind, entry.namespace, entry.name) for entry in entries if entry.sort is not Sort.LEFT}
    return Proof(found.compared, found.compared - len(touched), entries)


def _entries(finding: Finding) -> Iterator[Left]:
    name = finding.identity
    whom = (name.kind, name.namespace, name.name)
    match finding.state:
        case State.MISSING:
            yield Left(Sort.ADDS, *whom, "it is not there yet")
        case State.NOT_SERVED:
            yield Left(Sort.ADDS, *whom, finding.why)
        case State.LEFT_OVER | State.KEPT:
            yield Left(Sort.LEFT, *whom, "the compiler made it, and the documents do not ask for it")
        case State.GOING:
            yield Left(Sort.CHANGES, *whom, f"it is being deleted {finding.why}")
        case State.DIFFERENT | State.FOREIGN:
            fields = tuple(part for field in finding.fields for part in _parts(field) if not _stamp(part))
            never = next((f for f in fields if _unchangeable(name.kind, f)), None)
            if never is not None:
                why = f"{never.path[0]} of a {name.kind} never changes: it has to be deleted, and made anew"
                yield Left(Sort.REPLACES, *whom, why, fields=fields)
            elif fields:
                yield Left(Sort.CHANGES, *whom, "", fields=fields)


def _parts(field: FieldChange) -> Iterator[FieldChange]:
    """A whole mapping of labels or annotations that one side does not have, key by key."""
    if field.path not in _METADATA:
        yield field
        return
    before, after = (_mapping(value) for value in (field.before, field.after))
    for key in {**before, **after}:
        yield FieldChange((*field.path, key), before.get(key, ABSENT), after.get(key, ABSENT))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _stamp(field: FieldChange) -> bool:
    """Whether it is one of the labels and annotations that the compiler puts on everything."""
    if field.path[:2] not in _METADATA or len(field.path) < 3:  # noqa: PLR2004 - metadata, labels, key
        return False
    key = str(field.path[2])
    return key in _STAMPS or key.startswith(_OURS)


def _unchangeable(kind: str, field: FieldChange) -> bool:
    return any(field.path[: len(parent)] == parent for parent in IMMUTABLE.get(kind, ()))
