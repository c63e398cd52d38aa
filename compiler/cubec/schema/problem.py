"""One way in which a value breaks its schema, free of the library that found it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cubec.schema.files import follow
from cubec.source.document import Pointer


@dataclass(frozen=True, slots=True)
class Condition:
    """What another field of the same mapping has to be: ``mode: oidc``."""

    field: str
    allowed: tuple[Any, ...]

    def __str__(self) -> str:
        return f"{self.field}: {self.allowed[0]}"


@dataclass(frozen=True, slots=True)
class Problem:
    """``keyword`` of ``schema`` refuses ``value``; ``is_key`` where that is not a value but the last key of ``pointer``."""

    pointer: Pointer
    keyword: str
    value: Any
    schema: Mapping[str, Any]
    schema_path: tuple[str | int, ...]
    root: Mapping[str, Any]
    is_key: bool = False

    @property
    def is_pair(self) -> bool:
        """Tell whether this is about fields that exclude each other, and not about a value."""
        return self.keyword == "not" and "required" in self.schema["not"]

    @property
    def is_required(self) -> bool:
        """Tell whether the field that this is about has to be there."""
        node: Mapping[str, Any] = self.root
        for step in self.pointer[:-1]:
            node = _child(node, step)
        return self.pointer[-1] in node.get("required", ())

    def field(self, name: str) -> Mapping[str, Any]:
        """Return the schema of a field of the mapping that this is about; empty if that has no such field."""
        node: Mapping[str, Any] = self.root
        for step in self.pointer:
            node = _child(node, step)
        return _child(node, name)

    def condition(self) -> Condition | None:
        """Under which condition the schema demands this; None if always."""
        match self.schema_path:
            case (*steps, "then", "required") | (*steps, "else", "properties", _):
                node: Any = self.root
                for step in steps:
                    node = node[step] if isinstance(step, int) else follow(node)[step]
                return _condition(follow(node)["if"])
            case _:
                return None


def _child(node: Mapping[str, Any], step: str | int) -> Mapping[str, Any]:
    node = follow(node)
    if isinstance(step, int):
        return follow(node.get("items", {}))
    child = node.get("properties", {}).get(step, node.get("additionalProperties", {}))
    return follow(child) if isinstance(child, Mapping) else {}


def _condition(schema: Mapping[str, Any]) -> Condition | None:
    for field, wanted in schema.get("properties", {}).items():
        return Condition(field, tuple(wanted["enum"]) if "enum" in wanted else (wanted["const"],))
    return None
