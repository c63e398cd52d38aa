"""An object of the output for people: which line asked for it, which part of the compiler made it, and whence a field has its value."""

from collections.abc import Iterable
from typing import Any

from cubec.plan.explained import OUTPUT, Explained, Field
from cubec.report.excerpt import Files, excerpt
from cubec.source.document import Origin
from cubec.source.quoting import names_secret, printable

_LONGEST = 60


def text(found: Iterable[Explained], files: Files) -> str:
    """What is to be said of each object, a blank line between them."""
    return "\n".join(_one(item, files) for item in found)


def client(path: str, emitter: str, purpose: str) -> str:
    """The same of a file without objects."""
    return f"{printable(path)} is for people's machines, and is never applied\n  made by   {emitter}: {purpose}\n"


def _one(item: Explained, files: Files) -> str:
    manifest = item.manifest
    where = f" in namespace {manifest.namespace}" if manifest.namespace else ""
    lines = [
        f"{manifest.kind} {manifest.name}{where} on {item.cluster}",
        f"  file      {OUTPUT}{item.path}",
        f"  made by   {item.emitter}: {item.purpose}",
        f"  asked by  {_line(item.origin, files) if item.origin else printable(manifest.source)}",
    ]
    if item.field:
        lines += _field(item.field, files)
    return "".join(f"{line}\n" for line in lines)


def _field(field: Field, files: Files) -> list[str]:
    lines = [f"  field     {'.'.join(map(str, field.path))}: {_shown(field.value)}"]
    if not field.origins:
        return [*lines, "  value     follows from the whole of what asked for it, or is what cubec always writes"]
    return [*lines, *(f"  value     {_line(origin, files)}" for origin in field.origins)]


def _line(origin: Origin, files: Files) -> str:
    """The place, and what stands there, unless it might be a secret."""
    position = origin.at() if origin.pointer else origin.at("metadata", "name")
    place = printable(str(position))
    found = None if names_secret(origin.pointer) else excerpt(files, position)
    return f"{place}: {found[0].strip()}" if found else place


def _shown(value: Any) -> str:
    if isinstance(value, dict | list | tuple):
        return f"{len(value)} entr{'y' if len(value) == 1 else 'ies'}"
    written = printable(str(value))
    return written if len(written) <= _LONGEST else f"{written[:_LONGEST]}…"
