"""The schema files themselves: complete, valid, portable, and the reference page that is made from them."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

from cubec.name import LONGEST, NAME
from cubec.schema import files, verdict
from cubec.schema.reference import reference

SCHEMAS = files.load()
KINDS = ("platform", "cluster", "nodepool", "volume", "registry", "user", "group", "jobtemplate", "list", "cubec.io_v1")
ANNOTATIONS = {"examples", "enum", "const", "default", "required"}
RELATIVE = re.compile(r"[a-z0-9_.]+[.]json(#/[$]defs/[A-Za-z]+)?")


def nodes(node: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every mapping of a schema that is a schema or a part of one, with its path."""
    if isinstance(node, Mapping):
        yield path, node
        for key, child in node.items():
            if key not in ANNOTATIONS:
                yield from nodes(child, f"{path}/{key}")
    elif isinstance(node, list):
        for number, child in enumerate(node):
            yield from nodes(child, f"{path}/{number}")


ALL = [found for name, schema in SCHEMAS.items() for found in nodes(schema, name)]


def properties() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path, node in ALL:
        if re.search(r"/(properties|[$]defs)/[^/]+$", path) and not re.search(r"/(if|else)/", path):
            yield path, files.follow(node)


@pytest.mark.parametrize("name", KINDS)
def test_there_is_a_schema_for_each_kind(name: str):
    """One file per kind, and the one that joins them."""
    assert f"{name}.json" in SCHEMAS


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_is_valid_against_the_meta_schema(name: str):
    """Editors refuse a schema that is none."""
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[name])


def test_every_property_is_explained():
    """Who hovers over any field is told its title, its meaning and an example."""
    bare = [
        path for path, node in properties() if not all(node.get(key) for key in ("title", "description", "examples"))
    ]

    assert bare == []


def test_every_property_of_its_own_is_reached():
    """The walk sees the deepest fields: a rule that looks at nothing finds nothing."""
    paths = {path for path, _ in properties()}

    assert len(paths) > 300
    assert "cluster.json/properties/spec/properties/secrets/properties/store/properties/kind" in paths


def test_every_property_says_what_happens_without_it():
    """An optional field of a document says its default, or what is when it is absent."""
    silent = []
    for path, node in ALL:
        conditions = str([node.get(key) for key in ("oneOf", "anyOf", "then", "allOf", "dependentRequired")])
        for name, child in node.get("properties", {}).items():
            if name in node.get("required", ()) or f"'{name}'" in conditions or re.search(r"/(if|else)(/|$)", path):
                continue
            if not re.search(r"Default: |Absent[ :,]", files.follow(child)["description"]):
                silent.append(f"{path}/{name}")

    assert silent == []


def test_every_property_of_an_example_is_valid():
    """The examples that people copy from a hover text are accepted where they stand."""
    registry = Registry().with_resources((name, Resource.from_contents(schema)) for name, schema in SCHEMAS.items())
    wrong = []
    for path, node in properties():
        validator = jsonschema.Draft202012Validator(dict(node), registry=registry)
        if node["title"] != "Kind of the document" and not path.endswith("/properties/spec"):
            wrong += [f"{path}: {example}" for example in node["examples"] if not validator.is_valid(example)]

    assert wrong == []


@pytest.mark.parametrize("name", KINDS)
def test_the_example_documents_are_valid(name: str):
    """Each kind's example is a document that compiles."""
    for example in SCHEMAS[f"{name}.json"]["examples"]:
        assert verdict.is_valid(f"{name}.json", example)
        assert verdict.is_valid("cubec.io_v1.json", example)


def test_nothing_is_accepted_that_nobody_knows():
    """Every mapping with fields refuses further ones; only maps take any key."""
    dispatching = {"cubec.io_v1.json", "definitions.json/$defs/document"}
    open_ = [
        path
        for path, node in ALL
        if isinstance(node.get("properties"), Mapping)
        and node.get("additionalProperties") is not False
        and not re.search(r"/(if|then|else)$|/properties$|/[$]defs$", path)
    ]

    assert set(open_) == dispatching


def test_references_stay_in_the_folder():
    """No reference names a host, so nothing is ever fetched; no schema has an id that could be taken for an address."""
    references = [node["$ref"] for _, node in ALL if "$ref" in node]

    assert references
    assert [reference for reference in references if not RELATIVE.fullmatch(reference)] == []
    assert [path for path, node in ALL if "$id" in node] == []


def test_every_definition_is_used():
    """A form that no field has is a leftover."""
    used = {node["$ref"].rpartition("/")[2] for _, node in ALL if "$ref" in node}

    assert set(SCHEMAS["definitions.json"]["$defs"]) - used == set()


def patterns() -> list[tuple[str, str]]:
    return [(path, node["pattern"]) for path, node in ALL if isinstance(node.get("pattern"), str)]


def test_patterns_mean_the_same_everywhere():
    """No class that engines read differently, no look-around, no back reference; an end only at the end."""
    odd = [
        pattern
        for _, pattern in patterns()
        if re.search(r"\\[wWdDsSbBAZz1-9]|\(\?|[.](?![\]/_~%,@:()+-])", re.sub(r"\[[^]]*\]", "[]", pattern))
    ]
    early = [pattern for _, pattern in patterns() if "$" in pattern[:-1] and "[$" not in pattern]

    assert odd == []
    assert early == []


@pytest.mark.parametrize("path", [path for path, _ in patterns()])
def test_patterns_take_linear_time(path: str):
    """Python's engine goes back and forth; on none of these does that grow faster than the text."""
    pattern = re.compile(dict(patterns())[path])
    for piece in ("a", "1", "-", "a-", "a.", "/a", ": ", "1 a ", "0,", "A\n", "age1", "https://a/"):
        pattern.search(piece * 20_000 + "\x00")  # quadratic would take minutes


def test_the_grammar_of_names_is_written_once():
    """The code that explains a name goes by the schema's own grammar."""
    written = SCHEMAS["definitions.json"]["$defs"]["name"]

    assert written["pattern"].replace("(", "(?:") == f"^{NAME.pattern}$"
    assert written["maxLength"] == LONGEST


def test_the_reference_page_is_current():
    """schemas/README.md is what the schemas say now."""
    page = files.folder() / "README.md"

    assert reference(SCHEMAS) == page.read_text("utf-8"), "write cubec.schema.reference.reference(...) into it again"


def test_the_reference_page_names_every_field():
    """No field is left out of the page, however deep."""
    page = reference(SCHEMAS)
    missing = [path for path, _ in properties() if "/spec/" in path and f"{path.rpartition('/')[2]}`" not in page]

    assert missing == []


def test_schemas_of_a_wheel_are_inside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Installed from a wheel there is no checkout, but a folder in the package."""
    package = tmp_path / "cubec"
    (package / "_schemas").mkdir(parents=True)
    monkeypatch.setattr(files, "__file__", str(package / "schema" / "files.py"))

    assert files.folder() == package / "_schemas"


def test_files_are_written_alike():
    """Two spaces, no escapes, a line end at the end: a change shows as what it is."""
    for name, schema in SCHEMAS.items():
        text = (files.folder() / name).read_text("utf-8")

        assert text == json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
