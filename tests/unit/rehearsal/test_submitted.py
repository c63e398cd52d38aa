"""Submitted files: the usual diagnostics at their places in that file, several documents, and nothing that a later step trips over."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.rehearsal.rehearsing import everything, model

from cubec.diagnostics import Diagnostic
from cubec.rehearsal import submitted
from cubec.rehearsal.submitted import MAX_DOCUMENTS, Submitted
from cubec.source.characters import MAX_BYTES

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: one}
spec:
  containers:
    - {name: main, image: x}
"""
TWO = "# first\n" + POD + "---\n# nothing here\n---\n" + POD.replace("one", "two") + "...\n"


def read(text: str, *namespaces: str) -> tuple[tuple[Submitted, ...], list[Diagnostic]]:
    return submitted.read("job.yaml", text.encode(), namespaces or ("dev1",))


def test_several_documents():
    """Each document is an object with its own place in the file; a part that holds comments alone is none."""
    found, problems = read(TWO)

    assert problems == []
    assert [(item.name, item.document.at().line) for item in found] == [("one", 2), ("two", 11)]


def test_a_marker_inside_a_text_is_text():
    """What is indented is no marker of a document."""
    text = (
        POD + "  # ---\n" + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  a: |\n    ---\n    b\n"
    )

    found, problems = read(text)

    assert problems == []
    assert found[1].value["data"]["a"] == "---\nb\n"


def test_a_list_is_taken_apart():
    """The items of a List are objects."""
    items = "".join(f"  - {{apiVersion: v1, kind: ConfigMap, metadata: {{name: {name}}}}}\n" for name in "ab")
    found, problems = read(f"apiVersion: v1\nkind: List\nitems:\n{items}")

    assert problems == []
    assert [item.name for item in found] == ["a", "b"]


def test_the_namespace():
    """An object without one goes to the first; the group's others may be named, and nobody else's."""
    other = POD.replace("{name: one}", "{name: one, namespace: dev1-b}")

    assert [item.namespace for item in read(f"{POD}---\n{other}", "dev1-a", "dev1-b")[0]] == ["dev1-a", "dev1-b"]
    (problem,) = read(other, "dev1-a")[1]
    assert problem.code == "foreign-object"
    assert (problem.position.line, problem.position.column) == (3, 34)
    assert problem.hint == "leave it out, or write dev1-a"


def test_generated_names():
    """A name may be left to the API server."""
    (found,), problems = read(POD.replace("name: one", "generateName: one-"))

    assert problems == []
    assert found.name == "one-…"


def test_the_group_of_an_object():
    """Kubernetes' first objects are of no group."""
    job = POD.replace("apiVersion: v1", "apiVersion: batch/v1").replace("Pod", "Job")

    assert [(item.api_group, item.version) for text in (POD, job) for item in read(text)[0]] == [
        ("", "v1"),
        ("batch", "v1"),
    ]


@pytest.mark.parametrize(
    ("text", "code", "line", "words"),
    [
        ("", "empty-file", 1, "no document"),
        ("# only this\n---\n", "empty-file", 1, "no document"),
        ("- a\n", "not-an-object", 1, "no Kubernetes object"),
        ("password: hunter2\n", "not-an-object", 1, "no Kubernetes object"),
        ("apiVersion: v1\nkind: Pod\n", "not-an-object", 1, "no name"),
        ("apiVersion: v1\nkind: Pod\nmetadata: {labels: {a: b}}\n", "not-an-object", 3, "no name"),
        ("apiVersion: v1\nkind: Pod\nmetadata: x\n", "object-shape", 3, "metadata must be a mapping"),
        (f"{POD}---\n{POD}  nodeSelector: gpu\n", "object-shape", 14, "spec.nodeSelector must be a mapping"),
        (f"{POD}  tolerations: {{}}\n", "object-shape", 7, "spec.tolerations must be a list"),
        (f"{POD}  tolerations: [null]\n", "object-shape", 7, "spec.tolerations.0 must be an entry"),
        (f"{POD}  priority: true\n", "object-shape", 7, "spec.priority must be a whole number"),
        (f"{POD}  hostNetwork: 1\n", "object-shape", 7, "spec.hostNetwork must be true or false"),
        (
            f"{POD}  volumes: [{{name: a, hostPath: [a]}}]\n",
            "object-shape",
            7,
            "spec.volumes.0.hostPath must be a mapping",
        ),
        (f"{POD}  overhead: {{cpu: [1]}}\n", "object-shape", 7, "spec.overhead.cpu must be an amount"),
        (f"{POD}  overhead: {{cpu: 1GB}}\n", "bad-quantity", 7, '"1GB"'),
        (f"{POD}  overhead: {{cpu: -1}}\n", "bad-quantity", 7, "negative"),
        (f"{POD}  hostname: no\n", "ambiguous-scalar", 7, "no"),
        (f"{POD}---\n{POD}  a: *b\n", "alias-forbidden", 14, "*b"),
        (f"{POD}  a: [\n", "yaml-syntax", 7, ""),
    ],
)
def test_problems(text: str, code: str, line: int, words: str):
    """What is wrong is said at its place in the file, in the words of the loader where it is the loader's."""
    found, problems = read(text)

    assert [item.code for item in problems] == [code]
    assert problems[0].position.path == "job.yaml"
    assert problems[0].position.line == line
    assert words in problems[0].message
    assert len(found) == text.count("---\napi")


def test_what_may_be_a_secret_is_not_shown():
    """A document that is no object, and a field that is called like a secret, are not excerpted."""
    labels = POD.replace("{name: one}", "{name: one, annotations: {token: [hunter2]}}")

    assert [problem.excerpt for text in ("password: hunter2\n", labels) for problem in read(text)[1]] == [False, False]


def test_variables_of_kubernetes_are_no_templates():
    """$(NAME) in arguments is what Kubernetes itself replaces; a tenant's file could not hold it."""
    assert read(POD.replace("image: x", 'image: x, args: ["$(HOME)", "${HOME}"]'))[1] == []


def test_size_and_number_are_bounded():
    """A file that is too large, or holds too many documents, is refused before it costs anything."""
    assert [item.code for item in read("#" * (MAX_BYTES + 1))[1]] == ["input-too-large"]
    assert [item.code for item in read("---\nkind: a\n" * (MAX_DOCUMENTS + 1))[1]] == ["multi-document"]
    assert [item.code for item in read("---\n" * 200_000)[1]] == ["multi-document"]


LEAVES: Any = (
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "x", "1", "1Gi", "Always", "Exists"])
)
FIELDS = st.sampled_from(
    [
        *("name", "image", "resources", "limits", "requests", "securityContext", "capabilities", "add", "runAsUser"),
        *("ports", "hostPort", "restartPolicy", "key", "operator", "value", "cpu", "nvidia.com/gpu", "type"),
        *("tolerations", "nodeSelector", "volumes", "persistentVolumeClaim", "claimName", "hostPath", "overhead"),
        *(
            "livenessProbe",
            "httpGet",
            "host",
            "serviceAccountName",
            "priorityClassName",
            "initContainers",
            "containers",
        ),
    ]
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=4), max_leaves=12
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(FIELDS, VALUES, max_size=6))
def test_no_pod_is_too_strange(spec: dict[str, Any]):
    """Whatever stands in a pod is reported or rehearsed; nothing raises."""
    value = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": {"containers": [], **spec}}
    data = json.dumps(value).encode()

    if not submitted.read("job.yaml", data, ("dev1",))[1]:
        assert everything(model("admission"), data).objects
