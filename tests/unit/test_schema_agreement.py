"""The fast validator decides and the slow one explains: they must never differ, whatever the document."""

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cubec.schema import check, files, verdict
from cubec.schema.explain import explain, oracle, unexplained
from cubec.source.document import Document, Pointer

KINDS = [name for name in files.kinds().values() if name != files.LIST]
ODD = (
    None,
    "",
    "x",
    "X_1",
    "dev1\n",
    "a--b",
    "é",
    0,
    -1,
    5,
    2**40,
    1.5,
    2.0,
    True,
    False,
    [],
    {},
    ["x", "x"],
    [None],
    {"x": 1},
    "2026-02-30",
    "10%",
    "{{ x }}",
)
MUTATIONS = 60  # of each kind: 480 documents


def pointers(value: Any, pointer: Pointer = ()) -> Iterator[Pointer]:
    """Every place in a value."""
    yield pointer
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in entries:
        yield from pointers(child, (*pointer, key))


def mutate(document: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Put something odd into one place, or take that place away, or add a field beside it."""
    changed = copy.deepcopy(document)
    *parent, last = chance.choice([pointer for pointer in pointers(changed) if len(pointer) > 1])
    holder = changed
    for step in parent:
        holder = holder[step]
    match chance.randrange(3):
        case 0:
            holder[last] = chance.choice(ODD)
        case 1:
            del holder[last]
        case _ if isinstance(holder, dict):
            holder[chance.choice(("gpu", "name", "mode", "groups", "password", "x"))] = chance.choice(ODD)
        case _:
            holder.append(chance.choice(ODD))
    return changed


def full(file: str) -> dict[str, Any]:
    """A document with every field of its kind that has an example, valid or not."""
    document = copy.deepcopy(files.load()[file]["examples"][0])
    spec = files.load()[file]["properties"]["spec"]
    document["spec"] = {name: files.follow(child)["examples"][0] for name, child in spec["properties"].items()}
    return document


def mutants(file: str) -> Iterator[dict[str, Any]]:
    chance = random.Random(file)
    for number in range(MUTATIONS):
        yield mutate(full(file) if number % 2 else files.load()[file]["examples"][0], chance)


@pytest.mark.parametrize("file", KINDS)
def test_both_validators_agree_on_mutated_documents(file: str):
    """Sixty documents of each kind with one odd value each; whole floats aside, which only the slow one refuses."""
    for document in mutants(file):
        strict = not any(oracle(file).iter_errors(document))
        whole_floats = verdict._holds_whole_float(document)

        assert verdict.is_valid(file, document) == strict or (whole_floats and not strict), document


@pytest.mark.parametrize("file", KINDS)
def test_every_refusal_is_explained_in_plain_words(file: str):
    """Each invalid document gets a message that stays clear of the words of JSON Schema, and a hint."""
    jargon = (
        "instance",
        "pattern",
        "additionalProp",
        "oneOf",
        "anyOf",
        "schema ",
        "$ref",
        "regex",
        "const",
        "enum ",
        "null",
    )
    for value in mutants(file):
        document = Document("tenants/x.yaml", value, 1)
        valid, found = check([document])

        assert bool(valid) != bool(found)
        assert unexplained(document) not in found
        for diagnostic in found:
            words = f"{diagnostic.message}; {diagnostic.hint}"
            assert diagnostic.hint
            assert not diagnostic.message.endswith(".")
            assert diagnostic.message[0] == '"' or diagnostic.message[0] in "[{-" or not diagnostic.message[0].isupper()
            assert [word for word in jargon if word in words.replace('"null"', "")] == [], words


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8) | st.sampled_from(["kind", "spec", "gid", "quota"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(PLAIN, st.sampled_from(list(files.kinds())))
def test_no_value_breaks_the_check(spec: Any, kind: str):
    """Whatever stands in a file: it is valid, or it has a diagnostic with a place."""
    value = {"apiVersion": "cubec.io/v1", "kind": kind, "metadata": {"name": "x"}, "spec": spec}
    document = Document("tenants/x.yaml", value, 1)
    valid, found = check([document])

    assert bool(valid) != bool(found)


def test_values_that_json_does_not_know_are_refused():
    """The loader makes none of these; were one to come, it would not be let through."""
    for odd in (float("nan"), float("inf"), 2**200, b"x", {1: 2}, {None: 1}):
        value = {
            "apiVersion": "cubec.io/v1",
            "kind": "User",
            "metadata": {"name": "x"},
            "spec": {"uid": 20001, "displayName": odd},
        }

        assert check([Document("tenants/x.yaml", value, 1)])[0] == []


def test_a_difference_between_the_validators_is_an_error(monkeypatch: pytest.MonkeyPatch):
    """A document that only the fast validator refuses is refused, if with few words."""
    document = Document("tenants/x.yaml", files.load()["user.json"]["examples"][0], 1)
    monkeypatch.setattr(verdict, "is_valid", lambda *_: False)
    valid, (found,) = check([document])

    assert valid == []
    assert explain(document, "user.json") == []
    assert found.message == "the document does not have the form of its kind"


def test_valid_documents_keep_their_order():
    """What comes out is what went in, in the same order and the same objects."""
    documents = [Document(f"{n}.yaml", files.load()[file]["examples"][0], 1) for n, file in enumerate(KINDS)]

    assert check([*documents, Document("x.yaml", None, 1)])[0] == documents
