"""A document that failed, to one diagnostic for each mistake in it, at its place and in plain words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import jsonschema
from jsonschema.validators import extend
from referencing import Registry, Resource

from cubec.diagnostics import Diagnostic
from cubec.schema import fields, values
from cubec.schema.files import LIST, load
from cubec.schema.problem import Problem
from cubec.schema.rules import VALUE_NOT_ALLOWED
from cubec.source.document import Document, Pointer

# What is wrong with one value is said once: the first of these that applies.
_ORDER = ("type", "minLength", "minItems", "minProperties", "const", "enum", "maxLength", "pattern", "not")


def explain(document: Document, file: str) -> list[Diagnostic]:
    problems = [_problem(error, file) for error in oracle(file).iter_errors(document.value)]
    if file == LIST:
        problems = [problem for problem in problems if problem.pointer[:1] != ("items",) or len(problem.pointer) == 1]
    broken = {problem.pointer for problem in problems if problem.keyword == "type" and not problem.is_key}
    rest = [
        problem for problem in problems if problem.keyword == "type" or problem.is_key or problem.pointer not in broken
    ]
    found = [*fields.explain(document, [p for p in rest if p.keyword in fields.KEYWORDS or p.is_pair])]
    found += values.explain(document, _first([p for p in rest if p.keyword not in fields.KEYWORDS and not p.is_pair]))
    return sorted(set(found))


def unexplained(document: Document) -> Diagnostic:
    """The two validators differ: a bug, but one that must not let the document through."""
    hint = "compare the document with an example of its kind in schemas/README.md"
    return VALUE_NOT_ALLOWED.at(
        document.at(), "the document does not have the form of its kind", hint=hint, excerpt=False
    )


@lru_cache(maxsize=16)
def oracle(file: str) -> Any:
    """Return the slow validator, which says more, with the fast one's meaning of patterns, and stricter integers."""
    types = jsonschema.Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer)
    keywords = {"pattern": _pattern, "properties": _properties}
    strict: Any = extend(jsonschema.Draft202012Validator, keywords, type_checker=types)  # type: ignore[no-untyped-call]
    resources = [(name, Resource.from_contents(schema)) for name, schema in load().items()]
    return strict(load()[file], registry=Registry().with_resources(resources))


def _is_integer(checker: Any, value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _pattern(validator: Any, pattern: str, value: Any, schema: Any) -> Iterator[jsonschema.ValidationError]:
    if isinstance(value, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), value, re.ASCII):
        yield jsonschema.ValidationError("pattern")


def _properties(validator: Any, properties: Any, value: Any, schema: Any) -> Iterator[jsonschema.ValidationError]:
    """Say where a field stands that is not allowed; the library's own function does not."""
    if isinstance(value, Mapping):
        for name in properties.keys() & value.keys():
            if properties[name] is False:
                yield jsonschema.ValidationError("properties", path=[name], schema_path=[name])
            else:
                yield from validator.descend(value[name], properties[name], path=name, schema_path=name)


def _problem(error: jsonschema.ValidationError, file: str) -> Problem:
    path: Pointer = tuple(error.absolute_path)
    is_key = "propertyNames" in error.absolute_schema_path
    pointer = (*path, str(error.instance)) if is_key else path
    steps: Any = tuple(error.absolute_schema_path)
    schema: Mapping[str, Any] = error.schema if isinstance(error.schema, Mapping) else {}
    return Problem(pointer, str(error.validator), error.instance, schema, steps, load()[file], is_key)


def _first(problems: Sequence[Problem]) -> list[Problem]:
    chosen: dict[tuple[Pointer, bool], Problem] = {}
    for problem in sorted(problems, key=lambda p: _ORDER.index(p.keyword) if p.keyword in _ORDER else len(_ORDER)):
        chosen.setdefault((problem.pointer, problem.is_key), problem)
    return list(chosen.values())
