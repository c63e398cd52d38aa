"""The table of claims in the README is what the tests of this folder prove: no row without its test, no claim without its row."""

import importlib
from pathlib import Path

import pytest

HERE = Path(__file__).parent
MODULES = sorted(path.stem for path in HERE.glob("test_*.py") if "\nCLAIMS = (" in path.read_text())


@pytest.mark.parametrize("name", MODULES)
def test_every_claim_is_in_the_table(name: str):
    """Each claim of the module stands in the README beside its test, and that test exists and says what it proves."""
    module = importlib.import_module(f"tests.cluster.{name}")
    rows = [
        line.strip("|").split(" | ") for line in (HERE / "README.md").read_text().splitlines() if f"`{name}::" in line
    ]
    table = {(row[0].strip(), row[-1].strip()) for row in rows}

    assert table == {(claim, f"`{name}::{test}`") for claim, test in module.CLAIMS}
    assert all(getattr(module, test).__doc__ for _, test in module.CLAIMS)
