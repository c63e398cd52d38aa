"""What holds for every input that anybody, or a generator, can think of."""

import json
import re
from typing import Any, ClassVar

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cubec.source.builder import MAX_DIAGNOSTICS
from cubec.source.document import Document
from cubec.source.quoting import HIDDEN, TEMPLATE
from cubec.source.rules import RULES
from cubec.source.yaml import load

pytestmark = pytest.mark.no_cover  # measuring doubles its time, and other tests reach the same lines
CODES = {rule.code for rule in RULES}
PIECES = [
    *(
        "a",
        "b",
        "key",
        "no",
        "010",
        "1",
        "1.5",
        "12:30",
        "~",
        "true",
        "2026-11-22",
        "é",
        "値",
        "\u2028",
        "\u00a0",
        "1e3",
    ),
    *(
        ":",
        ": ",
        "- ",
        "-",
        "? ",
        ",",
        "[",
        "]",
        "{",
        "}",
        "\n",
        "\n  ",
        "\n    ",
        "\n\t",
        " ",
        "\t",
        "\r\n",
        "\r",
        "{{",
        "${",
    ),
    *('"', "'", "|", ">", "|-", "#", " # ", "&a ", "*a", "!", "!!str ", "<<", "%", "%TAG ! x", "@", "`", "\\", "\\x7b"),
    *("---\n", "...\n", "password: ", "\0", "\ufeff", "=", ".inf", "0o7", "1_000", "0x1F", "+1", "-1", ".5", "9" * 30),
]


class CoreLoader(yaml.CSafeLoader):
    """PyYAML with the schema of YAML 1.2; it knows neither places nor duplicates."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}


class OldLoader(yaml.CSafeLoader):
    """PyYAML as most programs use it, dates aside: YAML 1.1."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {
        first: [(tag, regexp) for tag, regexp in resolvers if not tag.endswith("timestamp")]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }


CoreLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), None)
CoreLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:[Tt]rue|TRUE|[Ff]alse|FALSE)$"), None)
CoreLoader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^(?:[-+]?[0-9]+|0x[0-9a-fA-F]+)$"), None)
CoreLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$"), None
)


def usable(text: str) -> bool:
    return not HIDDEN.search(text) and not TEMPLATE.search(text) and "\r" not in text


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20).filter(usable)
numbers = st.integers(1 - 2**63, 2**63 - 1) | st.decimals(-(10**6), 10**6, places=3).map(float)
scalars = st.none() | st.booleans() | numbers | texts
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=20
)
yaml_like = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


def as_json(value: Any, **options: Any) -> str:
    """JSON is YAML, where letters stand for themselves and line ends in texts are escapes."""
    text = json.dumps(value, ensure_ascii=False, **options)
    return text.replace("\x7f", "\\x7f")


def same(one: Any, other: Any) -> bool:
    """Equal, with the same types: True is not 1, 1 is not 1.0."""
    return json.dumps(one, sort_keys=False) == json.dumps(other, sort_keys=False)


def leaves(value: Any, pointer: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], Any]]:
    if isinstance(value, dict):
        return [leaf for key, item in value.items() for leaf in leaves(item, (*pointer, key))]
    if isinstance(value, list):
        return [leaf for number, item in enumerate(value) for leaf in leaves(item, (*pointer, number))]
    return [(pointer, value)]


def judge(data: bytes) -> Document | None:
    """Load, and check what every result has to keep."""
    document, found = load("a.yaml", data)
    lines = data.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    assert document is not None or found
    assert len(found) <= 3 * MAX_DIAGNOSTICS
    for diagnostic in found:
        assert diagnostic.code in CODES
        assert diagnostic.hint
        assert diagnostic.message.isprintable()
        assert diagnostic.hint.isprintable()
        assert not diagnostic.message.endswith(".")
        assert 1 <= diagnostic.position.line <= len(lines)
        assert 1 <= diagnostic.position.column <= max(len(line) for line in lines) + 1
    return None if found else document


@settings(max_examples=500, deadline=10_000)
@given(st.binary(max_size=200))
@example(b"\xef\xbb\xbf")
@example(b"\xff\xfe")
def test_arbitrary_bytes_never_raise(data: bytes):
    """There is a document or a reason why not, for anything."""
    judge(data)


@settings(max_examples=1000, deadline=10_000)
@given(yaml_like)
def test_arbitrary_grammar_never_raises(text: str):
    """Neither for what looks much like YAML."""
    judge(text.encode())


@settings(max_examples=1000, deadline=10_000)
@given(yaml_like)
def test_accepted_text_means_the_same_to_old_and_new_readers(text: str):
    """Where nothing is reported, YAML 1.1 and 1.2 readers agree with the loader."""
    document = judge(text.encode())
    if document is not None:
        assert same(document.value, yaml.load(text, CoreLoader))
        assert same(document.value, yaml.load(text, OldLoader))


@settings(max_examples=1500, deadline=10_000)
@given(st.from_regex(r"[-+]?[0-9.][0-9a-fA-Fox_.:+-]{0,8}", fullmatch=True))
@example("0x1F")
@example("1_000")
@example("0.1.2")
def test_accepted_numbers_mean_the_same_to_old_and_new_readers(scalar: str):
    """Every way to write a number is taken by both in one way, or refused."""
    text = f"a: {scalar}\n"
    document = judge(text.encode())
    if document is not None:
        assert same(document.value, yaml.load(text, CoreLoader))
        assert same(document.value, yaml.load(text, OldLoader))


@settings(max_examples=500, deadline=10_000)
@given(values, st.sampled_from([None, 1, 2]))
def test_values_written_as_json_come_back(value: Any, indent: int | None):
    """Same value, same types, same order, and no complaint."""
    document, found = load("a.yaml", as_json(value, indent=indent).encode())

    if value is None:
        assert [d.code for d in found] == ["empty-file"]
    else:
        assert not found
        assert document is not None
        assert same(document.value, value)


@settings(max_examples=500, deadline=10_000)
@given(values, st.sampled_from([None, 2]))
def test_every_mark_points_at_its_text(value: Any, indent: int | None):
    """What stands at the place of a value is that value; what stands at a key's place is that key."""
    text = as_json(value, indent=indent)
    document, _ = load("a.yaml", text.encode())
    lines = text.split("\n")
    for pointer, leaf in leaves(value) if document is not None else []:
        if leaf in ({}, []):
            continue
        position = document.at(*pointer)
        assert lines[position.line - 1][position.column - 1 :].startswith(as_json(leaf))
        if pointer and isinstance(pointer[-1], str):
            position = document.key(*pointer)
            assert lines[position.line - 1][position.column - 1 :].startswith(as_json(pointer[-1]))


@settings(max_examples=300, deadline=10_000)
@given(st.dictionaries(texts.filter(bool), scalars, min_size=1, max_size=6))
def test_block_style_comes_back_too(value: dict[str, Any]):
    """One line for each key, as people write them."""
    text = "".join(f"{as_json(key)}: {as_json(item)}\n" for key, item in value.items())
    document, found = load("a.yaml", text.encode())

    assert not found
    assert document is not None
    assert same(document.value, value)
    for number, key in enumerate(value, 1):
        assert (document.key(key).line, document.key(key).column) == (number, 1)
        assert (document.at(key).line, document.at(key).column) == (number, len(as_json(key)) + 3)
