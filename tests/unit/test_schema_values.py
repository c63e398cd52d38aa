"""What people read when a value has the wrong type, form or range: the whole text of every message."""

import textwrap

import pytest

from cubec.diagnostics import Diagnostic
from cubec.schema import check
from cubec.source.yaml import load

HEAD = "apiVersion: cubec.io/v1\nkind: {}\nmetadata: {{name: dev1}}\nspec:\n"
SMALL = {  # the rest of a valid spec
    "Cluster": 'kubernetes: "1.36"\nserver: https://a\n',
    "Group": "gid: 10001\n",
    "JobTemplate": "image: a\n",
    "NodePool": "cluster: ack\nnodes: {names: [w1]}\ncapacity: {cpu: 4, memory: 30Gi}\n",
    "Platform": "",
    "Registry": "server: hub.example.com\nallGroups: true\n",
    "User": "uid: 20001\n",
    "Volume": "capacity: 1Gi\nsource: {storageClass: fast}\n",
}


def diagnose(kind: str, body: str) -> list[Diagnostic]:
    """What is wrong with a spec; ``body`` replaces the lines of the small valid one that set the same field."""
    given = {line.partition(":")[0] for line in body.splitlines()}
    rest = [line for line in SMALL[kind].splitlines() if line.partition(":")[0] not in given]
    text = HEAD.format(kind) + textwrap.indent("\n".join([body.strip(), *rest]), "  ") + "\n"
    document, problems = load("tenants/x.yaml", text.encode())
    assert document is not None
    assert problems == []
    return check([document])[1]


def said(kind: str, body: str) -> str:
    return "\n".join(f"{d.code}: {d.message}; {d.hint}" for d in diagnose(kind, body))


@pytest.mark.parametrize("kind", SMALL)
def test_the_rest_of_the_spec_is_valid(kind: str):
    """What the other tests see is theirs."""
    assert said(kind, "description: x\n" if kind != "User" else "displayName: x\n") == ""


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        ("Cluster", "kubernetes: 1.30\n", '"kubernetes" takes text, not the number 1.3; put it in quotes: "1.30"'),
        ("Cluster", "control: 'yes'\n", '"control" takes true or false, not text; write true'),
        ("Cluster", "control: maybe\n", '"control" takes true or false, not text; write true or false'),
        ("NodePool", "labels: {ssd: true}\n", '"ssd" takes text, not true; put it in quotes: "true"'),
        ("NodePool", "labels: {size: 1.5}\n", '"size" takes text, not the number 1.5; put it in quotes'),
        (
            "NodePool",
            "overcommit: {gpu: 2}\n",
            '"gpu" takes text, not the number 2; write a share: a whole number with a per cent sign (for example: 10%)',
        ),
        ("Group", "owners: alice\n", '"owners" takes a list, not text; write [alice]'),
        (
            "Group",
            "members: bob\n",
            '"members" takes a list, not text; write its entries below it, each after a "-"',
        ),
        (
            "Group",
            "members: {user: bob, role: owner}\n",
            '"members" takes a list, not fields of its own; put a "-" in front of its first field, and indent the others alike',
        ),
        (
            "Group",
            "members: [bob]\n",
            (
                'entry 1 of "members" takes fields of its own, not text; '
                'write its fields after the "-", for example: user: bob'
            ),
        ),
        (
            "Group",
            "envelope: 5\n",
            (
                '"envelope" takes fields of its own, not the number 5; '
                "write its fields below it, indented: cpu, memory, ephemeralStorage, gpu, …"
            ),
        ),
        (
            "Group",
            "network: [{mode: open}]\n",
            '"network" takes fields of its own, not a list; remove the "-" in front of its fields',
        ),
        (
            "Platform",
            "namespaceLabels: x\n",
            '"namespaceLabels" takes fields of its own, not text; write lines of "key: value" below it, indented',
        ),
        ("User", "uid: '20001'\n", '"uid" takes a whole number, not text; remove the quotes: 20001'),
        ("User", "uid: many\n", '"uid" takes a whole number, not text; write a whole number, for example: 20001'),
        ("User", "uid: 20001.0\n", '"uid" takes a whole number, not the number 20001.0; write 20001'),
        (
            "Volume",
            "capacity: [1Gi]\n",
            '"capacity" takes a number or text, not a list; write a number or text, for example: 8',
        ),
        (
            "JobTemplate",
            "env: {A: 1.5}\n",
            '"A" takes text, a whole number or true or false, not the number 1.5; put it in quotes',
        ),
    ],
)
def test_types_are_explained(kind: str, body: str, expected: str):
    """The usual causes: no quotes, no brackets, no indentation, one dash too many."""
    assert said(kind, body) == f"wrong-type: {expected}"


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        (
            "Volume",
            "grants: [{group: a, access: readwrite}]\n",
            '"readwrite" is not allowed for "access"; did you mean "read-write"?',
        ),
        (
            "Group",
            "state: gone\n",
            '"gone" is not allowed for "state"; write one of "active", "suspended" or "decommissioned"',
        ),
        (
            "Cluster",
            "capabilities: [kueu]\n",
            '"kueu" is not allowed for entry 1 of "capabilities"; did you mean "kueue"?',
        ),
        (
            "User",
            "expires: 31.12.2026\n",
            (
                '"31.12.2026" is not allowed for "expires"; '
                "write a day as year-month-day, with two digits for the month and the day (for example: 2026-12-31)"
            ),
        ),
        (
            "Cluster",
            "server: http://a\n",
            (
                '"http://a" is not allowed for "server"; '
                'write an address that begins with "https://", without user name or password (for example: "https://10.0.0.10:6443")'
            ),
        ),
        (
            "Volume",
            "capacity: lots\n",
            '"lots" is not allowed for "capacity"; write an amount: a number, if need be with a unit (for example: 8)',
        ),
        ("Volume", "capacity: -1\n", '"capacity" is -1, and 0 is the smallest allowed; write 0 or more'),
        (
            "User",
            "uid: 4294967296\n",
            '"uid" is 4294967296, and 2147483647 is the largest allowed; write 2147483647 or less',
        ),
        (
            "User",
            f"displayName: {'a' * 2001}\n",
            '"displayName" has 2001 characters, and 2000 are the most; shorten it',
        ),
        ("NodePool", "label: {a: b, c: d}\n", '"label" has 2 entries, and 1 is the most; keep 1 of them'),
        (
            "NodePool",
            "labels: {node.kubernetes.io/x: a}\n",
            (
                '"node.kubernetes.io/x" is not allowed for a key of "labels"; write a label key of your own: '
                "outside the domains kubernetes.io and k8s.io, which belong to Kubernetes itself (for example: disk)"
            ),
        ),
        (
            "JobTemplate",
            'workdir: "/a\\nb"\n',
            '"/a\\nb" is not allowed for "workdir"; write a path that begins with "/", on one line (for example: /mnt)',
        ),
    ],
)
def test_forms_and_ranges_are_explained(kind: str, body: str, expected: str):
    """Words from the schema's description, never the expression that a machine goes by."""
    assert said(kind, body) == f"value-not-allowed: {expected}"


def test_true_is_the_only_value_of_some_fields():
    """``allTemplates: false`` looks like a refusal of what ``templates`` lists."""
    assert said("Group", "allTemplates: false\n") == (
        'value-not-allowed: false is not allowed for "allTemplates"; write true, or remove the field'
    )


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        (
            "Group",
            "description:\n",
            '"description" is empty; write a value, for example: the vision team, or remove the field',
        ),
        (
            "Group",
            "podSecurity: ''\n",
            '"podSecurity" is empty; write a value, for example: baseline, or remove the field',
        ),
        ("Group", "gid:\n", '"gid" is empty; write a value, for example: 20001'),
        ("NodePool", "groups: []\n", '"groups" is empty; list at least one entry, or remove the field'),
        (
            "Group",
            "previously: [a, ]\nenvelope:\n",
            '"envelope" is empty; write its fields below it, indented: cpu, memory, ephemeralStorage, gpu, …, or remove the field',
        ),
        (
            "Group",
            "owners: [a, null]\n",
            'entry 2 of "owners" is empty; write a value, for example: "@alice", or remove the entry',
        ),
    ],
)
def test_empty_values_are_explained(kind: str, body: str, expected: str):
    """Nothing after the colon, nothing between the quotes, nothing in the list."""
    assert said(kind, body) == f"empty-value: {expected}"


def test_an_empty_spec_may_be_written_as_such():
    """A Platform that takes all defaults still has a spec."""
    document, _ = load("tenants/x.yaml", HEAD.format("Platform").encode())
    assert document is not None
    (found,) = check([document])[1]

    assert found.message == '"spec" is empty'
    assert found.hint.endswith(', or write "spec: {}"')


def test_doubled_entries_are_shown_with_the_first():
    """The second one is marked, the first one is named."""
    (found,) = diagnose("Group", "previously: [vision, speech, vision]\n")

    assert (found.code, found.message) == ("list-item-duplicate", '"vision" stands twice in "previously"')
    assert found.hint == "remove one of them"
    assert found.position.column > found.related[0].position.column
