"""The schemas to the language's reference, as Markdown: schemas/README.md is this text, and a test says so."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cubec.schema.files import DEFINITIONS, LIST, Schema, follow
from cubec.schema.wording import plain

_INTRODUCTION = """\
# The language, field by field

This page is made from the schemas beside it; `cubec.schema.reference` writes it, and a test keeps it current.

Every file below `tenants/` holds one document, or a `List` of several. Begin it with this line, and editors that know YAML
schemas complete fields, explain them and mark mistakes while you type (the path leads from the file to this folder):

```yaml
# yaml-language-server: $schema=../../schemas/cubec.io_v1.json
```

| file | holds |
|---|---|
| `cubec.io_v1.json` | joins the others: `kind` decides which of them applies |
| `KIND.json` | one kind of document, in lower-case |
| `definitions.json` | forms and parts that several kinds share |

The schemas are JSON Schema, draft 2020-12. They refer to each other by relative file names, so nothing is ever fetched.
Patterns use only what every regular-expression engine reads alike, in linear time. What a schema cannot say (that a
name exists, that quotas fit) is checked by `cubec check`.

In the tables `a.b` is the field `b` of `a`, `a[].b` the field `b` of every entry of the list `a`, and `a.*` any key of `a`.
"""
_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "array": "list",
    "object": "fields",
}
_DEFAULT = re.compile(r" ?Default: ([^ ]+?)[.](?= |$)|(?<=Default: )(oidc:)$")
_FRAME = ("apiVersion", "kind", "metadata", "spec")


def reference(schemas: Mapping[str, Schema]) -> str:
    """Write the page: every kind with its fields and an example, then the parts and forms that they share."""
    kinds = schemas["cubec.io_v1.json"]["properties"]["kind"]["enum"]
    definitions = schemas[DEFINITIONS]["$defs"]
    parts = [name for name, definition in definitions.items() if _is_part(name, definition)]
    forms = [name for name, definition in definitions.items() if _is_form(name, definition)]
    sections = [_INTRODUCTION, "## Contents\n\n" + "\n".join(_contents(kinds))]
    sections += [_kind(kind, schemas[f"{kind.lower()}.json"]) for kind in kinds if f"{kind.lower()}.json" != LIST]
    sections += [_list(schemas[LIST]), "## Shared parts"]
    sections += [_part(name, definitions[name]) for name in parts]
    sections += ["## Forms", _forms(forms, definitions)]
    return "\n\n".join(section.strip() for section in sections) + "\n"


def _contents(kinds: Sequence[str]) -> Iterator[str]:
    for title in (*kinds, "Shared parts", "Forms"):
        yield f"- [{title}](#{_anchor(title)})"


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")


def _is_part(name: str, definition: Mapping[str, Any]) -> bool:
    return "properties" in definition and name not in (*_FRAME, "document")


def _is_form(name: str, definition: Mapping[str, Any]) -> bool:
    return "properties" not in definition and name not in _FRAME and definition.get("type") != "boolean"


def _kind(kind: str, schema: Schema) -> str:
    spec = schema["properties"]["spec"]
    return "\n\n".join(
        (
            f"## {kind}",
            f"{schema['description']} {spec['description']}",
            _table(_rows(spec, "")),
            "Example:",
            _example(schema),
        )
    )


def _list(schema: Schema) -> str:
    return "\n\n".join(("## List", schema["description"], _table(_rows(schema, "")), "Example:", _example(schema)))


def _part(name: str, definition: Schema) -> str:
    heading = f'### <a id="{name.lower()}"></a>{definition["title"]}'
    return "\n\n".join((heading, definition["description"], _table(_rows(definition, ""))))


def _example(schema: Schema) -> str:
    return "\n".join(("```yaml", *_yaml(schema["examples"][0], ""), "```"))


def _yaml(value: Mapping[str, Any], indent: str) -> Iterator[str]:
    """Write mappings as blocks, and the entries of their lists on a line each."""
    for key, item in value.items():
        if isinstance(item, Mapping):
            yield f"{indent}{key}:"
            yield from _yaml(item, indent + "  ")
        elif isinstance(item, list) and isinstance(item[0], Mapping):
            yield f"{indent}{key}:"
            yield from (f"{indent}  - {plain(entry)}" for entry in item)
        else:
            yield f"{indent}{key}: {plain(item)}"


def _table(rows: Iterator[tuple[str, ...]]) -> str:
    lines = ["| field | type | default | meaning |", "|---|---|---|---|"]
    lines += ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _rows(node: Mapping[str, Any], path: str) -> Iterator[tuple[str, ...]]:
    for name, child in node.get("properties", {}).items():
        field = follow(child)
        needed = name in node.get("required", ())
        yield f"`{path}{name}`", _type(child), _default(field, needed=needed), _meaning(field)
        yield from _below(child, f"{path}{name}")


def _below(child: Mapping[str, Any], path: str) -> Iterator[tuple[str, ...]]:
    """Descend, but not into a shared part, which has a table of its own."""
    if "properties" in child:
        yield from _rows(child, path + ".")
    for keyword, step in (("items", "[]"), ("additionalProperties", ".*")):
        inner = child.get(keyword)
        if isinstance(inner, Mapping) and "properties" in inner:
            yield from _rows(inner, f"{path}{step}.")


def _type(child: Mapping[str, Any]) -> str:
    if "$ref" in child and follow(child).get("type") != "boolean":
        name = child["$ref"].rpartition("/")[2]
        return f"[{_title(name)}](#{name.lower()})"
    if "enum" in child:
        return " or ".join(f"`{choice}`" for choice in child["enum"])
    if "const" in child:
        return f"`{plain(child['const'])}`"
    types = follow(child)["type"]
    words = [_TYPES[name] for name in ([types] if isinstance(types, str) else types)]
    if "items" in child:
        words = [f"list of {_type(child['items'])}" if word == "list" else word for word in words]
    if isinstance(child.get("additionalProperties"), Mapping):
        words = [f"map of {_type(child['additionalProperties'])}"]
    return " or ".join(words)


def _title(name: str) -> str:
    words: str = follow({"$ref": f"{DEFINITIONS}#/$defs/{name}"})["title"]
    return words if words[:2].isupper() else words[0].lower() + words[1:]


def _default(field: Mapping[str, Any], *, needed: bool) -> str:
    if needed:
        return "**needed**"
    if "default" in field:
        return f"`{plain(field['default'])}`"
    stated = _DEFAULT.search(field["description"])
    return f"`{stated[1]}`" if stated else ""


def _meaning(field: Mapping[str, Any]) -> str:
    return _DEFAULT.sub("", field["description"]).strip()


def _forms(names: Sequence[str], definitions: Mapping[str, Schema]) -> str:
    lines = ["| form | what it looks like | examples |", "|---|---|---|"]
    for name in names:
        form = follow(definitions[name])
        examples = ", ".join(f"`{plain(example)}`" for example in form["examples"])
        described = form["description"]
        if "enum" in form:
            described = " ".join((described, "One of", ", ".join(f"`{choice}`" for choice in form["enum"]) + "."))
        cells = (f'<a id="{name.lower()}"></a>{_title(name)}', described, examples)
        lines.append("| " + " | ".join(map(_cell, cells)) + " |")
    return "\n".join(lines)
