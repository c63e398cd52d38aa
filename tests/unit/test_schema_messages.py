"""What people read when a document has the wrong frame or wrong fields: the whole text of every message."""

import textwrap

import pytest

from cubec.schema import check
from cubec.source.yaml import load

HEAD = "apiVersion: cubec.io/v1\nkind: {}\nmetadata:\n  name: dev1\nspec:\n"


def messages(text: str) -> list[str]:
    """Line, column, code, message and hint of everything that is wrong, as a report has it."""
    document, problems = load("tenants/x.yaml", text.encode())
    assert document is not None
    assert problems == []
    valid, found = check([document])
    assert valid == ([] if found else [document])
    return [f"{d.position.line}:{d.position.column} {d.code}: {d.message}; {d.hint}" for d in found]


def spec(kind: str, body: str) -> list[str]:
    return messages(HEAD.format(kind) + textwrap.indent(textwrap.dedent(body).strip(), "  ") + "\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "- name: bob\n",
            '1:1 not-a-document: the document is a list; write "kind: List" and put the entries below "items:"',
        ),
        (
            "hello\n",
            (
                "1:1 not-a-document: the document has no fields; "
                'write "apiVersion:", "kind:", "metadata:" and "spec:", each on a line of its own'
            ),
        ),
        (
            "kind: Group\n",
            '1:1 not-a-document: the document has no "apiVersion"; add "apiVersion: cubec.io/v1" as the first line',
        ),
        (
            "apiVersion: cubec.io/v1\nkind:\n",
            (
                '2:1 not-a-document: the document has no "kind"; add "kind: " and one of "Platform", "Cluster", "NodePool", '
                '"Volume", "Registry", "User", "Group", "JobTemplate" or "List"'
            ),
        ),
        (
            "apiversion: cubec.io/v1\nkind: Group\n",
            (
                '1:1 not-a-document: the document has "apiversion" and no "apiVersion"; '
                'write "apiVersion" instead of "apiversion"'
            ),
        ),
        (
            "apiVersion: v1\nkind: Namespace\n",
            (
                '1:13 api-version-unsupported: apiVersion "v1" is not one that is read here; take the file away: '
                'Kubernetes objects are made by the compiler, from documents of "cubec.io/v1"'
            ),
        ),
        (
            "apiVersion: cubec.io/v2\nkind: Group\n",
            (
                '1:13 api-version-unsupported: apiVersion "cubec.io/v2" is not one that is read here; '
                'write "apiVersion: cubec.io/v1"'
            ),
        ),
        ("apiVersion: cubec.io/v1\nkind: group\n", '2:7 unknown-kind: unknown kind "group"; did you mean "Group"?'),
        (
            "apiVersion: cubec.io/v1\nkind: [Group]\n",
            (
                '2:7 unknown-kind: unknown kind [Group]; write one of "Platform", "Cluster", "NodePool", "Volume", '
                '"Registry", "User", "Group", "JobTemplate" or "List"'
            ),
        ),
        (
            "apiVersion: cubec.io/v1\nkind: List\nitems:\n  - apiVersion: cubec.io/v1\n",
            "2:7 unknown-kind: a List stands inside a List; move its items up into the outer List",
        ),
        (
            "apiVersion: cubec.io/v1\nkind: User\n",
            '1:1 missing-field: the document needs "metadata" and "spec"; add them',
        ),
    ],
)
def test_a_document_says_what_it_is(text: str, expected: str):
    """The frame of a document, before any field counts."""
    assert messages(text) == [expected]


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        (
            "Group",
            "gid: 10001\nplacements:\n  - cluster: ack\n    gpu: 2\n",
            '9:7 unknown-field: unknown field "gpu" in entry 1 of "placements"; move it: "gpu" belongs under "quota"',
        ),
        (
            "Group",
            "gid: 10001\nplacements:\n  - cluster: ack\n    qouta: {}\n",
            '9:7 unknown-field: unknown field "qouta" in entry 1 of "placements"; did you mean "quota"?',
        ),
        (
            "Group",
            "gid: 10001\nname: vision\n",
            '7:3 unknown-field: unknown field "name" in "spec"; move it: "name" belongs under "metadata"',
        ),
        (
            "Group",
            "gid: 10001\nquota: {}\n",
            '7:3 unknown-field: unknown field "quota" in "spec"; move it: "quota" belongs under "namespaces" or "placements"',
        ),
        (
            "Group",
            "gid: 10001\nlabels: {team: vision}\n",
            '7:3 unknown-field: unknown field "labels" in "spec"; remove it: labels are written by the compiler',
        ),
        (
            "Group",
            "gid: 10001\nsize: 3\n",
            '7:3 unknown-field: unknown field "size" in "spec"; remove it, or look up the fields of a Group in schemas/README.md',
        ),
        (
            "User",
            "uid: 20001\nage: 33\ndisplayName: Bob\nemail: bob@example.com\nexpires: 2026-12-31\nsubject: bob\nplatformRole: viewer\n",
            '7:3 unknown-field: unknown field "age" in "spec"; remove it',
        ),
        (
            "Volume",
            "capacity: 1Gi\nsource: {nfs: {server: nas, path: /a, share: b}}\n",
            '7:41 unknown-field: unknown field "share" in "nfs"; remove it',
        ),
        (
            "Group",
            "gid: 10001\nmembers: [{user: bob}]\n",
            '7:13 missing-field: entry 1 of "members" needs "role"; add "role", for example: role: developer',
        ),
        (
            "Group",
            "gid: 10001\nmembers: [{rol: owner, usr: bob}]\n",
            (
                '7:14 unknown-field: unknown field "rol" in entry 1 of "members"; did you mean "role"?\n'
                '7:26 unknown-field: unknown field "usr" in entry 1 of "members"; did you mean "user"?'
            ),
        ),
        (
            "Group",
            "gid: 10001\nmembers: [{role: owner}]\n",
            '7:13 missing-field: entry 1 of "members" needs "user" or "oidcGroup"; add one of them, for example: user: bob',
        ),
        (
            "NodePool",
            "cluster: ack\n",
            '5:1 missing-field: "spec" needs "nodes" and "capacity"; add them',
        ),
        (
            "Group",
            "gid: 10001\nstate: decommissioned\nuntil: 2026-12-31\n",
            (
                '5:1 missing-field: "spec" needs "reason" with "state: decommissioned"; add "reason", '
                "for example: reason: project ended"
            ),
        ),
        (
            "Cluster",
            "kubernetes: '1.36'\nserver: https://a\ndelivery: {engine: flux}\n",
            (
                '8:3 missing-field: "delivery" needs "repository" with "engine: flux"; add "repository", '
                'for example: repository: "https://git.example.com/platform/config.git"'
            ),
        ),
        (
            "NodePool",
            "cluster: ack\ncapacity: {cpu: 1, memory: 1Gi}\nnodes: {selector: {a: b}}\n",
            '8:11 missing-field: "selector" needs "count" beside it; add "count" (for example: count: 3), or remove "selector"',
        ),
        (
            "Registry",
            "server: hub.example.com\ngroups: [dev1]\nallGroups: true\n",
            '8:3 fields-conflict: "groups" and "allGroups" exclude each other; keep one of them',
        ),
        (
            "Group",
            "gid: 10001\nallTemplates: true\ntemplates: []\n",
            '8:3 fields-conflict: "allTemplates" and "templates" exclude each other; keep one of them',
        ),
        (
            "Cluster",
            "kubernetes: '1.36'\nserver: https://a\nidentity: {mode: serviceaccount, issuer: https://b}\n",
            '8:36 fields-conflict: "issuer" is allowed only with "mode: oidc"; remove "issuer", or write "mode: oidc"',
        ),
        (
            "JobTemplate",
            "image: a\nmounts:\n  - claim: a\n    secret: b\n    path: /a\n",
            '9:7 fields-conflict: "claim" and "secret" exclude each other; keep one of them',
        ),
    ],
)
def test_fields_are_explained(kind: str, body: str, expected: str):
    """Unknown, missing and conflicting fields, with where they belong or what else to write."""
    assert "\n".join(spec(kind, body)) == expected


def test_a_conflict_names_the_other_place():
    """The first of two fields that exclude each other is shown as well, and the field that a condition looks at."""
    text = (
        HEAD.format("Cluster")
        + "  kubernetes: '1.36'\n  server: https://a\n  secrets: {mode: sync, namespace: a, store: {name: a}}\n"
    )
    document, _ = load("tenants/x.yaml", text.encode())
    assert document is not None
    related = check([document])[1][0].related

    assert [(str(r.position), r.message) for r in related] == [("tenants/x.yaml:8:13", '"mode" is sync')]
