"""The schema files as values, and the ways through them: references, fields, places of fields."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

Schema = dict[str, Any]
Place = tuple[str, ...]  # a pointer in which every list index is "[]" and every free key "*"

DEFINITIONS = "definitions.json"
LIST = "list.json"
API_VERSION = "cubec.io/v1"


def folder() -> Path:
    """Where the schemas are: inside the installed package, or beside ``compiler/`` in a checkout."""
    package = Path(__file__).parents[1]
    installed = package / "_schemas"
    return installed if installed.is_dir() else package.parents[1] / "schemas"


def texts() -> Mapping[str, str]:
    """Every schema file as it is written, by its name."""
    return {path.name: path.read_text("utf-8") for path in sorted(folder().glob("*.json"))}


@lru_cache(maxsize=1)
def load() -> Mapping[str, Schema]:
    """Every schema by its file name."""
    return {path.name: json.loads(path.read_text("utf-8")) for path in sorted(folder().glob("*.json"))}


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, str]:
    """Every kind of document, in the order in which people meet them, and the file of its schema."""
    names = load()["cubec.io_v1.json"]["properties"]["kind"]["enum"]
    return {kind: f"{kind.lower()}.json" for kind in names}


def target(reference: str) -> Schema:
    """Return what ``file.json`` or ``file.json#/$defs/name`` refers to."""
    file, _, definition = reference.partition("#/$defs/")
    schema = load()[file]
    return schema["$defs"][definition] if definition else schema


def follow(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Replace a reference by what it refers to; what stands beside the reference wins."""
    while "$ref" in node:
        beside = {key: value for key, value in node.items() if key != "$ref"}
        node = {**target(node["$ref"]), **beside}
    return node


def fields(node: Mapping[str, Any], place: Place = ()) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """Every field below ``node`` at any depth, with its place, a parent before its children."""
    for name, child in node.get("properties", {}).items():
        field = follow(child)
        yield (*place, name), field
        yield from fields(field, (*place, name))
    for keyword, step in (("items", "[]"), ("additionalProperties", "*")):
        if isinstance(node.get(keyword), Mapping):
            yield from fields(follow(node[keyword]), (*place, step))


@lru_cache(maxsize=16)
def places(file: str) -> Mapping[str, tuple[Place, ...]]:
    """Every field name of a kind, and the places of the mappings that have such a field."""
    found: dict[str, list[Place]] = {}
    for place, _ in fields(load()[file]):
        found.setdefault(place[-1], []).append(place[:-1])
    return {name: tuple(parents) for name, parents in found.items()}
