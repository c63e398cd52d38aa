"""The registry of checks, and the pages behind their codes: what they say is what happens."""

from datetime import date
from pathlib import Path

import pytest

import cubec.checks
from cubec import pipeline, rules
from cubec.checks import CHECKS
from cubec.diagnostics import has_errors
from cubec.plan import guard_rules
from cubec.rehearsal import rules as rehearsal_rules
from tests.examples import example, platform

TODAY = date(2026, 11, 22)
# a file that root cannot read, and twenty thousand files: tests/unit/source/test_files.py
ELSEWHERE = {"too-many-files", "unreadable-file"}
# what a change does, not a tree: tests/plans/
ELSEWHERE |= {rule.code for rule in guard_rules.RULES}
# what stands in a submitted file: tests/unit/rehearsal/
ELSEWHERE |= {rule.code for rule in rehearsal_rules.RULES}
BY_CODE = {check.RULE.code: check for check in CHECKS}


def test_every_module_is_registered():
    """A check that is not in the literal tuple would never run."""
    modules = {path.stem for path in Path(cubec.checks.__file__).parent.glob("*.py")} - {"__init__"}

    assert modules == {code.replace("-", "_") for code in BY_CODE}


def test_a_file_has_the_name_of_its_code():
    """File name, rule code and golden case share one name."""
    for code, check in BY_CODE.items():
        assert check.__name__ == f"cubec.checks.{code.replace('-', '_')}"


def test_codes_are_unique():
    """A code means one thing."""
    codes = [rule.code for rule in rules.RULES]

    assert sorted(codes) == sorted(set(codes))
    assert len(codes) >= 60


@pytest.mark.parametrize("code", BY_CODE)
def test_the_bad_example_fires(code: str):
    """What a page calls bad is reported under its code."""
    analysis = pipeline.analyse(platform(example(BY_CODE[code].RULE.page, "Bad")), [], TODAY)

    assert code in {item.code for item in analysis.diagnostics}, analysis.diagnostics


@pytest.mark.parametrize("code", BY_CODE)
def test_the_good_example_passes(code: str):
    """What a page calls good is neither reported under its code nor wrong in another way."""
    analysis = pipeline.analyse(platform(example(BY_CODE[code].RULE.page, "Good")), [], TODAY)

    assert code not in {item.code for item in analysis.diagnostics}
    assert not has_errors(analysis.diagnostics), analysis.diagnostics


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.code)
def test_every_code_fires_in_a_golden_case(rule):
    """No code is dead: some golden case reports it."""
    if rule.code in ELSEWHERE:
        return
    cases = Path(__file__).parent / "golden"
    reports = (path.read_text() for path in cases.glob(f"{rule.code}-*/expected/diagnostics.txt"))

    assert any(f"[{rule.code}]" in report for report in reports)


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.code)
def test_every_page_explains(rule):
    """A page has prose, a bad and a good example, and a summary that fits a list."""
    assert "Bad:" in rule.page
    assert "Good:" in rule.page
    assert len(rule.page.split("Bad:")[0].split()) >= 12
    assert rule.summary[0].islower()
    assert not rule.summary.endswith(".")
