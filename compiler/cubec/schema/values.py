"""Values of the wrong type, form or range, to diagnostics."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from cubec.diagnostics import Diagnostic, Position, Related
from cubec.near import near_miss
from cubec.schema.files import DEFINITIONS, load
from cubec.schema.names import name_invalid
from cubec.schema.problem import Problem
from cubec.schema.rules import EMPTY_VALUE, LIST_ITEM_DUPLICATE, VALUE_NOT_ALLOWED
from cubec.schema.wording import example, form, listing, plain, secret, show, subject
from cubec.schema.wrong_type import indented, wrong_type
from cubec.source.document import Document

_EMPTY: tuple[Any, ...] = (None, "", [], {})


def explain(document: Document, problems: Sequence[Problem]) -> Iterator[Diagnostic]:
    for problem in problems:
        if problem.keyword == "uniqueItems":
            yield from _duplicates(document, problem)
        else:
            yield _explain(document, problem)


def _explain(document: Document, problem: Problem) -> Diagnostic:
    hidden = secret(problem.pointer, problem.value)
    place = document.key(*problem.pointer) if problem.is_key else document.at(*problem.pointer)
    if not problem.is_key and (problem.value is None or (problem.keyword != "type" and problem.value in _EMPTY)):
        return _empty(document, problem)
    if problem.keyword == "type":
        return wrong_type(document, problem)
    if not hidden and isinstance(problem.value, str) and problem.schema == load()[DEFINITIONS]["$defs"]["name"]:
        return name_invalid(problem.value, place)
    message, hint = _REASONS.get(problem.keyword, _form)(problem, "the value" if hidden else show(problem.value))
    return VALUE_NOT_ALLOWED.at(place, message, hint=hint, excerpt=not hidden)


def _owner(problem: Problem) -> str:
    """Name the field that a value or a key stands in."""
    return f"a key of {subject(problem.pointer[:-1])}" if problem.is_key else subject(problem.pointer)


def _empty(document: Document, problem: Problem) -> Diagnostic:
    hidden = secret(problem.pointer)
    if problem.value in ([], {}):
        hint = "list at least one entry"
    elif problem.schema.get("type") == "object":
        hint = indented(problem.schema)
        if problem.is_required and "required" not in problem.schema:
            hint += f', or write "{problem.pointer[-1]}: {{}}"'
    else:
        written = "" if hidden else example(problem.schema)
        hint = "write a value" + (f", for example: {written}" if written else "")
    if not problem.is_required:
        hint += ", or remove the " + ("entry" if isinstance(problem.pointer[-1], int) else "field")
    place = document.key(*problem.pointer)
    return EMPTY_VALUE.at(place, f"{subject(problem.pointer)} is empty", hint=hint, excerpt=not hidden)


def _form(problem: Problem, shown: str) -> tuple[str, str]:
    hint = form(problem.schema, with_example=not secret(problem.pointer))
    return f"{shown} is not allowed for {_owner(problem)}", hint


def _choice(problem: Problem, shown: str) -> tuple[str, str]:
    allowed = problem.schema["enum"]
    near = near_miss(problem.value, allowed) if isinstance(problem.value, str) else None
    hint = f'did you mean "{near}"?' if near else f"write {'one of ' * (len(allowed) > 1)}{listing(allowed, 'or')}"
    return f"{shown} is not allowed for {_owner(problem)}", hint


def _single(problem: Problem, shown: str) -> tuple[str, str]:
    wanted = problem.schema["const"]
    hint = f"write {plain(wanted)}" + (", or remove the field" if wanted is True else "")
    return f"{shown} is not allowed for {_owner(problem)}", hint


def _bound(problem: Problem, shown: str) -> tuple[str, str]:
    bound = plain(problem.schema[problem.keyword])
    extreme, side = ("smallest", "more") if problem.keyword == "minimum" else ("largest", "less")
    return f"{_owner(problem)} is {shown}, and {bound} is the {extreme} allowed", f"write {bound} or {side}"


def _length(problem: Problem, shown: str) -> tuple[str, str]:
    bound = problem.schema["maxLength"]
    return f"{_owner(problem)} has {len(problem.value)} characters, and {bound} are the most", "shorten it"


def _entries(problem: Problem, shown: str) -> tuple[str, str]:
    bound = problem.schema["maxProperties"]
    return f"{_owner(problem)} has {len(problem.value)} entries, and {bound} is the most", f"keep {bound} of them"


_REASONS: Mapping[str, Callable[[Problem, str], tuple[str, str]]] = {
    "enum": _choice,
    "const": _single,
    "minimum": _bound,
    "maximum": _bound,
    "maxLength": _length,
    "maxProperties": _entries,
}


def _duplicates(document: Document, problem: Problem) -> Iterator[Diagnostic]:
    first: dict[Any, Position] = {}
    for n, item in enumerate(problem.value):
        key, place = repr(item), document.at(*problem.pointer, n)
        if key in first:
            yield LIST_ITEM_DUPLICATE.at(
                place,
                f"{show(item)} stands twice in {subject(problem.pointer)}",
                hint="remove one of them",
                related=[Related(first[key], "first here")],
            )
        first.setdefault(key, place)
