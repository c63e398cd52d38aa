"""Fields that are unknown, missing or in each other's way, to diagnostics."""

from collections.abc import Iterator, Mapping, Sequence

from cubec.diagnostics import Diagnostic, Related
from cubec.schema.problem import Problem
from cubec.schema.rules import FIELDS_CONFLICT, MISSING_FIELD
from cubec.schema.unknown import Unknown, unknown_fields
from cubec.schema.wording import example, listing, plain, secret, subject
from cubec.source.document import Document

KEYWORDS = frozenset({"required", "additionalProperties", "oneOf", "anyOf", "dependentRequired", "properties"})


def explain(document: Document, problems: Sequence[Problem]) -> Iterator[Diagnostic]:
    unknown = [field for problem in problems for field in unknown_fields(document, problem)]
    yield from (field.diagnostic for field in unknown)
    for problem in problems:
        match problem.keyword:
            case "required":
                yield from _required(document, problem, unknown)
            case "oneOf" | "anyOf":
                yield from _one_of(document, problem, unknown)
            case "not":
                yield _together(document, problem, problem.schema["not"]["required"])
            case "dependentRequired":
                yield from _companions(document, problem)
            case "properties":
                yield _without_condition(document, problem)
            case _:
                pass


def _required(document: Document, problem: Problem, unknown: Sequence[Unknown]) -> Iterator[Diagnostic]:
    condition = problem.condition()
    meant = {field.meant for field in unknown if field.pointer == problem.pointer}
    names = [name for name in problem.schema["required"] if name not in problem.value and name not in meant]
    if names:
        message = f"{subject(problem.pointer)} needs {listing(names, 'and')}"
        if condition is not None:
            message += f' with "{condition.field}: {plain(problem.value[condition.field])}"'
        yield _missing(document, problem, message, names, "them")


def _one_of(document: Document, problem: Problem, unknown: Sequence[Unknown]) -> Iterator[Diagnostic]:
    names = [branch["required"][0] for branch in problem.schema[problem.keyword]]
    meant = {field.meant for field in unknown if field.pointer == problem.pointer}
    present = [name for name in names if name in problem.value]
    if present:
        yield _together(document, problem, present)
    elif meant.isdisjoint(names):
        message = f"{subject(problem.pointer)} needs {listing(names, 'or')}"
        yield _missing(document, problem, message, names, "one of them")


def _missing(document: Document, problem: Problem, message: str, names: Sequence[str], several: str) -> Diagnostic:
    hidden = secret((*problem.pointer, *names))
    written = "" if hidden else example(problem.field(names[0]), names[0])
    what = f'"{names[0]}"' if len(names) == 1 else several
    hint = f"add {what}" + (f", for example: {written}" if written and what != "them" else "")
    return MISSING_FIELD.at(document.key(*problem.pointer), message, hint=hint, excerpt=not hidden)


def _together(document: Document, problem: Problem, names: Sequence[str]) -> Diagnostic:
    """Say that only one of ``names`` may stand; the first one in the file is taken for the one that was meant."""
    first, *others = sorted(names, key=lambda name: document.key(*problem.pointer, name))
    return FIELDS_CONFLICT.at(
        document.key(*problem.pointer, others[0]),
        f"{listing([first, *others], 'and')} exclude each other",
        hint="keep one of them",
        related=[Related(document.key(*problem.pointer, first), f'"{first}" stands here')],
        excerpt=not secret((*problem.pointer, *names)),
    )


def _companions(document: Document, problem: Problem) -> Iterator[Diagnostic]:
    for name, needed in problem.schema["dependentRequired"].items():
        for other in needed:
            if name in problem.value and other not in problem.value:
                written = example(problem.field(other), other)
                hint = f'add "{other}"' + (f" (for example: {written})" if written else "") + f', or remove "{name}"'
                yield MISSING_FIELD.at(
                    document.key(*problem.pointer, name), f'"{name}" needs "{other}" beside it', hint=hint
                )


def _without_condition(document: Document, problem: Problem) -> Diagnostic:
    *parent, name = problem.pointer
    condition = problem.condition()
    related = []
    message, hint = f'"{name}" is not allowed here', f'remove "{name}"'
    if condition is not None:
        message = f'"{name}" is allowed only with "{condition}"'
        hint += f', or write "{condition}"'
        mapping = document.value
        for step in parent:
            mapping = mapping[step]
        if isinstance(mapping, Mapping) and condition.field in mapping:
            place = document.key(*parent, condition.field)
            stands = plain(mapping[condition.field])
            related = [Related(place, f'"{condition.field}" is {stands}')]
    return FIELDS_CONFLICT.at(
        document.key(*problem.pointer), message, hint=hint, related=related, excerpt=not secret(problem.pointer)
    )
