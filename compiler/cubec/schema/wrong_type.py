"""A value of the wrong type, to the usual cause and what to write instead."""

import re
from collections.abc import Mapping
from typing import Any

from cubec.diagnostics import Diagnostic
from cubec.schema.files import follow
from cubec.schema.problem import Problem
from cubec.schema.rules import WRONG_TYPE
from cubec.schema.wording import example, form, plain, secret, show, subject
from cubec.source.document import Document

_EXPECTED = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "fields of its own",
}
_BOOLEANS = {"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false"}
_SHOWN = 4
_LONG = 40


def wrong_type(document: Document, problem: Problem) -> Diagnostic:
    hidden = secret(problem.pointer, problem.value)
    types = problem.schema["type"]
    types = [types] if isinstance(types, str) else types
    message = f"{subject(problem.pointer)} takes {_wanted(types)}, not {_found(problem.value, hidden=hidden)}"
    if "object" in types and problem.pointer and isinstance(problem.pointer[-1], int):
        hint = _after_dash(problem)
    else:
        hint = _hint(problem.schema, types, None if hidden else problem.value, problem.value)
    return WRONG_TYPE.at(document.at(*problem.pointer), message, hint=hint, excerpt=not hidden)


def _wanted(types: list[str]) -> str:
    *first, last = [_EXPECTED[name] for name in types if not (name == "integer" and "number" in types)]
    return f"{', '.join(first)} or {last}" if first else last


def _found(value: Any, *, hidden: bool) -> str:
    if isinstance(value, Mapping):
        return "fields of its own"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        return "text"
    if hidden:
        return "a number or true or false"
    return plain(value) if isinstance(value, bool) else f"the number {plain(value)}"


def _hint(schema: Mapping[str, Any], types: list[str], shown: Any, value: Any) -> str:
    """Say what to write. ``shown`` is the value, unless it may be a secret."""
    scalar = not isinstance(value, (Mapping, list))
    if "string" in types and scalar:
        return _quoted(schema, shown)
    if "array" in types:
        return _listed(schema, shown, scalar=scalar)
    if "object" in types:
        return 'remove the "-" in front of its fields' if isinstance(value, list) else indented(schema)
    if "boolean" in types:
        return f"write {_BOOLEANS.get(str(shown).lower(), 'true or false')}"
    return _number(schema, types, shown)


def _number(schema: Mapping[str, Any], types: list[str], shown: Any) -> str:
    if isinstance(shown, str) and shown.isascii() and shown.isdecimal():
        return f"remove the quotes: {int(shown)}"
    if isinstance(shown, float) and shown.is_integer():
        return f"write {int(shown)}"
    written = example(schema) if shown is not None else ""
    return f"write {_wanted(types)}" + (f", for example: {written}" if written else "")


def _quoted(schema: Mapping[str, Any], shown: Any) -> str:
    """Tell how to quote a number. How it was written is lost (1.30 is 1.3), but not if there is a list of choices."""
    choices = [choice for choice in schema.get("enum", ()) if isinstance(shown, float) and _as_number(choice) == shown]
    if choices:
        return f"put it in quotes: {show(choices[0])}"
    if shown is not None and not re.search(schema.get("pattern", ""), plain(shown), re.ASCII):
        return form(schema)
    if shown is None or isinstance(shown, float):
        return "put it in quotes"
    return f'put it in quotes: "{plain(shown)}"'


def _as_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _listed(schema: Mapping[str, Any], shown: Any, *, scalar: bool) -> str:
    if not scalar:
        return 'put a "-" in front of its first field, and indent the others alike'
    if "string" in follow(schema["items"]).get("type", "") and shown is not None and len(plain(shown)) < _LONG:
        return f"write [{plain(shown)}]"
    return 'write its entries below it, each after a "-"'


def _after_dash(problem: Problem) -> str:
    name = next(iter(problem.schema["properties"]))
    return f'write its fields after the "-", for example: {example(problem.field(name), name)}'


def indented(schema: Mapping[str, Any]) -> str:
    names = list(schema.get("properties", {}))
    if not names:
        return 'write lines of "key: value" below it, indented'
    more = ", …" if len(names) > _SHOWN else ""
    return f"write its fields below it, indented: {', '.join(names[:_SHOWN])}{more}"
