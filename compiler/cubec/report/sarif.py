"""Diagnostics as SARIF 2.1.0, which code-scanning pages read."""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from cubec.diagnostics import Diagnostic, Position, Rule, Severity

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def diagnostics(items: Iterable[Diagnostic], rules: Mapping[str, Rule], version: str) -> str:
    """``rules`` describe the codes; those that did not fire are left out."""
    found = list(items)
    codes = sorted({item.code for item in found})
    driver = {
        "name": "cubec",
        "version": version,
        "rules": [
            {
                "id": code,
                "shortDescription": {"text": rules[code].summary},
                "fullDescription": {"text": rules[code].page.strip()},
                "defaultConfiguration": {"level": _LEVELS[rules[code].severity]},
            }
            for code in codes
        ],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(item, codes) for item in found],
    }
    return json.dumps({"version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=True) + "\n"


def _result(item: Diagnostic, codes: list[str]) -> dict[str, Any]:
    related = [
        {"id": number, "message": {"text": note.message}, **_location(note.position)}
        for number, note in enumerate(item.related, 1)
    ]
    return {
        "ruleId": item.code,
        "ruleIndex": codes.index(item.code),
        "level": _LEVELS[item.severity],
        "message": {"text": f"{item.message}\nhelp: {item.hint}"},
        "locations": [_location(item.position)],
        **({"relatedLocations": related} if related else {}),
    }


def _location(position: Position) -> dict[str, Any]:
    region = {"startLine": position.line, "startColumn": position.column}
    return {"physicalLocation": {"artifactLocation": {"uri": quote(position.path)}, "region": region}}
