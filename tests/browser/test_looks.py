"""How the pages look: contrast in both schemes, nothing wider than the window, nothing loaded, nothing taken for markup."""

import base64
import hashlib
import re
from pathlib import Path

import pytest

from cubec.report.page import plan
from tests.browser import looking, platforms
from tests.plans.test_reports import hostile

pytestmark = pytest.mark.tools
EACH = pytest.mark.parametrize("name", ["report", "list", "plan"])
OPEN_ALL = "document.querySelectorAll('details').forEach(item => { item.removeAttribute('name'); item.open = true; })"


@EACH
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_contrast(opened, pages, name: str, width: int, *, dark: bool):
    """All text, folded text included, has a contrast of 4.5 or more with what is behind it, as WCAG AA asks."""
    page = opened(pages[name], dark=dark, width=width)
    closed = page.evaluate(looking.CONTRASTS)
    page.evaluate(OPEN_ALL)
    found = page.evaluate(looking.CONTRASTS)

    assert len(found) >= len(closed) > 20
    assert [(text, ratio) for text, ratio in (*closed, *found) if ratio < 4.5] == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_contrast_of_bars(opened, pages, *, dark: bool):
    """Each part of a bar stands out from the page by 3 or more."""
    found = opened(pages["report"], dark=dark).evaluate(looking.DRAWN)

    assert {name.split()[0] for name, _ in found} >= {"t1", "t2", "free", "lent", "end"}
    assert [(name, ratio) for name, ratio in found if ratio < 3] == []


def test_schemes_differ(opened, pages):
    """Dark is dark, and light is light."""
    behind = "getComputedStyle(document.body).backgroundColor"

    assert opened(pages["report"]).evaluate(behind) == "rgb(255, 255, 255)"
    assert opened(pages["report"], dark=True).evaluate(behind) == "rgb(20, 24, 28)"


@EACH
@pytest.mark.parametrize("width", [320, 390, 768, 897, 1280])
def test_nothing_is_wider_than_the_window(opened, pages, name: str, width: int):
    """No scrolling to the side, nothing cut off and nothing outside, with names as long as they may be and everything unfolded."""
    page = opened(pages[name], width=width)
    folded = page.evaluate(looking.STICKING_OUT)
    page.evaluate(OPEN_ALL)

    assert folded == []
    assert page.evaluate(looking.STICKING_OUT) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_matrix_on_a_phone(opened, pages):
    """On a narrow window each role stands in a line of its own beside its group's name, and reasons open below it."""
    page = opened(pages["report"], width=390)
    cell = page.locator("tr:has-text('ben') td[data-group=audio]")
    edges = page.locator("tr:has-text('ben') > *").evaluate_all(
        "found => found.filter(cell => cell.checkVisibility()).map(cell => cell.getBoundingClientRect().left)"
    )
    named = cell.evaluate("cell => getComputedStyle(cell, '::before').content")
    cell.locator("summary").click()
    role, reasons = cell.locator("summary").bounding_box(), cell.locator(".why").bounding_box()

    assert len(edges) == 3
    assert len(set(edges)) == 1
    assert named == '"audio"'
    assert role is not None
    assert reasons is not None
    assert reasons["y"] >= role["y"] + role["height"]
    assert reasons["x"] + reasons["width"] <= 390


@EACH
def test_tenants_text_is_text(opened, pages, name: str):
    """Markup in descriptions and names is shown as it was written, and does nothing."""
    page = opened(pages[name])

    assert page.title() in {"lab", "Plan against main"}
    assert page.evaluate("document.scripts.length") == 1
    assert page.locator("img, iframe, object, embed, form, base, [style], [onclick], [onerror]").count() == 0
    assert page.evaluate("[...document.links].every(link => link.getAttribute('href').startsWith('#'))")


def test_hostile_text_is_shown(opened, pages):
    """A person's display name is what the file says, to the letter."""
    page = opened(pages["report"])

    assert page.locator("tr:has-text('ann') th bdi").inner_text() == platforms.HOSTILE
    assert page.locator("tr:has-text('ben') th bdi").inner_text() == "javascript:alert(1)"


@pytest.mark.parametrize("word", [platforms.HOSTILE, "</p></div><h1>x", "\u202egnp.exe", "&lt;b&gt;", "a\nb\x1b[31m"])
def test_a_plan_of_hostile_words(opened, tmp_path: Path, word: str):
    """Whatever an object, a field, a file or a reason is called, the page has the same elements, and shows the word."""
    found = {}
    for said in (word, "harmless"):
        path = tmp_path / f"{len(found)}.html"
        path.write_text(plan.html(hostile(said), {}))
        page = opened(path)
        found[said] = page.evaluate("new Set([...document.querySelectorAll('*')].map(e => e.tagName)).size")
        shown = page.locator("main").inner_text()
        assert said.splitlines()[0].replace("\u202e", "\\u202e") in shown

    assert found[word] == found["harmless"]


@EACH
def test_the_policy_holds_by_itself(browser, pages, tmp_path: Path, name: str):
    """If markup did get through one day, the page's own policy would still run and load none of it."""
    text = pages[name].read_text()
    planted = (
        "<script>document.title='taken'</script><script src='http://127.0.0.1:9/a.js'></script>"
        "<img src='http://127.0.0.1:9/a.png' onerror=\"document.title='taken'\">"
        "<link rel='stylesheet' href='http://127.0.0.1:9/a.css'><p id='planted' style='color: red'>text</p>"
        "<iframe src='http://127.0.0.1:9/'></iframe>"
    )
    path = tmp_path / "planted.html"
    path.write_text(text.replace("</header>", f"</header>{planted}", 1))
    arrived = []
    with browser.new_page() as page:
        page.on("requestfinished", lambda request: arrived.append(request.url))
        page.on("requestfailed", lambda request: arrived.append(f"{request.url} {request.failure}"))
        page.goto(path.as_uri())

        assert page.title() != "taken"
        assert page.evaluate("getComputedStyle(document.querySelector('#planted')).color") != "rgb(255, 0, 0)"
    assert [url for url in arrived if not url.startswith(("file:", "data:")) and "csp" not in url] == []


@EACH
def test_the_policy_names_the_pages_own_parts(pages, name: str):
    """Nothing is allowed but the one style sheet and the one script, by their hashes."""
    text = pages[name].read_text()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy is not None
    rules = dict(rule.split(" ", 1) for rule in policy[1].replace("&#39;", "'").split("; "))

    for kind, tag in (("style-src", "style"), ("script-src", "script")):
        (inner,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inner.encode()).digest()).decode()
        assert rules[kind] == f"'sha256-{digest}'"
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert set(rules) == {"default-src", "style-src", "script-src", "img-src", "base-uri", "form-action"}
