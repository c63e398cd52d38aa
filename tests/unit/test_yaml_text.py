"""The one YAML spelling of what leaves the compiler, read back by readers of every persuasion."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cubec import yaml_text
from cubec.yaml_text import Shared, SharedItems

# Strings that some reader takes for something else when nothing is around them: numbers of YAML 1.1 and 1.2, dates, base 60,
# booleans, nulls, indicators, and what only a decoder finds.
WORDS = """
1e3 12e4567 1E5 0o10 010 0x1F 0b1 1_000 12:30 190:20:30 1.5 .5 5. -1 +1 .inf -.INF .nan inf nan Infinity 0 00 1. 1e e1 0x 08
1__0 685230.15 y Y n N yes No ON off true True TRUE false null Null NULL ~ 2026-11-22 2026-11-22T10:00:00Z = << - -- --- ... ? : #
a: a#b #a -a :a ?a {a} [a] a] } , &a *a !a | > |- 'a' "a" it's a\\b \\ %a @a `a` $(A) ${A} 000123 deadbeef 1234567 7e12345 1.2.3 v1
500m 1Gi 1G 1k 1m 60Gi 0m 1Ei 1E 1e3Gi 1h0m0s 10.0.0.0/16 ::1 fd00::/8 a/b /a _a None none nil undefined NaN on: y: True. TRUE1
é 李雷 e\u0301 \U0001f600 \ufffe \uffff \U0010ffff \u200b \u202e \ufeff \ufeffa
"""
SPACED = [
    "",
    "a: b",
    "a :b",
    "a #b",
    "- a",
    "? a",
    "a, b",
    "!!int 1",
    'say "x"',
    "{{ .a | b }}",
    "2001-12-14 21:59:43.10 -5",
    "yes ",
    " a",
    "a ",
    "  ",
    "\ta",
    "a\tb",
    "a\n",
    "a\nb",
    "\na",
    "a\n\n",
    "\n",
    "a\n b",
    " a\nb",
    "a \nb",
    "a\n---\nb",
    "a\r\nb",
    "\r",
    "1e3\n",
    "\u00a0",
    "a\u00a0",
    "\u2028",
    "a\u2029b",
    "\u0085",
    "\x00",
    "\x07",
    "\x1b",
    "\x7f",
    "x" * 200 + ": " + "y",
]
HOSTILE = [*(word for word in re.split("[ \n]+", WORDS) if word), *SPACED]

# What YAML 1.2's core schema makes of a plain scalar; everything else is a string.
CORE = {
    "tag:yaml.org,2002:null": (re.compile(r"~|null|Null|NULL|"), ["~", "n", "N", ""]),
    "tag:yaml.org,2002:bool": (re.compile(r"true|True|TRUE|false|False|FALSE"), list("tTfF")),
    "tag:yaml.org,2002:int": (re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"), list("-+0123456789")),
    "tag:yaml.org,2002:float": (
        re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"),
        list("-+0123456789."),
    ),
}


class Core(yaml.SafeLoader):
    """PyYAML with the resolution of YAML 1.2 in place of its own."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}


for tag, (pattern, first) in CORE.items():
    Core.add_implicit_resolver(tag, re.compile(f"^(?:{pattern.pattern})$"), first)

characters = st.characters(exclude_categories=("Cs",))  # a lone surrogate is in no UTF-8 file
texts = st.one_of(st.sampled_from(HOSTILE), st.text(characters, max_size=30), st.text("01eE.:-_+ xoyn~\n#", max_size=8))
scalars = st.one_of(texts, st.integers(), st.booleans(), st.none())
keys = st.one_of(st.sampled_from(HOSTILE), st.text(characters, max_size=20))


def values(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    mapping = st.dictionaries(keys, inner, max_size=4)
    flat = st.one_of(scalars, mapping)
    return st.one_of(mapping, st.lists(flat, max_size=4))


objects = st.dictionaries(keys, st.recursive(scalars, values, max_leaves=12), min_size=1, max_size=5).filter(
    lambda value: not nested(value)
)


def nested(value: Any) -> bool:
    """Whether a list stands right in a list: nothing in Kubernetes that is emitted is like that."""
    if isinstance(value, dict):
        return any(map(nested, value.values()))
    return isinstance(value, list) and any(nested(item) or (isinstance(item, list) and bool(item)) for item in value)


def read(loader: type, text: str) -> Any:
    return yaml.load(text, Loader=loader)


@pytest.mark.parametrize("loader", [yaml.SafeLoader, yaml.CSafeLoader, Core])
@settings(deadline=None)
@given(value=objects)
def test_every_reader_reads_the_same(loader: type, value: dict[str, Any]):
    """What was meant comes back, with the same types, from readers of YAML 1.1 and of YAML 1.2."""
    back = read(loader, yaml_text.document(value))

    assert back == value
    assert json.dumps(back) == json.dumps(value)  # the order of keys too, and 1 is not true


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_strings_stay_strings(text: str):
    """As a value, as a key and as an item, in both versions of YAML."""
    document = yaml_text.document({"value": text, "items": [text, {text: text}], text: {"a": text}})

    for loader in (yaml.SafeLoader, yaml.CSafeLoader, Core):
        assert read(loader, document) == {"value": text, "items": [text, {text: text}], text: {"a": text}}


@pytest.mark.parametrize("text", HOSTILE)
def test_a_scalar_is_one_line_of_printable_text(text: str):
    """Nothing hidden is in a file that people review: what cannot be seen is escaped."""
    written = yaml_text.scalar(text)

    assert "\n" not in written
    assert written.isprintable()


@pytest.mark.parametrize(
    "text", ["dev1", "a.b/c", "cubec:viewer", "60Gi", "500m", "/data", "nas-1.example.com:/a", "a=b", "Prune"]
)
def test_plain_words_stay_plain(text: str):
    """What nobody can mistake is easier to read without quotes."""
    assert yaml_text.scalar(text) == text


def test_go_reads_strings(tmp_path: Path):
    """Kubernetes' own reader, kubectl, takes every hostile string for a string, key and value."""
    kubectl = shutil.which("kubectl", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert kubectl, "kubectl comes with the test requirements"
    data = {f"key-{n}": text for n, text in enumerate(HOSTILE)}
    odd = dict.fromkeys(HOSTILE, "x")
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "annotations": odd}, "data": data}
    (tmp_path / "a.yaml").write_text(yaml_text.document(config), encoding="utf-8")
    command = [kubectl, "label", "--local", "--dry-run=client", "-o", "json", "-f", "a.yaml", "seen=yes"]
    environment = {**os.environ, "KUBECONFIG": str(tmp_path / "none")}
    done = subprocess.run(command, capture_output=True, check=False, cwd=tmp_path, env=environment)
    assert done.returncode == 0, done.stderr
    back = json.loads(done.stdout)

    assert back["data"] == data
    assert back["metadata"]["annotations"] == odd


def test_long_texts_are_blocks():
    """A text of several lines is shown as such, wherever it stands."""
    written = yaml_text.document({"a": "one\ntwo\n", "b": [{"c": "x\n  y\n\nz"}], "d": ["p\nq"]})

    assert written == ("a: |\n  one\n  two\nb:\n  - c: |-\n      x\n        y\n\n      z\nd:\n  - |-\n    p\n    q\n")


@pytest.mark.parametrize("text", ["a \nb", "a\n\n", "\na", " a\nb", "a\tb\nc", "a\r\nb", "a\u2028b\nc", "a\n\x00"])
def test_what_a_block_cannot_hold_is_quoted(text: str):
    """Spaces at line ends, leading spaces and hidden characters survive only in quotes."""
    assert yaml_text.document({"a": text}).startswith('a: "')


def test_empty_values_are_written_out():
    """Nothing is left for a reader to guess."""
    assert yaml_text.document({"a": {}, "b": [], "c": "", "d": None, "e": [{}, [], ""]}) == (
        'a: {}\nb: []\nc: ""\nd: null\ne:\n  - {}\n  - []\n  - ""\n'
    )


def test_shared_parts_are_written_as_any_other():
    """What is made once for many documents has the same text as a plain value, empty parts too."""
    parts = {"a": {"b": ["c", {"d": 1}]}, "e": [{"f": {}}, "g"], "h": {}, "i": []}
    shared = {key: Shared(part) if isinstance(part, dict) else SharedItems(part) for key, part in parts.items()}

    for _ in range(2):
        assert yaml_text.document({"x": [shared]}) == yaml_text.document({"x": [parts]})
    assert yaml_text.document(Shared(parts)) == yaml_text.document(parts)


@pytest.mark.parametrize("value", [1.5, b"a", {"b"}, 1j, object()])
def test_what_has_no_place_is_refused(value: Any):
    """A float, bytes or an object in a manifest is a bug, not something to spell somehow."""
    with pytest.raises(TypeError, match="no place in a Kubernetes object"):
        yaml_text.document({"a": value})


def test_lists_in_lists_are_refused():
    """Nothing that is emitted nests lists, so the short writer need not."""
    with pytest.raises(TypeError, match="nests lists"):
        yaml_text.document({"a": [["b"]]})


@settings(deadline=None)
@given(items=st.lists(objects, min_size=1, max_size=3))
def test_documents_stay_apart(items: list[dict[str, Any]]):
    """Several objects in one file come back one by one."""
    assert list(yaml.load_all("---\n".join(map(yaml_text.document, items)), Loader=yaml.CSafeLoader)) == items


@settings(deadline=None)
@given(value=objects)
def test_the_text_is_always_the_same(value: dict[str, Any]):
    """The same value gives the same bytes, and equal but separate parts are never written as references."""
    shared = {"a": value, "b": value}

    assert yaml_text.document(shared) == yaml_text.document(json.loads(json.dumps(shared)))


def shared(value: Any) -> Any:
    """The same value with every mapping in it made a shared one."""
    if isinstance(value, dict):
        return yaml_text.Shared({key: shared(item) for key, item in value.items()})
    return [shared(item) for item in value] if isinstance(value, list) else value


@settings(deadline=None)
@given(value=objects)
def test_shared_parts_read_like_others(value: dict[str, Any]):
    """A part whose text is kept is written as any other, at every depth, each time."""
    part = shared(value)
    whole = {"a": part, "b": {"c": part, "d": [part, {"e": part}]}, "f": part}

    assert yaml_text.document(whole) == yaml_text.document(json.loads(json.dumps(whole)))
