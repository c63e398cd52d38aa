"""The bytes of a submitted file to the objects in it, each with the namespace that it goes to, and to what is wrong with them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from cubec.diagnostics import Diagnostic, has_errors
from cubec.model.quantity import QuantityError, parse
from cubec.model.rules import BAD_QUANTITY
from cubec.rehearsal import shape
from cubec.rehearsal.rules import FOREIGN_OBJECT, NOT_AN_OBJECT, OBJECT_SHAPE
from cubec.rehearsal.templates import Template, templates
from cubec.source.characters import MAX_BYTES, too_large
from cubec.source.document import Document, Pointer
from cubec.source.file_rules import MULTI_DOCUMENT
from cubec.source.grammar_rules import TEMPLATE_EXPRESSION
from cubec.source.quoting import names_secret, quoted
from cubec.source.yaml import load

MAX_DOCUMENTS = 100
_START = re.compile(rb"(?m)^---(?=[ \t\r\n]|$)")
_NOTHING = re.compile(rb"(?:---)?(?:\s++|#[^\n]*+|\.\.\.)*+")
_UNITS = "write a number with one unit and no space: 60Gi (memory), 500m or 2 (cpu)"


@dataclass(frozen=True, slots=True)
class Submitted:
    """One object. ``pods`` are the pods that it makes."""

    document: Document
    namespace: str
    pods: tuple[Template, ...]

    @property
    def value(self) -> dict[str, Any]:
        found: dict[str, Any] = self.document.value
        return found

    @property
    def kind(self) -> str:
        return str(self.value["kind"])

    @property
    def api_group(self) -> str:
        group, slash, _ = self.value["apiVersion"].partition("/")
        return group if slash else ""

    @property
    def version(self) -> str:
        return str(self.value["apiVersion"].rpartition("/")[2])

    @property
    def name(self) -> str:
        metadata = self.value["metadata"]
        return str(metadata.get("name") or f"{metadata['generateName']}…")


def read(path: str, data: bytes, namespaces: Sequence[str]) -> tuple[tuple[Submitted, ...], list[Diagnostic]]:
    """Every object of a file. One without a namespace goes to the first of ``namespaces``."""
    documents, found = _documents(path, data)
    objects = []
    for document in documents:
        problems = list(_problems(document, namespaces))
        found += problems
        if not problems:
            metadata = document.value["metadata"]
            pods = tuple(templates(document.value))
            objects.append(Submitted(document, metadata.get("namespace") or namespaces[0], pods))
    return tuple(objects), sorted(set(found))


def _documents(path: str, data: bytes) -> tuple[list[Document], list[Diagnostic]]:
    if len(data) > MAX_BYTES:
        return [], [too_large(path, len(data))]
    documents: list[Document] = []
    found: list[Diagnostic] = []
    for number, part in enumerate(_parts(data)):
        document, problems = load(path, part)
        # in the arguments of a container $(NAME) is Kubernetes' own way to write a variable
        problems = [item for item in problems if item.code != TEMPLATE_EXPRESSION.code]
        if number >= MAX_DOCUMENTS and document:
            message = f"the file holds more than {MAX_DOCUMENTS} documents"
            return [], [MULTI_DOCUMENT.at(document.at(), message, hint="split it into several files")]
        found += problems
        if document and not has_errors(problems):
            documents += _items(document)
    return documents, found


def _parts(data: bytes) -> Iterator[bytes]:
    """The documents of a stream, each behind as many line ends as there are lines before it, so that its places are the file's."""
    starts = [0, *(match.start() for match in _START.finditer(data)), len(data)]
    parts = [(start, data[start:end]) for start, end in pairwise(starts)]
    filled = [(start, part) for start, part in parts if not _NOTHING.fullmatch(part)]
    for start, part in filled or [(0, data)]:
        yield b"\n" * data.count(b"\n", 0, start) + part


def _items(document: Document) -> list[Document]:
    value = document.value
    listed = isinstance(value, dict) and value.get("kind") == "List" and isinstance(value.get("items"), list)
    return document.items() if listed else [document]


def _problems(document: Document, namespaces: Sequence[str]) -> Iterator[Diagnostic]:
    value = document.value
    if not isinstance(value, dict) or not all(isinstance(value.get(key), str) for key in ("apiVersion", "kind")):
        hint = "write apiVersion, kind and metadata, as kubectl wants them; tenant files are for cubec check"
        # what stands there may be anything, a secret included
        yield NOT_AN_OBJECT.at(document.at(), "this is no Kubernetes object", hint=hint, excerpt=False)
        return
    misshapen = list(_misshapen(document, (), shape.misshapen(value, shape.OBJECT)))
    yield from misshapen
    metadata = value.get("metadata")
    if misshapen:
        return
    if not metadata or not (metadata.get("name") or metadata.get("generateName")):
        yield NOT_AN_OBJECT.at(document.at("metadata"), "the object has no name", hint="write metadata.name")
        return
    namespace = metadata.get("namespace")
    if namespace and namespace not in namespaces:
        message = f"namespace {quoted(namespace)} is not the group's"
        hint = f"leave it out, or write {' or '.join(namespaces)}"
        yield FOREIGN_OBJECT.at(document.at("metadata", "namespace"), message, hint=hint)
    for pod in templates(value):
        yield from _misshapen(document, pod.path, shape.misshapen(pod.value, shape.POD))
        yield from _amounts(document, pod.path, pod.value)


def _misshapen(document: Document, path: Pointer, found: Iterator[tuple[Pointer, str]]) -> Iterator[Diagnostic]:
    for pointer, wanted in found:
        field = ".".join(map(str, (*path, *pointer))) or "the document"
        hint = "write it as Kubernetes documents it: kubectl explain knows every field"
        shown = not names_secret((*path, *pointer))
        yield OBJECT_SHAPE.at(document.at(*path, *pointer), f"{field} must be {wanted}", hint=hint, excerpt=shown)


def _amounts(document: Document, path: Pointer, value: Any, at: Pointer = ()) -> Iterator[Diagnostic]:
    """Amounts that are none, wherever a pod states resources."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _amounts(document, path, item, (*at, number))
    elif isinstance(value, dict):
        for key, item in value.items():
            if at[-1:] in {("limits",), ("requests",), ("overhead",)} and isinstance(item, str | int | float):
                try:
                    parse(item)
                except (QuantityError, ArithmeticError) as error:
                    place = document.at(*path, *at, key)
                    yield BAD_QUANTITY.at(place, f"{quoted(str(item))} {error}", hint=_UNITS)
            else:
                yield from _amounts(document, path, item, (*at, key))
