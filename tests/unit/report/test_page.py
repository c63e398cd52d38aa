"""The pages as text: whatever tenants write, the elements stay the page's own, and the bytes are the same every time."""

import base64
import dataclasses
import hashlib
import re
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from jinja2 import UndefinedError
from tests.browser import platforms
from tests.plans.recorded import PLANS, planned, sides
from tests.plans.test_recorded import CASES
from tests.plans.test_reports import HOSTILE, hostile

from cubec.diagnostics import Position, Severity
from cubec.model.model import Model
from cubec.plan.plan import Base
from cubec.report.page import plan, report
from cubec.report.page.page import fill


class Reader(HTMLParser):
    """The elements of a page with their attributes' names, its links, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.links: list[str] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self.links += [value or "" for name, value in attrs if name in {"href", "src", "action", "srcset"}]

    def handle_data(self, data: str) -> None:
        self.words += data


def described(model: Model, word: str) -> Model:
    """The platform with ``word`` wherever free text is shown."""
    return dataclasses.replace(
        model,
        platform=dataclasses.replace(model.platform, description=word, currency=word),
        users={
            name: dataclasses.replace(user, display_name=word, email=word, subject=word)
            for name, user in model.users.items()
        },
        groups={
            name: dataclasses.replace(group, description=word, reason=word, owners=(word,))
            for name, group in model.groups.items()
        },
        volumes={
            name: dataclasses.replace(volume, description=word, owner=word) for name, volume in model.volumes.items()
        },
    )


@pytest.fixture(scope="module")
def busy() -> Model:
    return platforms.busy()


@pytest.fixture(scope="module")
def plain(busy: Model) -> Reader:
    return Reader(report.html(described(busy, "word")))


@pytest.mark.no_cover
@given(word=HOSTILE.filter(lambda word: word.strip()))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_becomes_an_element(busy: Model, plain: Reader, word: str):
    """The report of hostile words has the elements and attributes of a harmless one, and leads nowhere but to itself."""
    page = Reader(report.html(described(busy, word)))

    assert page.elements == plain.elements
    assert page.links == plain.links
    assert all(link.startswith("#") or link == "data:," for link in page.links)


@pytest.mark.no_cover
@given(word=HOSTILE)
@settings(max_examples=40, deadline=None)
def test_no_word_of_a_plan_becomes_an_element(word: str):
    """The same of a plan in which everything that a tenant can write is hostile."""
    page = Reader(plan.html(hostile(word), {}))

    assert {tag for tag, _ in page.elements} <= {
        *("html", "head", "meta", "link", "title", "style", "body", "a", "header", "h1", "p", "code", "time", "main"),
        *("section", "h2", "span", "div", "script"),
    }
    assert {name for _, names in page.elements for name in names} <= {
        *("lang", "charset", "http-equiv", "content", "name", "rel", "href", "class", "id", "tabindex"),
        "aria-labelledby",
    }
    assert page.links == ["data:,", "#main"]


def test_what_hides_is_spelled_out(busy: Model):
    """Characters that turn text around or cannot be seen are escapes on the page."""
    page = report.html(described(busy, "a\u202eb\u200bc\x1b[31m"))

    assert "a\\u202eb\\u200bc\\u001b[31m" in page
    assert "\u202e" not in page


def test_the_policy_allows_the_pages_own_parts_alone(busy: Model):
    """Style sheet and script are allowed by their hash, data: for the empty icon, and nothing else."""
    page = report.html(busy)
    found = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert found is not None
    hashes = [
        base64.b64encode(hashlib.sha256(re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)[0].encode()).digest())
        for tag in ("style", "script")
    ]

    assert found[1].replace("&#39;", "'") == (
        f"default-src 'none'; style-src 'sha256-{hashes[0].decode()}'; script-src 'sha256-{hashes[1].decode()}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def test_the_same_sources_make_the_same_bytes(busy: Model):
    """Read twice, in another order of files the second time, a platform is the same page."""
    assert report.html(platforms.busy()) == report.html(busy)


def test_a_template_that_asks_for_what_is_not_there_fails():
    """A misspelled value is an error and not an empty place."""
    with pytest.raises(UndefinedError):
        fill("plan.html", {})


@pytest.mark.parametrize("name", CASES)
def test_every_recorded_plan(name: str):
    """The page has the sections of the comment with their lines; a refusal and its way out come first."""
    before, after = sides(PLANS / name)
    found, said = planned(before, after)
    if found is None:
        text = Reader(plan.errors(Base("main", "3f2c1aa" + "0" * 33), platforms.DAY, said, after)).words
        assert "No plan: the tree has errors." in text
        assert said[0].hint in text
        return

    text = Reader(plan.html(found, after)).words

    assert ("Refused by the guard." in text) == bool(found.refused)
    assert ("Merging changes nothing" in text) == (not found and not found.refused)
    for item in (*found.refused, *found.warnings):
        assert item.message in text
        assert item.hint in text
    if found:
        titles = re.findall(r"\n(Access|GPU|Cost|Objects|Review) ", text)
        assert titles == ["Access", "GPU", "Cost", "Objects", "Review"]


@pytest.mark.parametrize(
    ("case", "verdict"),
    [
        ("change-a-comment", "Merging changes nothing: no object, no access, no cards."),
        ("raise-the-quota-within-the-envelope", "Nothing is refused. The owners of the group may merge it."),
        ("raise-the-quota", "Nothing is refused. Platform owners have to review it."),
        ("off-board-an-active-group", "Refused by the guard."),
    ],
)
def test_verdicts(case: str, verdict: str):
    """The first line of the page says who has to act."""
    before, after = sides(PLANS / case)
    found, _ = planned(before, after)
    assert found is not None

    assert verdict in plan.html(found, after)


def test_notes_and_a_change_without_a_review():
    """What is said about the tree itself is on the page; without anything to decide the verdict is short."""
    calm = hostile("word")
    quiet = dataclasses.replace(
        calm, refused=(), review=dataclasses.replace(calm.review, items=()), notes=("output/ is stale",)
    )

    page = plan.html(quiet, {})

    assert "Note: output/ is stale" in page
    assert '<p class="verdict comes">Nothing is refused.</p>' in page


def test_signs_colour_lines():
    """A line that begins with a sign is marked as what comes, goes or changes."""
    page = plan.html(hostile("word"), {})

    for sign, name in (("+", "comes"), ("-", "goes"), ("~", "changes"), ("-/+", "changes"), ("&gt;", "changes")):
        assert f'<p class="{name}">{sign} ' in page
    assert "<p>= " in page


def test_a_position_is_shown_in_an_error_page():
    """An error keeps its place, its code and the line that it is about."""
    before, after = sides(PLANS / "raise-the-quota-over-the-pool")
    _, said = planned(before, after)
    errors = [item for item in said if item.severity is Severity.ERROR]
    page = Reader(plan.errors(Base("main", "3f2c1aa" + "0" * 33), platforms.DAY, errors, after)).words

    assert str(errors[0].position) in page
    assert errors[0].position != Position(errors[0].position.path)
    assert f"[{errors[0].code}]" in page
