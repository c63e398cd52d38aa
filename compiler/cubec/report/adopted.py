"""What an import left, for people (Markdown) and for machines. Live text stands inside code fences only, escaped."""

import json
import re
from collections.abc import Iterator, Sequence

from cubec.adopt.residue import Left, Sort
from cubec.report.field_json import field_json
from cubec.report.plan_lines import count
from cubec.report.plan_objects import field_line
from cubec.source.quoting import printable

VERSION = 1
_TICKS = re.compile("`+")
_ABOUT = {
    Sort.REPLACES: "These objects stay when the build of these files is applied. Each has a successor of another name, "
    "or cannot be changed in place; the line says what to do with it.",
    Sort.CHANGES: "Applying the build would change these objects, live value first.",
    Sort.INVENTED: "The files say something here that the cluster does not tell. Read it, and write what is true.",
    Sort.LEFT: "No document can say this, so nothing is done about it: it stays in the cluster as it is.",
    Sort.ADDS: "Applying the build would make these objects.",
}
_NOWHERE = (
    "No cluster knows owners, envelopes, descriptions, the last days of memberships, job templates' parameters and who "
    "people are. Add them to the files where they matter."
)


def text(entries: Sequence[Left], *, cluster: str, made: int, equal: int) -> str:
    """The whole list, the most urgent first."""
    parts = [
        f"# What the import of {cluster} left",
        (
            f"The build of these files makes {count(made, 'object')} for this cluster. {equal} of them are there and say "
            "the same, but for the compiler's own labels and annotations."
        ),
        _NOWHERE,
    ]
    for sort in Sort:
        found = sorted(
            (entry for entry in entries if entry.sort is sort),
            key=lambda entry: (entry.kind, entry.namespace, entry.name),
        )
        if found:
            parts += [f"## {str(sort).capitalize()} ({len(found)})", _ABOUT[sort], _fence(list(_lines(found)))]
    return "\n\n".join(parts) + "\n"


def _lines(entries: Sequence[Left]) -> Iterator[str]:
    for entry in entries:
        where = f" {entry.field}" if entry.field else ""
        why = f": {entry.why}" if entry.why else ""
        yield printable(f"{_called(entry)}{where}{why}")
        yield from (f"    {printable(field_line(field))}" for field in entry.fields)


def _called(entry: Left) -> str:
    place = f"{entry.namespace}/{entry.name}" if entry.namespace else entry.name
    return f"{entry.kind} {place}".rstrip()


def _fence(lines: Sequence[str]) -> str:
    """No text can end a fence that is longer than every run of backticks in it."""
    body = "\n".join(lines)
    ticks = "`" * max(3, *(len(run) + 1 for run in _TICKS.findall(body)), 3)
    return f"{ticks}text\n{body}\n{ticks}"


def as_json(entries: Sequence[Left], *, cluster: str, made: int, equal: int) -> str:
    value = {
        "version": VERSION,
        "cluster": cluster,
        "made": made,
        "equal": equal,
        "entries": [
            {
                "sort": str(entry.sort),
                "kind": entry.kind,
                "namespace": entry.namespace,
                "name": entry.name,
                "field": entry.field,
                "why": entry.why,
                "fields": [field_json(field, "live", "wanted") for field in entry.fields],
            }
            for entry in entries
        ],
    }
    return json.dumps(value, indent=2, ensure_ascii=True) + "\n"


def summary(entries: Sequence[Left], *, folder: str, files: int, made: int, equal: int) -> str:
    """A few lines for the terminal."""
    lines = [
        f"{printable(folder)}: {count(files, 'document')}; of {made} objects that they make, {equal} are there and say the same"
    ]
    for sort in Sort:
        amount = sum(entry.sort is sort for entry in entries)
        if amount:
            lines.append(f"  {str(amount).rjust(4)} {sort}")
    lines.append(f"Read {printable(folder)}/residue.md before anything is built from these files.")
    return "\n".join(lines) + "\n"
