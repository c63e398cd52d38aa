"""Loose forms of the budgets, on a small platform: they do not flake, and catch what has become several times slower."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.measure import Sample

GROUPS = 100
ROUNDS = 3
# In a process of its own, since a child's memory is counted from what its parent had when it was made.
PROGRAM = f"""
import json
from dataclasses import asdict
from tests.bench import cases
from tests.bench.measure import interleaved, memory_folder, once
with memory_folder() as folder:
    full = cases.full({GROUPS}, folder)
    once(full)
    found = interleaved([*cases.start(), full, cases.copy({GROUPS}, folder)], {ROUNDS})
print(json.dumps({{name: asdict(sample) for name, sample in found.items()}}))
"""


@pytest.fixture(scope="module")
def measured() -> dict[str, Sample]:
    """Medians of processor time, which other work on the machine hardly changes."""
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=root, capture_output=True, text=True, check=True)
    return {name: Sample(**sample) for name, sample in json.loads(done.stdout.splitlines()[-1]).items()}


def test_a_full_build_is_not_many_times_a_copy(measured: dict[str, Sample]):
    """What 100 groups add to the start of a process is at most 20 times the copying of their files."""
    build = measured[f"full build, {GROUPS} groups"].cpu - measured["cubec --help"].cpu
    assert build <= 20 * measured[f"cp -r, {GROUPS} groups"].cpu


def test_help_is_quick(measured: dict[str, Sample]):
    """Asking for help takes at most 10 times what an interpreter takes to do nothing."""
    assert measured["cubec --help"].cpu <= 10 * measured["python -c pass"].cpu


def test_memory_is_small(measured: dict[str, Sample]):
    """A build of 100 groups stays below 60 MiB."""
    assert measured[f"full build, {GROUPS} groups"].memory <= 60
