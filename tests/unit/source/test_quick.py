"""The quick way through a file: what it reads is what the careful way reads, and whatever is unusual it leaves alone."""

from pathlib import Path

import pytest
from hypothesis import given
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
        "- a\n" * 30_000,
    ],
)
def test_the_unusual_is_left_to_the_builder(text: str):
    """Nothing that could need a word is decided here."""
    assert quick.value(text) is quick.UNUSUAL
