"""Places and values in words: how messages name a field, show a value and give an example."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from cubec.schema.files import places
from cubec.source.document import Pointer

_LONGEST = 60
_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9 ._/@-]*|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]+[A-Za-z%]+", re.ASCII)
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
# Nothing that stands below one of these is ever shown.
_SECRET = frozenset({"credentials", "sealed", "certificate", "certificateAuthority"})
_LOGIN = re.compile(r"//[^/\s]*@|//[^/\s]*:[^/\s]*@")


def subject(pointer: Pointer) -> str:
    """Name what a pointer leads to, as a message speaks of it."""
    if not pointer:
        return "the document"
    *above, last = pointer
    if secret(tuple(above)) and isinstance(last, str) and last not in places("registry.json"):
        return f"an entry of {subject(tuple(above))}"  # a login may have become a key: {bob:secret}
    if isinstance(last, str):
        return f'"{last}"'
    return f'entry {last + 1} of "{pointer[-2]}"' if len(pointer) > 1 else f"entry {last + 1}"


def secret(pointer: Pointer, value: Any = None) -> bool:
    """May a secret stand here? Then neither the value nor its line is shown."""
    return not _SECRET.isdisjoint(pointer) or (isinstance(value, str) and _LOGIN.search(value) is not None)


def show(value: Any) -> str:
    """Quote a value for a message: on one line, not too long, without characters that nobody sees."""
    if isinstance(value, str) and not value.isprintable():
        value = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in value)
    if isinstance(value, str) and len(value) > _LONGEST:
        value = value[: _LONGEST - 1] + "…"
    return f'"{value}"' if isinstance(value, str) else plain(value)


def plain(value: Any) -> str:
    """Write a value as YAML on one line."""
    if isinstance(value, str):
        safe = _PLAIN.fullmatch(value) is not None and value.lower() not in _WORDS and not value.endswith(" ")
        return value if safe else json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {plain(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(plain, value)) + "]"
    return json.dumps(value, default=str)


def example(schema: Mapping[str, Any], field: str = "") -> str:
    """Write the first short example of a field on one line, after its name if given; or nothing."""
    before = f"{field}: " if field else ""
    lines = (before + plain(value) for value in schema.get("examples", ()))
    return next((line for line in lines if len(line) <= _LONGEST), "")


def listing(words: Iterable[str], conjunction: str) -> str:
    """Join quoted words: "a", "b" or "c"."""
    *first, last = [f'"{word}"' for word in words]
    return f"{', '.join(first)} {conjunction} {last}" if first else last


def sentence(description: str) -> str:
    """Return a description's first sentence, to go on a line after other words."""
    first = re.split(r"[.](?: |$)", description, maxsplit=1)[0]
    return (first[0].lower() + first[1:]).replace("`", '"')


def form(schema: Mapping[str, Any], *, with_example: bool = True) -> str:
    """Say what a value has to look like, in the words of the schema's description."""
    written = example(schema) if with_example else ""
    words = sentence(schema["description"]) if "description" in schema else "another value"
    return f"write {words}" + (f" (for example: {written})" if written else "")
