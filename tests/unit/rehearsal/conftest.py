"""The tables of the live tests are read here, whose modules have markers of their own."""

import pytest
from tests.cluster.conftest import NEEDS


def pytest_configure(config: pytest.Config) -> None:
    for name, why in NEEDS.items():
        config.addinivalue_line("markers", f"{name}: {why}")
