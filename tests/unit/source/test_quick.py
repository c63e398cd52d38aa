"""The quick way through a file: what it reads is what the careful way reads, and whatever is unusual it leaves alone."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cubec.source import quick, yaml
from cubec.source.builder import Builder
from cubec.source.characters import decode
from cubec.source.document import Document

ROOT = Path(__file__).parents[3]
FILES = sorted([*(ROOT / "tenants").rglob("*.yaml"), *(ROOT / "tests" / "golden").rglob("tenants/**/*.yaml")])
PIECES = [
    "a",
    "b",
    ": ",
    ":\n  ",
    "- ",
    "\n",
    "1",
    "no",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "&x ",
    "*x",
    "!t ",
    '"',
    "'",
    "#",
    "---\n",
    "? ",
    "|\n ",
    "<<",
    "\t",
    "~",
    " ",
    "  ",
    "\n  ",
    "\n- ",
    "\n  - ",
    "- a: b",
    "a:\n- ",
    "a b",
    "a - b",
    "a:b",
    "a :b",
    "http://x/y",
    " # c",
    "512Gi",
    "12:30",
    "010",
    "+1",
    "...",
    "値",
    "²",
    "\u3000",
    '"x"',
    "'y'",
    '"a, b"',
    "{a: b}",
    "{a: b, c: 1}",
    '{a: "b"}',
    "{a: [b, c], d: {e: f}}",
    "[a, 1]",
    "[]",
    "{}",
]


def careful(text: str) -> Builder:
    source, _ = decode("a.yaml", text.encode())
    assert source is not None
    builder = Builder(source)
    builder.run()
    return builder


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_that_is_here(path: Path):
    """Either way gives the same value, the same places and the same report."""
    source, problems = decode("a.yaml", path.read_bytes())
    if source is None or problems:
        return
    found = quick.value(source.text)
    if found is not quick.UNUSUAL:
        builder = careful(source.text)
        document, problems = yaml.load("a.yaml", path.read_bytes())

        assert (builder.root, builder.found, builder.sound) == ([found], [], True)
        assert isinstance(document, Document)
        assert (document.value, document.marks, problems) == (found, builder.root_marks[0], [])


@settings(max_examples=1000, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_any_text(text: str):
    """Whatever the quick way takes, the careful way takes without a word, for the same value."""
    source, problems = decode("a.yaml", text.encode())
    if source is None or problems:
        return
    found = quick.value(source.text)
    if found is not quick.UNUSUAL:
        builder = careful(source.text)

        assert (builder.root, builder.found, builder.sound) == ([found], [], True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb:\n  c: x y # why\n# more\n\nd: 'e f'\n", {"a": 1, "b": {"c": "x y"}, "d": "e f"}),
        ("a:\n- b\n- c: 1\n  d: 2\ne: null\n", {"a": ["b", {"c": 1, "d": 2}], "e": None}),
        ("a: # here\n  - {b: 1~2, c: [x, 'y', {d: https://e.example/f}], g: {}, h: []}\n", None),
        (
            '- a: {b: "c, d", e: true}\n  f:\n  - g\n- [1, 2.5]\n',
            [{"a": {"b": "c, d", "e": True}, "f": ["g"]}, [1, 2.5]],
        ),
    ],
)
def test_plain_texts_are_read(text: str, expected: object):
    """What people mostly write is read here, and nothing of it takes the careful way."""
    found = quick.value(text)

    assert found is not quick.UNUSUAL
    assert [found] == careful(text).root
    assert expected is None or found == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing\n",
        "a: &x 1\n",
        "a: !t 1\n",
        "a: no\n",
        "a: 1\na: 2\n",
        "1: a\n",
        "a: 1\n---\nb: 2\n",
        "a: [1\n",
        'a: "\\u2028"\n',
        "{[a]: b}\n",
        "~\n",
        "[" * 40 + "]" * 40,
        f"a: {'[' * 10}{']' * 10}\n",
        "".join(f"{'  ' * n}a:\n" for n in range(30)) + f"{'  ' * 30}b\n",
        "".join(f"{'  ' * n}a:\n" for n in range(30)) + f"{'  ' * 30}b: c\n",
        "a:\n",
        "a:\nb: 1\n",
        "  a: 1\nb: 2\n",
        "a: 1\n  b: 2\n",
        "a: b\n  c\n",
        "- a\nb: c\n",
        "a: b\n- c\n",
        "a: >-\n  text\n",
        "a: b: c\n",
        "a: b:\n",
        "-  a: 1\n",
        "no: 1\n",
        'a: "b\n',
        'a: "b" c\n',
        "a: 'it''s'\n",
        'a: "b # c"\n',
        "a: {b: 1, b: 2}\n",
        "a: {b: [1], b: 2}\n",
        "a: {b: no}\n",
        "a: {b, c: [d]}\n",
        "a: {b: [c, ]}\n",
        "a: [, b]\n",
        "a: [b: c]\n",
        "a: [b}\n",
        "a: [b\n",
        "a: [b] c\n",
        "a: [b], c\n",
        "a: [b]]\n",
        "a: {b: [c] d: e}\n",
        "a: [?]\n",
        "- a\n" * 30_000,
    ],
)
def test_the_unusual_is_left_to_the_builder(text: str):
    """Nothing that could need a word is decided here."""
    assert quick.value(text) is quick.UNUSUAL
