"""The pages behind the codes."""

import textwrap

import pytest

from cubec.diagnostics import Rule, Severity
from cubec.source.rules import RULES
from cubec.source.yaml import load

# Their examples are files or bytes, not text that could stand on a page.
NOT_SHOWN_AS_YAML = {
    *("file-name", "not-regular-file", "too-many-files", "unreadable-file", "input-too-large", "too-many-values"),
    *("encoding-invalid", "hidden-character"),
}


def block(rule: Rule, word: str) -> str:
    after = rule.page.split(f"\n{word}:\n")[1]
    return textwrap.dedent(after.split("\n\nGood:")[0])


def test_codes_are_unique_and_complete():
    """One rule for each code, in kebab-case."""
    codes = [rule.code for rule in RULES]

    assert len(codes) == len(set(codes)) == 22
    assert all(code == code.lower() and " " not in code and "_" not in code for code in codes)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_pages_are_fit_to_print(rule: Rule):
    """A page fits a terminal, and shows what is wrong and what is right."""
    assert rule.severity is (Severity.WARNING if rule.code == "comment-without-space" else Severity.ERROR)
    assert not rule.summary.endswith(".")
    assert all(len(line) <= 100 for line in rule.page.split("\n"))
    assert rule.page.index("\nBad:\n    ") < rule.page.index("\nGood:\n    ")


@pytest.mark.parametrize("rule", [r for r in RULES if r.code not in NOT_SHOWN_AS_YAML], ids=lambda rule: rule.code)
def test_the_bad_example_fires_and_the_good_one_does_not(rule: Rule):
    """A page that is wrong is worse than none."""
    bad, good = load("a.yaml", block(rule, "Bad").encode())[1], load("a.yaml", block(rule, "Good").encode())[1]

    assert rule.code in [d.code for d in bad]
    assert not good
