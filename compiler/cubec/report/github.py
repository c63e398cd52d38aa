"""Diagnostics as GitHub workflow commands, which become annotations of a pull request."""

from collections.abc import Iterable

from cubec.diagnostics import Diagnostic, Severity
from cubec.source.quoting import printable

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def diagnostics(items: Iterable[Diagnostic]) -> str:
    return "".join(_command(item) for item in items)


def _command(item: Diagnostic) -> str:
    text = "\n".join(
        [item.message, f"help: {item.hint}", *(f"note: {note.message} at {note.position}" for note in item.related)]
    )
    properties = {
        "file": item.position.path,
        "line": item.position.line,
        "col": item.position.column,
        "title": item.code,
    }
    written = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{_COMMANDS[item.severity]} {written}::{_data(text)}\n"


def _data(text: str) -> str:
    lines = [printable(line) for line in text.split("\n")]
    return "%0A".join(line.replace("%", "%25") for line in lines)


def _property(text: str) -> str:
    return printable(text).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
