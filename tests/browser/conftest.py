"""Pages in a real browser: Debian's Chromium, found on PATH and driven headless."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from cubec.report.page import plan, report
from tests.browser import platforms
from tests.plans.recorded import PLANS, planned, sides

NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.fail("no Chromium on PATH: ci/browser installs Debian's, or leave these tests out with -m 'not tools'")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def pages(tmp_path_factory) -> dict[str, Path]:
    """The pages that are looked at, as files."""
    folder = tmp_path_factory.mktemp("pages")
    before, after = sides(PLANS / "off-board-an-active-group")
    planning, _ = planned(before, after)
    assert planning is not None
    texts = {
        "report": report.html(platforms.busy()),
        "list": report.html(platforms.busy(more=True)),
        "plan": plan.html(planning, after),
    }
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text)
    return {name: folder / f"{name}.html" for name in texts}


Opens = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opens]:
    """Opens a file. A request that is not for it, an error or a line on the console fails the test at its end."""
    contexts, said = [], []

    def opens(path: Path, *, width: int = 1280, height: int = 900, dark: bool = False, scripts: bool = True) -> Page:
        context = browser.new_context(
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            viewport={"width": width, "height": height},
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: said.append(request.url) if request.url != path.as_uri() else None)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(path.as_uri())
        return page

    yield opens
    for context in contexts:
        context.close()
    assert [url for url in said if url != "data:,"] == []
