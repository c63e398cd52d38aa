"""A field that a document's kind does not have, to where it belongs or what it was meant to be."""

from collections.abc import Iterator
from dataclasses import dataclass

from cubec.diagnostics import Diagnostic
from cubec.near import near_miss
from cubec.schema.files import Place, kinds, places
from cubec.schema.problem import Problem
from cubec.schema.rules import PLAINTEXT_SECRET, UNKNOWN_FIELD
from cubec.schema.wording import listing, secret, subject
from cubec.source.document import Document, Pointer

_LISTED = 8  # more names than this help nobody
# Fields that speak of a password wherever they stand, and those that do so only in a Registry.
_SECRETS = frozenset(
    {"password", "passwd", "token", "accesstoken", "apikey", "privatekey", "stringdata", "dockerconfigjson"}
)
_LOGINS = frozenset(
    {"username", "user", "login", "auth", "auths", "data", "secret", "key", "pass", "accesskey", "secretkey"}
)
# What people know from Kubernetes and look for here: the way to it.
_ELSEWHERE = {
    "labels": "remove it: labels are written by the compiler",
    "annotations": "remove it: annotations are written by the compiler",
    "nodeSelector": 'remove it, and list pools under "placements"',
    "nodeName": 'remove it, and list pools under "placements"',
    "affinity": 'remove it, and list pools under "placements"',
    "tolerations": "remove it: pods get the tolerations of their group's pools",
    "rules": 'remove it, and give "members" a role; the Platform can add roles',
    "roles": 'remove it, and give "members" a role; the Platform can add roles',
    "clusterRole": 'remove it, and give "members" a role; the Platform can add roles',
    "hostPath": "remove it, and ask the platform's owners for a Volume",
    "persistentVolumeClaim": 'remove it, and list the Volume under "volumes"',
    "status": "remove it: only a running cluster has a status",
}


@dataclass(frozen=True, slots=True)
class Unknown:
    """An unknown field of the mapping at ``pointer``, and the field of that mapping which was ``meant``, if one was."""

    pointer: Pointer
    meant: str | None
    diagnostic: Diagnostic


def unknown_fields(document: Document, problem: Problem) -> Iterator[Unknown]:
    if problem.keyword != "additionalProperties":
        return
    known = problem.schema.get("properties", {})
    for name in problem.value:
        if name not in known:
            yield _unknown(document, problem, str(name), [field for field in known if field not in problem.value])


def _unknown(document: Document, problem: Problem, name: str, free: list[str]) -> Unknown:
    pointer = (*problem.pointer, name)
    kind = document.value["kind"]
    meant = near_miss(name, free)
    if meant is not None and len(meant) > len(name) + 1 and name in places(kinds()[kind]):
        meant = None  # the field exists, but not here
    if meant is None and _is_secret(name, kind):
        return Unknown(problem.pointer, None, _plaintext(document, pointer))
    hidden = secret(pointer) or kind == "Registry"
    message = f'unknown field "{name}" in {subject(problem.pointer)}'
    if secret(pointer) and meant is None:  # a login may have become a key: {bob:secret}
        message = f"unknown field in {subject(problem.pointer)}"
    hint = f'did you mean "{meant}"?' if meant else _hint(problem, name, kind, free)
    place = document.key(*pointer)
    return Unknown(problem.pointer, meant, UNKNOWN_FIELD.at(place, message, hint=hint, excerpt=not hidden))


def _is_secret(name: str, kind: str) -> bool:
    plain = "".join(letter for letter in name.casefold() if letter.isalnum())
    return plain in _SECRETS or near_miss(plain, _SECRETS) is not None or (kind == "Registry" and plain in _LOGINS)


def _plaintext(document: Document, pointer: Pointer) -> Diagnostic:
    message = f'"{pointer[-1]}" would put a secret into these files, where everybody can read it'
    hint = 'remove it, and change the secret if it was committed; write "remote: KEY", or encrypt it with "cubec seal"'
    if document.value["kind"] != "Registry":
        hint = "remove it, and change the secret if it was committed; create a Secret in the cluster instead"
    return PLAINTEXT_SECRET.at(document.key(*pointer), message, hint=hint, excerpt=False)


def _hint(problem: Problem, name: str, kind: str, free: list[str]) -> str:
    parents = _nearest(problem.pointer, places(kinds()[kind]).get(name, ()))
    if parents:
        return f'move it: "{name}" belongs under {listing(parents, "or")}'
    if name in _ELSEWHERE:
        return _ELSEWHERE[name]
    if len(free) > _LISTED:
        return f"remove it, or look up the fields of a {kind} in schemas/README.md"
    return f"remove it, or write {listing(free, 'or')}" if free else "remove it"


def _nearest(pointer: Pointer, parents: tuple[Place, ...]) -> list[str]:
    """Name the mappings nearest to ``pointer``, in steps up and down, among those which have the field."""
    here = tuple("[]" if isinstance(step, int) else step for step in pointer)

    def distance(place: Place) -> tuple[int, int]:
        shared = next(
            (n for n, (a, b) in enumerate(zip(here, place, strict=False)) if a != b), min(len(here), len(place))
        )
        return len(here) + len(place) - 2 * shared, place.count("[]")

    named = [place for place in parents if any(step not in {"[]", "*"} for step in place)]
    least = min(map(distance, named), default=None)
    nearest = [place for place in named if distance(place) == least]
    return list(dict.fromkeys(next(step for step in reversed(place) if step not in {"[]", "*"}) for place in nearest))
