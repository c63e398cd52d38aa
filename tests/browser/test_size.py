"""The report of a thousand groups, ten thousand people and four thousand volumes can still be opened and searched."""

import time
from pathlib import Path

import pytest

from cubec.report.page import report
from tests.browser import platforms

pytestmark = pytest.mark.tools

FILTER = """async (text) => {
  const input = document.querySelector("#find");
  const begin = performance.now();
  input.value = text;
  input.dispatchEvent(new Event("input"));
  await new Promise((done) => {
    const look = () => (document.querySelector("#found").textContent ? requestAnimationFrame(() => setTimeout(done)) : setTimeout(look, 5));
    look();
  });
  return [document.querySelector("#found").textContent, performance.now() - begin];
}"""


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("large") / "report.html"
    path.write_text(report.html(platforms.thousand()))
    return path


def test_a_thousand_groups(opened, large: Path):
    """The page opens and answers a filter while a person waits. Both bounds are many times what was measured."""
    begin = time.perf_counter()
    page = opened(large)
    took = time.perf_counter() - begin
    found, milliseconds = page.evaluate(FILTER, "user-77")

    assert took < 20
    assert found == "121 found"  # user-77-… and user-77x-…: 110 people and the 11 groups that list them
    assert milliseconds < 2000
    assert page.locator(".people > li:not([hidden])").count() == 110


def test_it_grows_with_the_platform(large: Path):
    """Ten times the groups are ten times the bytes: a person has as many cells as roles, not one for each group."""
    small = len(report.html(platforms.thousand(100)))
    size = large.stat().st_size

    assert size < 10_000_000
    assert size < 10.5 * small
