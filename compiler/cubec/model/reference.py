"""A name that should lead to a document and leads nowhere: what to say of it, and where the one that was meant stands."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from cubec.diagnostics import Diagnostic, Position, Related, Rule
from cubec.near import near_miss
from cubec.source.document import Origin
from cubec.source.quoting import quoted

_FEW = 6  # as many names as a hint may list
_WORDS = {
    "Cluster": "cluster",
    "Group": "group",
    "JobTemplate": "job template",
    "NodePool": "pool",
    "User": "user",
    "Volume": "volume",
}


class Declared(Protocol):
    """A typed document; ``origin`` is the document as a whole."""

    @property
    def origin(self) -> Origin: ...


def unknown(
    rule: Rule, kind: str, name: str, position: Position, known: Mapping[str, Declared], *, excerpt: bool = True
) -> Diagnostic:
    """Say that ``name`` at ``position`` is no document of ``kind``."""
    near = near_miss(name, known)
    if near:
        hint = f'did you mean "{near}"?'
        related = [declared(kind, near, known[near])]
    else:
        listed = f"write {listing(known)}, or " if 0 < len(known) <= _FEW else "correct the name, or "
        hint, related = f'{listed}add a document of kind {kind} named "{name}"', []
    return rule.at(position, f"unknown {_WORDS[kind]} {quoted(name)}", hint=hint, related=related, excerpt=excerpt)


def declared(kind: str, name: str, document: Declared) -> Related:
    """Where a document says its name."""
    return Related(document.origin.at("metadata", "name"), f'{_WORDS[kind]} "{name}" is declared')


def listing(names: Iterable[str], last: str = "or") -> str:
    """Names in quotes, joined as a person would: "a", "b" or "c"."""
    *first, end = (quoted(name) for name in names)
    return f"{', '.join(first)} {last} {end}" if first else end
