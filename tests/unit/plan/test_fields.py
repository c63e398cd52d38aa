"""Which fields of two values differ."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cubec.plan.fields import ABSENT, FieldChange, differences

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(("", "a")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("name", "a", "b")), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, [FieldChange(("a",), 1, 2)]),
        ({"a": {"b": 1}}, {"a": {}}, [FieldChange(("a", "b"), 1, ABSENT)]),
        ({}, {"a": None}, [FieldChange(("a",), ABSENT, None)]),
        ([1, 2], [2, 1], [FieldChange((), [1, 2], [2, 1])]),
        ([{"x": 1}], [{"x": 2}], [FieldChange((0, "x"), 1, 2)]),
        ([{"x": 1}], [{"x": 1}, {"x": 2}], [FieldChange((), [{"x": 1}], [{"x": 1}, {"x": 2}])]),
        ([{"name": "a", "x": 1}], [{"name": "b"}, {"name": "a", "x": 2}], None),
        ([{"name": "a"}, {"name": "b"}], [{"name": "b"}, {"name": "a"}], [FieldChange((), ["a", "b"], ["b", "a"])]),
        ([{"name": "a"}, {"name": "a", "x": 1}], [{"name": "a"}, {"name": "a"}], [FieldChange((1, "x"), 1, ABSENT)]),
    ],
)
def test_differences(before: Any, after: Any, expected: list[FieldChange] | None):
    """The smallest fields are told; entries of a list are known by their names, or by their places."""
    named = [FieldChange(("a", "x"), 1, 2), FieldChange(("b",), ABSENT, {"name": "b"})]

    assert list(differences(before, after)) == (named if expected is None else expected)


@given(VALUES, VALUES)
def test_there_is_a_difference_where_values_differ(before: Any, after: Any):
    """Nothing differs in silence, and nothing that is equal is told; each side of a difference is really another."""
    found = list(differences(before, after))

    assert bool(found) == (before != after)
    assert all(field.before is ABSENT or field.after is ABSENT or field.before != field.after for field in found)


def test_absent_says_what_it_is():
    """In a failing test the marker can be read."""
    assert repr(ABSENT) == "absent"
