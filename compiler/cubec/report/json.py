"""Diagnostics for machines: one JSON object, whose shape only ever grows."""

import json
from collections.abc import Iterable
from typing import Any

from cubec.diagnostics import Diagnostic, Position

VERSION = 1


def diagnostics(items: Iterable[Diagnostic]) -> str:
    report = {"version": VERSION, "diagnostics": [diagnostic(item) for item in items]}
    return json.dumps(report, indent=2, ensure_ascii=True) + "\n"


def diagnostic(item: Diagnostic) -> dict[str, Any]:
    return {
        **_position(item.position),
        "severity": str(item.severity),
        "code": item.code,
        "message": item.message,
        "help": item.hint,
        "related": [{**_position(note.position), "message": note.message} for note in item.related],
    }


def _position(position: Position) -> dict[str, Any]:
    return {"path": position.path, "line": position.line, "column": position.column}
