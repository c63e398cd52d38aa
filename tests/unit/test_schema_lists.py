"""Lists of documents that cannot be taken apart, and what is said about them and their items."""

import textwrap

import pytest

from cubec.schema import check
from cubec.source.yaml import load


def messages(text: str) -> list[str]:
    """Line, column, code, message and hint of everything that is wrong."""
    document, problems = load("tenants/x.yaml", text.encode())
    assert document is not None
    assert problems == []
    return [f"{d.position.line}:{d.position.column} {d.code}: {d.message}; {d.hint}" for d in check([document])[1]]


def test_a_list_with_mistakes_is_explained_with_its_items():
    """A List that cannot be taken apart says why, and its items are looked at all the same."""
    text = """\
        apiVersion: cubec.io/v1
        kind: List
        spec: {}
        items:
          - apiVersion: cubec.io/v1
            kind: User
            metadata: {name: bob}
            spec: {uid: 5}
          - 7
        """

    assert messages(textwrap.dedent(text)) == [
        '3:1 unknown-field: unknown field "spec" in the document; remove it',
        '8:17 value-not-allowed: "uid" is 5, and 1000 is the smallest allowed; write 1000 or more',
        (
            "9:5 not-a-document: the document has no fields; "
            'write "apiVersion:", "kind:", "metadata:" and "spec:", each on a line of its own'
        ),
    ]


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ("5", '3:8 wrong-type: "items" takes a list, not the number 5; write its entries below it, each after a "-"'),
        ("[]", '3:1 empty-value: "items" is empty; list at least one entry'),
    ],
)
def test_a_list_needs_items(items: str, expected: str):
    """A List that holds nothing is a mistake."""
    assert messages(f"apiVersion: cubec.io/v1\nkind: List\nitems: {items}\n") == [expected]
