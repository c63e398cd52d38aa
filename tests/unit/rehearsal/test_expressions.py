"""Expressions with what Kubernetes adds to the language."""

from typing import Any

import pytest

from cubec.rehearsal import kept, patches
from cubec.rehearsal.amounts import asked
from cubec.rehearsal.expressions import ExpressionError, evaluate, right


@pytest.mark.parametrize(
    ("expression", "values", "result"),
    [
        ("quantity('2').asInteger() + 1", {}, 3),
        ("quantity('2k').asInteger()", {}, 2000),
        ("[1, 2].map(x, quantity(string(x)).asInteger()).sum()", {}, 3),
        ("object.spec.?nodeName.orValue('')", {"object": {"spec": {}}}, ""),
        ("object.?a[?'b'].hasValue()", {"object": {}}, False),
        ("'a,b'.split(',').join(' or ')", {}, "a or b"),
        ("variables.lost == 1 || true", {"variables": {}}, True),
        ("jsonpatch.escapeKey('a/b~c')", {}, "a~1b~0c"),
        (
            "[JSONPatch{op: 'add', path: '/a', value: {'k': 'JSONPatch{'}}]",
            {},
            [{"op": "add", "path": "/a", "value": {"k": "JSONPatch{"}}],
        ),
    ],
)
def test_values(expression: str, values: dict[str, Any], result: Any):
    """Each function gives what the API server's does."""
    assert evaluate(expression, values) == result


@pytest.mark.parametrize(
    "expression",
    ["quantity('1GB').asInteger() > 0", "quantity('1500m').asInteger() > 0", "variables.lost == 1", "1 +", "unknown"],
)
def test_failures(expression: str):
    """What has no value is an error of one kind, whether the text is wrong or what it speaks of."""
    with pytest.raises(ExpressionError):
        evaluate(expression, {"variables": {}})


@pytest.mark.parametrize("may", [True, False])
def test_rights(may: bool):
    """A policy may ask what the one who asks may do."""
    expression = "authorizer.group('').resource('secrets').namespace('dev1').check('get').allowed()"
    rights = [right("get", "", "secrets", "dev1" if may else "dev2")]

    assert evaluate(expression, {"authorizer": {"may": rights}}) is may


def test_patches():
    """A patch adds to maps and to lists, under escaped names, to a copy."""
    value = {"a": {"b": [1]}}
    operations = [{"op": "add", "path": "/a/b/-", "value": 2}, {"op": "add", "path": "/a/x~1y", "value": "z"}]

    assert patches.apply(value, operations) == {"a": {"b": [1, 2], "x/y": "z"}}
    assert value == {"a": {"b": [1]}}
    with pytest.raises(NotImplementedError):
        patches.apply(value, [{"op": "remove", "path": "/a"}])


def test_what_is_kept():
    """An object is kept without what is empty in it, amounts in one spelling, requests where limits are; free maps stay as they are."""
    spec = {
        "nodeName": "",
        "tolerations": [],
        "nodeSelector": {"a": "", "b": None},
        "containers": [
            {"name": "x", "resources": {"limits": {"cpu": "1000m", "x": "1GB", "y": True}}, "securityContext": {}}
        ],
    }

    assert kept.pod({"metadata": {"labels": {}}, "spec": spec}) == {
        "metadata": {},
        "spec": {
            "nodeSelector": {"a": "", "b": ""},
            "containers": [
                {
                    "name": "x",
                    "resources": {
                        "limits": {"cpu": "1", "x": "1GB", "y": True},
                        "requests": {"cpu": "1", "x": "1GB", "y": True},
                    },
                    "securityContext": {},
                }
            ],
        },
    }


def container(cpu: str, *, stays: bool = False) -> dict[str, Any]:
    return {"resources": {"requests": {"cpu": cpu}}, **({"restartPolicy": "Always"} if stays else {})}


@pytest.mark.parametrize(
    ("spec", "cpu"),
    [
        ({"containers": [container("1"), container("2")]}, "3"),
        ({"containers": [container("1")], "initContainers": [container("4"), container("2")]}, "4"),
        ({"containers": [container("1")], "initContainers": [container("2", stays=True)]}, "3"),
        ({"containers": [container("1")], "initContainers": [container("2", stays=True), container("3")]}, "5"),
        ({"containers": [container("1")], "initContainers": [container("3"), container("2", stays=True)]}, "3"),
        ({"containers": [container("1")], "overhead": {"cpu": "500m"}}, "1500m"),
        ({"containers": [container("1")], "resources": {"requests": {"cpu": "8"}}}, "8"),
    ],
)
def test_what_a_pod_asks_for(spec: dict[str, Any], cpu: str):
    """Containers side by side are added up, those before them count one after the other, and those that stay beside both."""
    assert str(asked({"spec": spec}, "requests")["cpu"]) == cpu
    assert asked({"spec": {"overhead": {"cpu": "1"}}}, "limits") == {}
