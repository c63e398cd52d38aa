"""Files to documents: a ``List`` as its items."""

from collections.abc import Iterable

from cubec.diagnostics import Diagnostic
from cubec.source.document import Document
from cubec.source.yaml import load


def load_all(files: Iterable[tuple[str, bytes]]) -> tuple[list[Document], list[Diagnostic], bool]:
    """Every document, a ``List`` as its items; and whether each file could be parsed with all that it holds."""
    documents: list[Document] = []
    found: list[Diagnostic] = []
    complete = True
    for path, data in files:
        document, problems = load(path, data)
        found += problems
        if document is None:
            complete = False
        else:
            documents += _items(document)
    return documents, found, complete


def _items(document: Document) -> list[Document]:
    """The items of a proper ``List``; anything else as it is, for the schema to judge."""
    value = document.value
    # Exactly these keys: splitting must not lose one that was mistyped.
    if not isinstance(value, dict) or value.keys() != {"apiVersion", "kind", "items"}:
        return [document]
    items = value["items"]
    proper = value["apiVersion"] == "cubec.io/v1" and value["kind"] == "List"
    if not proper or not isinstance(items, list) or not items:
        return [document]
    return document.items()
