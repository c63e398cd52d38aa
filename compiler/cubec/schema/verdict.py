"""Is a document valid? Compiled validators say so, one for each kind; only a document that fails is explained."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from cubec.diagnostics import Diagnostic
from cubec.name import is_name
from cubec.schema.files import LIST, load
from cubec.schema.identify import identify
from cubec.source.document import Document

_BASE = "json-schema:///"
_ZEROS = re.compile(rb"\.0+(?![0-9])")


def check(documents: Sequence[Document]) -> tuple[list[Document], list[Diagnostic]]:
    """Sort out the valid documents, and explain what is wrong with each of the others."""
    valid: list[Document] = []
    diagnostics: list[Diagnostic] = []
    for document in documents:
        problems = _problems(document)
        if problems:
            diagnostics += problems
        else:
            valid.append(document)
    return valid, diagnostics


def _problems(document: Document) -> list[Diagnostic]:
    file, problems = identify(document)
    if problems:
        return problems
    passes = is_valid(file, document.value)
    if passes and is_name(document.value["metadata"]["name"]) and not _whole_float(document):
        return []
    from cubec.schema import explain  # noqa: PLC0415 - imports jsonschema, 100 ms that only a mistake costs

    items = _items(document) if file == LIST else []
    problems = explain.explain(document, file) + check(items)[1]
    return problems or ([] if passes else [explain.unexplained(document)])


def _items(document: Document) -> list[Document]:
    """Take a List apart that the loader did not, since it has mistakes of its own; its items may have others."""
    return document.items() if isinstance(document.value.get("items"), list) else []


def is_valid(file: str, value: Any) -> bool:
    try:
        return bool(_validator(file).is_valid(value))
    except ValueError:  # a value that JSON does not know
        return False


@lru_cache(maxsize=16)
def _validator(file: str) -> Any:
    import jsonschema_rs  # noqa: PLC0415 - 30 ms that --help need not pay

    return jsonschema_rs.validator_for(
        load()[file],
        registry=_registry(),
        base_uri=_BASE + file,
        pattern_options=jsonschema_rs.RegexOptions(),  # linear time, whatever the text
        offline=True,
    )


@lru_cache(maxsize=1)
def _registry() -> Any:
    import jsonschema_rs  # noqa: PLC0415 - as above

    return jsonschema_rs.Registry([(_BASE + name, schema) for name, schema in load().items()])


@lru_cache(maxsize=1)
def _zeros(plain: bytes) -> bool:
    """Whether a number with nothing but zeros behind its point can stand in a plainly written file."""
    return bool(_ZEROS.search(plain))


def _whole_float(document: Document) -> bool:
    return (not document.plain or _zeros(document.plain)) and _holds_whole_float(document.value)


def _holds_whole_float(value: Any) -> bool:
    """To JSON Schema 3.0 is an integer; written into a manifest it would be none."""
    left = [value]
    while left:
        node = left.pop()
        kind = type(node)
        if kind is dict:
            left += node.values()
        elif kind is list:
            left += node
        elif kind is float and node.is_integer():
            return True
    return False
