"""Which schema a document asks for, or why that cannot be told."""

from collections.abc import Mapping

from cubec.diagnostics import Diagnostic
from cubec.near import near_miss
from cubec.schema.files import API_VERSION, kinds
from cubec.schema.rules import API_VERSION_UNSUPPORTED, NOT_A_DOCUMENT, UNKNOWN_KIND
from cubec.schema.wording import listing, show
from cubec.source.document import Document


def identify(document: Document) -> tuple[str, list[Diagnostic]]:
    """Return the schema's file; and a diagnostic, if there is none."""
    value = document.value
    if not isinstance(value, Mapping):
        return "", [_not_fields(document)]
    for field in ("apiVersion", "kind"):
        if value.get(field) in (None, ""):
            return "", [_absent(document, field)]
    if value["apiVersion"] != API_VERSION:
        return "", [_foreign(document)]
    kind = value["kind"]
    if kind == "List" and _is_proper_list(document):
        message = "a List stands inside a List"
        return "", [UNKNOWN_KIND.at(document.at("kind"), message, hint="move its items up into the outer List")]
    if not isinstance(kind, str) or kind not in kinds():
        return "", [_unknown(document)]
    return kinds()[kind], []


def _is_proper_list(document: Document) -> bool:
    """Tell whether this is a List that the loader would have taken apart, so that it must be an item itself."""
    items = document.value.get("items")
    return document.value.keys() == {"apiVersion", "kind", "items"} and isinstance(items, list) and bool(items)


def _not_fields(document: Document) -> Diagnostic:
    if document.value is None:
        message, hint = "the file is empty", "write a document into it, or delete the file"
    elif isinstance(document.value, list):
        message, hint = "the document is a list", 'write "kind: List" and put the entries below "items:"'
    else:
        message = "the document has no fields"
        hint = 'write "apiVersion:", "kind:", "metadata:" and "spec:", each on a line of its own'
    return NOT_A_DOCUMENT.at(document.at(), message, hint=hint, excerpt=False)


def _absent(document: Document, field: str) -> Diagnostic:
    written = next((key for key in document.value if near_miss(key, [field])), None)
    if written is not None and field not in document.value:
        message = f'the document has "{written}" and no "{field}"'
        return NOT_A_DOCUMENT.at(document.key(written), message, hint=f'write "{field}" instead of "{written}"')
    if field == "kind":
        hint = f'add "kind: " and one of {listing(kinds(), "or")}'
    else:
        hint = f'add "apiVersion: {API_VERSION}" as the first line'
    return NOT_A_DOCUMENT.at(document.key(field), f'the document has no "{field}"', hint=hint)


def _foreign(document: Document) -> Diagnostic:
    message = f"apiVersion {show(document.value['apiVersion'])} is not one that is read here"
    if document.value["kind"] in kinds():
        hint = f'write "apiVersion: {API_VERSION}"'
    else:
        hint = f'take the file away: Kubernetes objects are made by the compiler, from documents of "{API_VERSION}"'
    return API_VERSION_UNSUPPORTED.at(document.at("apiVersion"), message, hint=hint)


def _unknown(document: Document) -> Diagnostic:
    kind = document.value["kind"]
    near = near_miss(kind, kinds()) if isinstance(kind, str) else None
    hint = f'did you mean "{near}"?' if near else f"write one of {listing(kinds(), 'or')}"
    return UNKNOWN_KIND.at(document.at("kind"), f"unknown kind {show(kind)}", hint=hint)
