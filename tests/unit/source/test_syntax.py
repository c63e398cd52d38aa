"""Broken text, and what the person who wrote it is told."""

import pytest
from yaml.error import MarkedYAMLError

from cubec.source.syntax import explain
from cubec.source.text import Text
from cubec.source.yaml import load

CASES = [
    ("name:foo\nkind: x\n", 1, 5, 'a space is missing after the colon of "name"'),
    ("a: 1\nb:2\nc: 3\n", 2, 2, 'a space is missing after the colon of "b"'),
    ("a: 1\nb:2", 2, 2, 'a space is missing after the colon of "b"'),
    ("a:\n  - b:2\n    c: 3\n", 2, 6, 'a space is missing after the colon of "b"'),
    ("a: 1\nname\nb: 2\n", 2, 1, "this line is neither a key with its value nor a list item"),
    ("name\nspec: 1\n", 1, 1, "this line is neither a key with its value nor a list item"),
    ("a:\n  b\n c: 1\n", 2, 3, "this line is neither a key with its value nor a list item"),
    ("a:\n- b\n-c\n", 3, 1, "a space is missing after the dash of a list item"),
    ("a: b: c\n", 1, 5, "a second colon with a space after it stands on this line"),
    ('a: "x": 1\n', 1, 7, "a second colon with a space after it stands on this line"),
    ("a: b\n  c: d\n", 2, 3, "this line is indented below line 1, which has a value already"),
    ("spec:\n  a: 1\n    b: 2\n", 3, 5, "this line is indented below line 2, which has a value already"),
    (": b\n", 1, 1, "a colon stands here without a key before it"),
    ("a: 1\n: b\n", 2, 1, "a colon stands here without a key before it"),
    ("{a: 1, : b}\n", 1, 8, "a colon stands here without a key before it"),
    ("a: - b\n", 1, 4, "a list starts on the line of its key"),
    ("a:\n\tb: 1\n", 2, 1, "a tab stands where YAML wants spaces"),
    ("a:\n  \tb: 1\n", 2, 3, "a tab stands where YAML wants spaces"),
    ("\ta: 1\n", 1, 1, "a tab stands where YAML wants spaces"),
    ("a: 1\n\tb: 2\n", 2, 1, "a tab stands where YAML wants spaces"),
    ("-\ta: 1\n  b: 2\n", 1, 2, "a tab stands where YAML wants spaces"),
    ("a: |\n\tfoo\n", 2, 1, "a tab stands where YAML wants spaces"),
    ("a: @x\n", 1, 4, 'a value without quotes cannot start with "@"'),
    ("a: `x\n", 1, 4, 'a value without quotes cannot start with "`"'),
    ("a: %x\n", 1, 4, 'a value without quotes cannot start with "%"'),
    ("host: *.example.com\n", 1, 7, 'a value without quotes cannot start with "*"'),
    ("a: & b\n", 1, 4, 'a value without quotes cannot start with "&"'),
    ("a: ? b\n", 1, 4, 'a value without quotes cannot start with "?"'),
    ('a: "foo\n', 1, 4, "the quote that opens here is never closed"),
    ("a: 'foo\nb: 1\n", 1, 4, "the quote that opens here is never closed"),
    ('a: "x\n---\nb"\n', 1, 4, "the quote that opens here is never closed"),
    ('a: "foo\nb: "bar"\n', 1, 4, "the quote that opens here is closed on line 2 only"),
    ("a: 'it's'\n", 1, 8, "text follows the closing quote of a value"),
    ('a: "x"y\n', 1, 7, "text follows the closing quote of a value"),
    ('a: "\\d"\n', 1, 5, "YAML does not know this escape in double quotes"),
    ('a: "\\ud800"\n', 1, 5, "YAML does not know this escape in double quotes"),
    ('a: "\\xzz"\n', 1, 5, "YAML does not know this escape in double quotes"),
    ("a: [1, 2\nb: 3\n", 1, 4, 'the bracket "[" that opens here is never closed'),
    ("a: [1, 2\n", 1, 4, 'the bracket "[" that opens here is never closed'),
    ("a: {x: 1\nb: 3\n", 1, 4, 'the bracket "{" that opens here is never closed'),
    ("a: {x: 1", 1, 4, 'the bracket "{" that opens here is never closed'),
    ('a: ["x" "y"]\n', 1, 9, 'a comma or the closing "]" is missing here'),
    ('k: [a,\n  "x" "y"]\n', 2, 7, 'a comma or the closing "]" is missing here'),
    ("a: [", 1, 5, "the text ends inside a bracket that is never closed"),
    ("a: [\n  {\n\n", 3, 1, "the text ends inside a bracket that is never closed"),
    ("a: ]\n", 1, 4, 'the bracket "]" closes nothing'),
    ("a: [1]]\n", 1, 7, 'the bracket "]" closes nothing'),
    ("{a: 1}}\n", 1, 7, 'the bracket "}" closes nothing'),
    ("a: 1\n}\n", 2, 1, 'the bracket "}" closes nothing'),
    ("a: [,b]\n", 1, 5, "a value is missing before the comma"),
    ("a: [b,,c]\n", 1, 7, "a value is missing before the comma"),
    ("spec:\n    a: 1\n   b: 2\n", 3, 4, "no line above is indented like this one, by 3 spaces"),
    ("spec:\n  - a\n # c\n\n - b\n", 5, 2, "no line above is indented like this one, by 1 space"),
    ("  a: 1\nb: 2\n", 2, 1, "no line above is indented like this one, by 0 spaces"),
    ('a: "x"\n b: 1\n', 2, 2, "no line above is indented like this one, by 1 space"),
    ("- a\nb: 1\n", 2, 1, "a key stands among list items"),
    ("spec:\n  - a\n  b: 2\n", 3, 3, "a key stands among list items"),
    ("a: 1\n- b\n", 2, 1, "a list item stands among keys"),
    ("a: [1] x\n", 1, 8, "text follows where the value is complete"),
    ('"abc" def\n', 1, 7, "text follows where the value is complete"),
    ("a: | foo\n", 1, 6, 'text follows the "|" or ">" that starts a block of text'),
    ("a: |0\n t\n", 1, 5, 'text follows the "|" or ">" that starts a block of text'),
    (
        "a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> x\n",
        2,
        1,
        "a merge was not finished: git left both versions in this file",
    ),
    (
        "b: \n  - 1\n  - 2\n=======\nb: [}\n>>>>>>> x\n",
        6,
        1,
        "a merge was not finished: git left both versions in this file",
    ),
    ("...\n", 1, 1, "the text cannot be read as YAML from here on"),
]


@pytest.mark.parametrize(("text", "line", "column", "message"), CASES)
def test_mistakes_are_named_where_they_were_made(text: str, line: int, column: int, message: str):
    """The parser's own words and places help nobody who is not writing a parser."""
    document, found = load("a.yaml", text.encode())

    assert document is None
    assert [(d.code, d.position.line, d.position.column, d.message) for d in found] == [
        ("yaml-syntax", line, column, message)
    ]


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a: !e!x y\n", "yaml-tag-forbidden", 1, 4),
        ("a: !<x y\n", "yaml-tag-forbidden", 1, 4),
        ("a: {% x %}\n", "template-expression", 1, 4),
        ("a: [${A}]\n", "template-expression", 1, 5),
        ("a: 'b' {{ c }}\n", "template-expression", 1, 8),
        ("a: 'b' c # {{ c }}\n", "yaml-syntax", 1, 8),
        ("--- a\n...\nb", "multi-document", 3, 1),
    ],
)
def test_some_broken_text_has_a_code_of_its_own(text: str, code: str, line: int, column: int):
    """Whoever writes a template is told about templates, not about brackets."""
    found = load("a.yaml", text.encode())[1]

    assert [(d.code, d.position.line, d.position.column) for d in found] == [(code, line, column)]


def test_hints_say_what_to_write():
    """The way out of the commonest mistakes, to the letter."""
    hints = {
        "a: 1\nb:2\n": "write a space after the colon: b: …",
        "spec:\n    a: 1\n   b: 2\n": "indent this line by 0 or 4 spaces",
        "a: [1, 2\n": 'close it with "]"',
        "a: @x\n": "put the value in quotes",
        "a:\n\tb: 1\n": "replace it by spaces, two for each level; most editors can do so for you",
        'a: "\\d"\n': "write \\\\ for a backslash, or put the text in single quotes",
        "a: 'it's'\n": "remove it, or write a quote inside the text as '' between ' and as \\\" between \"",
    }

    assert {text: load("a.yaml", text.encode())[1][0].hint for text in hints} == hints


def test_an_error_without_a_place_is_still_an_error():
    """Should the parser ever fail without saying where."""
    found = explain(Text("a.yaml", "a: 1\n"), MarkedYAMLError(), None)

    assert (found.code, str(found.position)) == ("yaml-syntax", "a.yaml:1:1")
