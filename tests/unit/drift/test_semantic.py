"""What an object says that its live counterpart does not, without a server to ask."""

import pytest

from cubec.drift.semantic import lacking


@pytest.mark.parametrize(
    ("wanted", "live"),
    [
        ({"cpu": "1"}, {"cpu": "1000m"}),
        ({"cpu": 2}, {"cpu": "2"}),
        ({"hard": {"pods": "5"}}, {"hard": {"pods": "5", "secrets": "9"}, "more": 1}),
        ({"verbs": ["get", "list"]}, {"verbs": ["list", "get"]}),
        ({"ports": []}, {}),
        ({"text": ""}, {"text": None}),
        ({"list": [{"name": "a", "x": 1}, {"name": "b"}]}, {"list": [{"name": "b"}, {"name": "a", "x": 1, "y": 2}]}),
        ({"list": [{"x": 1}]}, {"list": [{"x": 1, "y": 2}]}),
    ],
)
def test_the_same(wanted, live):
    """Other spellings of amounts, what the server added, and orders that say nothing are no difference."""
    assert list(lacking(wanted, live)) == []


@pytest.mark.parametrize(
    ("wanted", "live", "path"),
    [
        ({"cpu": "1"}, {"cpu": "1001m"}, ("cpu",)),
        ({"labels": {"a": "1"}}, {"labels": {"a": "1000m"}}, ("labels", "a")),
        ({"data": {"a": "1"}}, {"data": {"a": "1000m"}}, ("data", "a")),
        ({"flag": False}, {"flag": 0.5}, ("flag",)),
        ({"flag": True}, {"flag": "1"}, ("flag",)),
        ({"flag": False}, {}, ("flag",)),
        ({"verbs": ["get"]}, {"verbs": ["get", "delete"]}, ("verbs",)),
        ({"args": ["a", "b"]}, {"args": ["b", "a"]}, ("args",)),
        ({"list": [{"name": "a", "x": 1}]}, {"list": [{"name": "a", "x": 2}]}, ("list", "a", "x")),
        ({"list": [{"name": "a"}]}, {"list": [{"name": "a"}, {"name": "b"}]}, ("list",)),
        ({"list": [{"x": 1}]}, {"list": [{"x": 2}]}, ("list", 0, "x")),
        ({"list": [{"name": "a"}, {"name": "a"}]}, {"list": [{"name": "a"}]}, ("list",)),
        ({"one": {"two": "x"}}, {"one": "x"}, ("one",)),
        ({"word": "abc"}, {"word": "abd"}, ("word",)),
    ],
)
def test_another(wanted, live, path):
    """Whatever is written and live otherwise, or not at all, is told with its path."""
    assert [field.path for field in lacking(wanted, live)] == [path]
