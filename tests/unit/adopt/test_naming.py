"""Live names to names of documents."""

import pytest

from cubec.adopt.naming import Names, sanitised, shared
from cubec.name import LONGEST, is_name


@pytest.mark.parametrize(
    ("live", "name"),
    [
        ("dev1", "dev1"),
        ("Arena:Bob@example.com", "arena-bob-example-com"),
        ("--x--y--", "x-y"),
        ("7days", "x-7days"),
        ("李雷", "x"),
        ("", "x"),
        ("a" * 60, "a" * LONGEST),
        ("a" * 39 + "-b", "a" * 39),
    ],
)
def test_every_live_name_becomes_a_name(live: str, name: str):
    """Whatever a live object is called, a document can have the name that comes of it."""
    assert sanitised(live) == name
    assert is_name(name)


def test_no_name_is_given_twice():
    """Later wishes take the next wish, or a number."""
    names = Names(["owner"])

    assert [names.give("a", "b"), names.give("a", "b"), names.give("a", "b"), names.give("a", "b")] == [
        "a",
        "b",
        "b-2",
        "b-3",
    ]
    assert names.give("owner") == "owner-2"
    assert len(Names(["a" * LONGEST]).give("a" * LONGEST)) == LONGEST


@pytest.mark.parametrize(
    ("names", "begin"),
    [(["a-b-c", "a-b-d"], "a-b"), (["a", "b"], ""), (["ab-c", "ab-c"], "ab-c"), (["abc-d", "abd-d"], "")],
)
def test_what_names_share(names: list[str], begin: str):
    """Words are compared, never parts of words."""
    assert shared(names) == begin
