"""Names, letter by letter, and the pages of the rules: their examples do what they say."""

import textwrap

import pytest

from cubec.schema import RULES, check
from cubec.source.document import Document
from cubec.source.yaml import load

HEAD = "apiVersion: cubec.io/v1\nkind: {}\nmetadata:\n  name: dev1\nspec:\n"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Dev1", 'the capital letter "D" is not allowed; write "dev1"'),
        ("dev_1", '"_" is not allowed; write "dev-1"'),
        ("dev 1", 'a space is not allowed; write "dev-1"'),
        ("dev1\n", 'a line break is not allowed; write "dev1"'),
        (
            "1dev",
            'it begins with "1" and not with a letter; use lower-case letters, digits and single hyphens, a letter first, 40 characters at most',
        ),
        ("-dev", 'it begins with "-" and not with a letter; write "dev"'),
        ("dev-", 'it ends with a hyphen; write "dev"'),
        ("a--b", 'two hyphens stand side by side; write "a-b"'),
        (
            "d\u0435v",
            '"\u0435" (U+0435 CYRILLIC SMALL LETTER IE) is not allowed; use lower-case letters, digits and single hyphens, a letter first, 40 characters at most',
        ),
        (
            "dev\u200b",
            "(U+200B ZERO WIDTH SPACE) is not allowed; use lower-case letters, digits and single hyphens, a letter first, 40 characters at most",
        ),
        ("a" * 41, f'it has 41 characters, and 40 are the most; write "{"a" * 40}"'),
    ],
)
def test_names_are_explained_letter_by_letter(name: str, expected: str):
    """Which character is wrong, and what would be right; a letter that only looks right is named."""
    value = {"apiVersion": "cubec.io/v1", "kind": "User", "metadata": {"name": name}, "spec": {"uid": 20001}}
    valid, (found,) = check([Document("tenants/x.yaml", value, 1)])

    assert valid == []
    assert found.code == "name-invalid"
    assert f"{found.message.partition(' is not a valid name: ')[2]}; {found.hint}" == expected


FRAMES = {
    "kind": "apiVersion: cubec.io/v1\n{}metadata: {{name: dev1}}\nspec: {{gid: 10001}}\n",
    "name": "apiVersion: cubec.io/v1\nkind: User\nmetadata:\n  {}spec: {{uid: 20001}}\n",
    "kubernetes": HEAD.format("Cluster") + "  server: https://a\n{}",
    "expires": HEAD.format("User") + "  uid: 20001\n{}",
    "allGroups": HEAD.format("Registry") + "  server: hub.example.com\n{}",
    "credentials": HEAD.format("Registry") + "  server: hub.example.com\n  allGroups: true\n{}",
    "groups": HEAD.format("Registry") + "  server: hub.example.com\n{}",
    "members": HEAD.format("Group") + "  gid: 10001\n{}",
    "placements": HEAD.format("Group") + "  gid: 10001\n{}",
    "pools": HEAD.format("Group") + "  gid: 10001\n  placements:\n    - cluster: ack\n      {}",
}


def codes(example: str) -> set[str]:
    """What is said about an example of a page, set into the rest of a document by its first field."""
    text = textwrap.dedent(example).strip("\n") + "\n"
    first = text.partition(":")[0]
    inner = text if first in {"kind", "name", "pools"} else textwrap.indent(text, "  ")
    whole = FRAMES[first].format(inner) if first in FRAMES else text
    document, _ = load("tenants/x.yaml", whole.encode())
    assert document is not None
    return {found.code for found in check([document])[1]}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_page_of_a_rule_tells_the_truth(rule):
    """What a page calls bad gives that code, and what it calls good does not."""
    bad, good = rule.page.partition("\nBad:\n")[2].split("\nGood:\n")

    assert rule.code in codes(bad)
    assert rule.code not in codes(good)


def test_rules_are_sorted_and_explained():
    """Every code has a page with a bad and a good example, and stands once."""
    codes = [rule.code for rule in RULES]

    assert codes == sorted(set(codes))
    assert all("\nBad:\n    " in rule.page and "\nGood:\n    " in rule.page for rule in RULES)
