"""Every recorded plan, compared both ways: what differs, what is missing and what is too much."""

import os

import pytest

from tests.plans.recorded import PLANS, outcome, planned, sides
from tests.test_golden import rewrite, stored

CASES = sorted(path.name for path in PLANS.iterdir() if (path / "change").is_dir())


@pytest.mark.parametrize("name", CASES)
def test_case(name: str):
    """A case gives exactly the plan, the diagnostics and the exit status that were recorded."""
    result = outcome(PLANS / name)
    if os.environ.get("UPDATE_GOLDEN"):
        rewrite(PLANS / name / "expected", result)

    assert stored(PLANS / name / "expected") == result, (
        "run with UPDATE_GOLDEN=1 to accept, after reading the difference"
    )


@pytest.mark.parametrize("name", CASES)
def test_nothing_to_do_twice(name: str):
    """A tree compared with itself changes nothing and is refused nothing, whatever it is."""
    before, _ = sides(PLANS / name)
    plan, _ = planned(before, before)

    assert not plan
    assert not plan.refused
