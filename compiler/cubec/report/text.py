"""Diagnostics for people: the place, what is wrong, the line with a caret, and the way out."""

from collections.abc import Iterable, Sequence

from cubec.diagnostics import Diagnostic, Severity
from cubec.report.excerpt import Files, excerpt
from cubec.source.quoting import printable

_COLOURS = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.NOTE: "1;36"}
_BLUE, _BOLD = "1;34", "1"


def diagnostics(items: Iterable[Diagnostic], files: Files, *, colour: bool) -> str:
    """The whole report, a blank line between diagnostics; empty for none."""
    return "\n".join(one(item, files, colour=colour) for item in items)


def one(item: Diagnostic, files: Files, *, colour: bool) -> str:
    def paint(text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if colour else text

    severity = paint(f"{item.severity}:", _COLOURS[item.severity])
    position = printable(str(item.position))
    lines = [f"{paint(position, _BOLD)}: {severity} {paint(printable(item.message), _BOLD)} [{item.code}]"]
    found = excerpt(files, item.position) if item.excerpt else None
    gutter = " " * len(str(item.position.line))
    bar = paint("|", _BLUE)
    if found:
        line, start, width = found
        number = paint(str(item.position.line), _BLUE)
        caret = " " * start + paint("^" * width, _COLOURS[item.severity])
        lines += [f"{gutter} {bar}", f"{number} {bar} {line}".rstrip(), f"{gutter} {bar} {caret}"]
    equals = paint("=", _BLUE)
    lines.append(f"{gutter} {equals} help: {printable(item.hint)}")
    lines += [
        f"{gutter} {equals} note: {printable(note.message)} at {printable(str(note.position))}" for note in item.related
    ]
    return "\n".join([*lines, ""])


def summary(items: Sequence[Diagnostic], count: int, *, written: bool) -> str:
    """The last line: how much was wrong, in how many files, and whether anything was written."""
    parts = []
    for severity in Severity:
        number = sum(item.severity is severity for item in items)
        if number:
            parts.append(f"{number} {severity}{'' if number == 1 else 's'}")
    files = f"{count} file{'' if count == 1 else 's'}"
    end = "" if written else " Nothing was written."
    return f"{', '.join(parts) or 'no errors'} in {files}.{end}"
