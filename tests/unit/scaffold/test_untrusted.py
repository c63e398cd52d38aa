"""What may be posted in the platform's name: every plan of cubec's, and nothing else that a pull request could hand in."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.plans.test_recorded import CASES
from tests.plans.test_reports import HOSTILE, hostile, outside
from tests.unit.scaffold.scripts import markdown, script, zipped

from cubec.diagnostics import Diagnostic, Position, Severity
from cubec.report import plan_markdown

untrusted = script("untrusted")
PLAN = markdown()


def refused(text: str | bytes) -> str:
    with pytest.raises(untrusted.RefusedError) as raised:
        untrusted.judged(text.encode() if isinstance(text, str) else text)
    return str(raised.value)


def test_it_knows_the_same_marks():
    """The mark and the length are those that cubec writes with."""
    assert (untrusted.MARK, untrusted.LONGEST) == (plan_markdown.MARK, plan_markdown.LONGEST)


@pytest.mark.parametrize("name", CASES)
def test_recorded_plans_pass(name: str):
    """Every plan that is recorded may be posted as it is."""
    text = markdown(name)

    assert untrusted.judged(text.encode()) == text


@settings(max_examples=150, deadline=None)
@given(HOSTILE)
def test_plans_of_hostile_tenants_pass(word: str):
    """Whatever tenants write, cubec's own plan of it may be posted, unless it holds the mark itself."""
    for text in (
        plan_markdown.text(hostile(word), {}),
        plan_markdown.errors("origin/main", [Diagnostic(Position(word), Severity.ERROR, "bad-gpu", word, word)], {}),
    ):
        if plan_markdown.MARK not in word:
            assert untrusted.judged(text.encode()) == text


@pytest.mark.parametrize(
    "line",
    [
        "@example/everyone please look",
        "Note: @octocat",
        "Note: see #1",
        "Note: see GH-1",
        "Note: http://example.com",
        "Note: www.example.com",
        "Note: [a](b)",
        "Note: <img src=x>",
        "Note: \\<b>",
        "Note: `x` ~bug !1 $1 %2 &3",
        "/merge",
        "**Refused by the guard:** @a",
        "**ACCESS** [a]",
        "**access** x",
        "# Plan",
        "<details><summary><b>ACCESS</b> <a href=x>y</a></summary>",
        "<details><summary><b>ACCESS</b> x</summary> y",
        "</details>",
        "<details open>",
        "~~~text",
        "```text",
        "````diff",
        "```sh\nx\n```",
        "```text\nx\n````",
        "```text\nx\n  ````\n@a\n```",
        "    indented",
        "- list",
        "<!-- cubec plan -->",
        "",
    ],
)
def test_lines_that_cubec_does_not_write(line: str):
    """Text outside of code, other fences, other HTML, other headings, and orders to the host are refused."""
    refused(f"{PLAN}\n{line}\n")


@pytest.mark.parametrize("separator", ["\n", "\n \n", "\n\n\n", "\n\t\n"])
def test_a_block_needs_an_empty_line_before(separator: str):
    """Without an empty line after the summary, what looks like a block of code would still be HTML."""
    head = "\n".join(PLAN.split("\n")[:2])
    text = f"{head}\n\n<details><summary><b>ACCESS</b> x</summary>{{}}```text\n@a <img>\n```\n\n</details>\n"

    assert untrusted.judged(text.format("\n\n").encode())
    refused(text.format(separator))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "hello\n",
        untrusted.MARK,
        f"{untrusted.MARK}\n",
        f"{untrusted.MARK}\n@everyone\n",
        f" {PLAN}",
        PLAN.rstrip("\n"),
        PLAN.replace("\n", "\r\n"),
        PLAN.replace("ACCESS", "ACC\u202eESS", 1),
        PLAN.replace("ACCESS", "ACC\x1bESS", 1),
        PLAN.replace("ACCESS", "ACC\x00ESS", 1),
        PLAN.replace("</details>\n", "", 1),
        PLAN.replace("`main`", "`main` @a"),
        PLAN.replace("`main`", "`ma`in`"),
        f"{PLAN}\n<details><summary><b>ACCESS</b> x</summary>\n",
        PLAN + "\n\n```text\n" + "x" * 60_000 + "\n```\n",
        "é" * 200_000,
    ],
)
def test_other_beginnings_and_ends(text: str):
    """A plan has the mark once and first, one heading, whole folds, printable text and a limited length."""
    refused(text)


def test_bytes_that_are_no_text():
    """Binary data is refused, and so is what is too large to look at."""
    assert refused(b"\xff\xfe" + PLAN.encode()) == "the plan is not UTF-8 text"
    assert refused(b"x" * (untrusted.MOST_BYTES + 1)) == "the plan is too large"


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(HOSTILE, st.sampled_from(PLAN.split("\n")), st.just("")), max_size=30).map("\n".join))
def test_what_passes_is_inert(added: str):
    """Whatever is added to a plan: if it passes, a reader of Markdown finds no new mention, link, HTML or heading in it."""
    text = f"{PLAN}{added}\n"
    try:
        untrusted.judged(text.encode())
    except untrusted.RefusedError:
        return
    for found in outside(text):
        assert "@" not in found
        assert "http" not in found
        assert not found.startswith("/")


def test_the_only_file():
    """An archive holds the plan and nothing else."""
    assert untrusted.unpacked(zipped(b"a plan")) == b"a plan"


@pytest.mark.parametrize(
    "archive",
    [
        b"no archive",
        b"",
        zipped(b"x")[:-8],
        zipped(b"x", "other.md"),
        zipped(b"x", "../plan.md"),
        zipped(b"x", "plan.md", "second.md"),
        zipped(b"x", "plan.md/"),
        zipped(b"/etc/passwd", mode=0o120777),
        zipped(b"x", mode=0o010644),
        zipped(b"\0" * (300 << 10)),
    ],
)
def test_other_archives(archive: bytes):
    """A second file, another name, a link, a pipe, a bomb and damaged data are refused."""
    with pytest.raises(untrusted.RefusedError):
        untrusted.unpacked(archive)


def test_a_size_that_lies():
    """An archive that says its file is small does not get more read."""
    archive = bytearray(zipped(b"\0" * (300 << 10)))
    true = (300 << 10).to_bytes(4, "little")
    assert archive.count(true) == 2
    with pytest.raises(untrusted.RefusedError):
        untrusted.unpacked(bytes(archive.replace(true, (10).to_bytes(4, "little"))))
