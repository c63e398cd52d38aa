"""What an object says that its live counterpart does not, without a server to ask."""

import pytest

from cubec.drift import drift
from cubec.drift.semantic import lacking
from cubec.plan.objects import Identity, Placed
from cubec.report import drift as report


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


def test_secrets_and_ciphertext():
    """Of a Secret labels and annotations alone are compared; sealed values are told to differ, and never shown."""
    metadata = {"name": "x", "namespace": "n", "labels": {"app.kubernetes.io/managed-by": "cubec"}}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": {"k": "ENC"}, "sops": {}}
    sealed = {"kind": "SealedSecret", "metadata": metadata, "spec": {"encryptedData": {"k": "ours"}}}
    names = {kind: Identity("c", "v1", kind, "n", "x") for kind in ("Secret", "SealedSecret")}

    def never(*_):
        raise AssertionError("nothing is applied")

    def judged(kind, wanted, live, rehearse=never):
        placed = {names[kind]: Placed(wanted, "file")}
        return list(drift.of_kind(placed, {names[kind]: live}, rehearse, manager="cubec"))

    same = judged("Secret", secret, {"metadata": metadata})
    rehearsed = drift.Rehearsed(sealed)
    other = sealed | {"spec": {"encryptedData": {"k": "theirs"}}}
    (found,) = judged("SealedSecret", sealed, other, lambda *_: rehearsed)

    assert same == []
    assert [(field.path, field.sealed) for field in found.fields] == [(("spec", "encryptedData", "k"), True)]
    text = report.text(drift.Drift("c", "s", 1, (found,)), (), colour=True)
    assert "theirs" not in text
    assert "theirs" not in report.as_json(drift.Drift("c", "s", 1, (found,)), ())
    assert "other ciphertext" in text
