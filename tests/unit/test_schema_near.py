"""Words that were meant to be others."""

import pytest

from cubec.near import near_miss

FIELDS = ("cpu", "memory", "ephemeralStorage", "gpu", "storage", "claims", "pods")


@pytest.mark.parametrize(
    ("word", "candidates", "meant"),
    [
        ("memroy", FIELDS, "memory"),
        ("Memory", FIELDS, "memory"),
        ("ephemeral-storage", FIELDS, "ephemeralStorage"),
        ("mem", FIELDS, "memory"),
        ("pod", FIELDS, "pods"),
        ("bbo", ("bob", "tom"), "bob"),
        ("bobb", ("bob", "tom"), "bob"),
        ("gpu-t44", ("gpu-t4", "gpu-v100"), "gpu-t4"),
        ("gpu-t5", ("gpu-t6", "gpu-t4"), "gpu-t4"),
    ],
)
def test_a_typing_error_is_recognised(word: str, candidates: tuple[str, ...], meant: str):
    """Swapped, missing, doubled and replaced letters, other separators, the beginning of a word."""
    assert near_miss(word, candidates) == meant
    assert near_miss(word, reversed(candidates)) == meant


@pytest.mark.parametrize(
    ("word", "candidates"),
    [("gpu", ("cpu", "memory")), ("users", FIELDS), ("", FIELDS), ("x", ()), ("bob", ("bob",)), ("s", ("storage",))],
)
def test_another_word_is_not_guessed(word: str, candidates: tuple[str, ...]):
    """A wrong guess is worse than none."""
    assert near_miss(word, candidates) is None


def test_candidates_may_be_read_only_once():
    """A generator of names does as well as a list."""
    assert near_miss("mem", iter(FIELDS)) == "memory"


def test_ten_thousand_candidates_are_searched_quickly():
    """A platform may have that many users, and a wrong member is still only one message."""
    assert near_miss("user-77777", [f"user-{number:05}" for number in range(10_000)]) == "user-07777"
