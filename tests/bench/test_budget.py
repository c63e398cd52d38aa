"""Loose forms of the budgets, on a small platform: they do not flake, and catch what has become several times slower."""

import pytest

from tests.bench import cases
from tests.bench.measure import Sample, interleaved, memory_folder, once

GROUPS = 100
ROUNDS = 3


@pytest.fixture(scope="module")
def measured() -> dict[str, Sample]:
    """Medians of processor time, which other work on the machine hardly changes."""
    with memory_folder() as folder:
        full = cases.full(GROUPS, folder)
        once(full)
        return interleaved([*cases.start(), full, cases.copy(GROUPS, folder)], ROUNDS)


def test_a_full_build_is_not_many_times_a_copy(measured: dict[str, Sample]):
    """What 100 groups add to the start of a process is at most 25 times the copying of their files."""
    build = measured[f"full build, {GROUPS} groups"].cpu - measured["cubec --help"].cpu
    assert build <= 25 * measured[f"cp -r, {GROUPS} groups"].cpu


def test_help_is_quick(measured: dict[str, Sample]):
    """Asking for help takes at most 10 times what an interpreter takes to do nothing."""
    assert measured["cubec --help"].cpu <= 10 * measured["python -c pass"].cpu


def test_memory_is_small(measured: dict[str, Sample]):
    """A build of 100 groups stays below 100 MiB."""
    assert measured[f"full build, {GROUPS} groups"].memory <= 100
