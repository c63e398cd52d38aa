"""The plan in every format: the JSON has the published shape, and nothing in the comment can be made active by a tenant."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cubec.diagnostics import Diagnostic, Position, Severity
from cubec.model.quantity import parse
from cubec.plan.cost import Costs, Part
from cubec.plan.cost import Line as Month
from cubec.plan.destruction import Destruction, LostClaim, LostNamespace
from cubec.plan.fields import ABSENT, FieldChange
from cubec.plan.ledger import Line, Stand
from cubec.plan.objects import Action, Identity, ObjectChange
from cubec.plan.plan import Base, Plan
from cubec.plan.review import Item, Review
from cubec.report import plan_json, plan_markdown, plan_text
from tests.plans.recorded import COMMIT, PLANS, planned, sides
from tests.plans.test_recorded import CASES

SCHEMA = json.loads(plan_json.schema())
# what a tenant might try: mentions, links, HTML, ends of fences and of folds, workflow commands, colours
HOSTILE = st.lists(
    st.one_of(
        st.sampled_from(
            (
                *("@octocat", "`", "```", "````", "~~~", "</details>", "<img src=x>", "<!--", "-->", "[a](http://b)"),
                *(
                    "http://example.com",
                    "#1",
                    "\n",
                    "\r",
                    "\u2028",
                    "\x1b[31m",
                    "::error::x",
                    "|",
                    "$$",
                    "&lt;",
                    "**b**",
                ),
            )
        ),
        st.text(max_size=8),
    ),
    min_size=1,
    max_size=12,
).map("".join)


@pytest.mark.parametrize("name", CASES)
def test_json(name: str):
    """Every recorded plan, or what stands in its place, has the shape that is published."""
    before, after = sides(PLANS / name)
    plan, said = planned(before, after)
    text = plan_json.errors("main", COMMIT, "2026-11-22", said) if plan is None else plan_json.plan(plan)

    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(text))


@pytest.mark.parametrize("name", CASES)
def test_markdown(name: str):
    """Every recorded plan is one comment with at most two open folds, below the limit."""
    before, after = sides(PLANS / name)
    plan, said = planned(before, after)
    text = plan_markdown.errors("main", said, after) if plan is None else plan_markdown.text(plan, after)

    assert text.startswith(plan_markdown.MARK)
    assert len(text) < plan_markdown.LONGEST
    assert text.count("<details open>") <= 2
    assert text.count("<details") == text.count("</details>")


def hostile(word: str, times: int = 1) -> Plan:
    """A plan in which everything that a tenant can write says ``word``."""
    names = [Identity(word, "v1", word, word, f"{word}{n}") for n in range(times)]
    fields = (FieldChange((word, 0, "a.b"), word, {word: [word]}), FieldChange(("x",), ABSENT, word * 40))
    changes = [ObjectChange(action, name, word, word, fields, word) for action in Action for name in names]
    place = Position(word, 1, 1)
    said = Diagnostic(place, Severity.ERROR, "source-change", word, word)
    stand = Stand(Decimal(2), Decimal(3), Decimal(1), {word: Decimal(3)})
    item = Item("Group", word, word, self_service=False, reason=word)
    claim = LostClaim(word, word, word, word, parse("1Ti"), word, data_stays=False, action=Action.DELETED)
    return Plan(
        base=Base("main", COMMIT),
        as_of=date(2026, 11, 22),
        access=(),
        ledger=(Line(word, word, word, replace(stand, cards=Decimal(3)), stand),),
        costs=Costs(("EUR", "USD"), (Month(word, (), (Part(word, Decimal(1), Decimal("0.35")),)),)),
        objects=tuple(changes),
        destruction=Destruction((LostNamespace(word, word, word, Action.DELETED, word),), (claim,), {word: (word,)}),
        review=Review((item, replace(item, self_service=True, owners=(word,)))),
        warnings=(replace(said, severity=Severity.WARNING),) * times,
        refused=(said,) * times,
        notes=("output/ is stale",),
    )


def outside(text: str) -> list[str]:
    """What a reader of CommonMark takes for something else than code: the content of every other token."""
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    return [token.content for token in tokens if token.type != "fence" and token.content]


@settings(max_examples=150, deadline=None)
@given(HOSTILE)
def test_nothing_that_tenants_wrote_is_active(word: str):
    """Whatever they write, everything outside of code is what a harmless word would have given."""
    text = plan_markdown.text(hostile(word), {})

    assert outside(text) == outside(plan_markdown.text(hostile("harmless"), {}))
    assert all(character.isprintable() or character == "\n" for character in text)
    assert len(text) < plan_markdown.LONGEST


@settings(max_examples=60, deadline=None)
@given(HOSTILE)
def test_errors_are_not_active_either(word: str):
    """The comment on a tree with errors quotes tenants, too, and only in code."""
    said = [Diagnostic(Position(word), Severity.ERROR, "bad-gpu", word, word)]

    assert outside(plan_markdown.errors("main", said, {})) == [
        "<!-- cubec plan -->\n",
        *outside("### Plan against `main`"),
        "No plan: the tree has errors.",
    ]


@settings(max_examples=60, deadline=None)
@given(HOSTILE)
def test_a_terminal_gets_no_control_characters(word: str):
    """Nothing that tenants write moves the cursor or sets colours."""
    text = plan_text.text(hostile(word), colour=False)

    assert all(character.isprintable() or character == "\n" for character in text)


@settings(max_examples=60, deadline=None)
@given(HOSTILE)
def test_json_holds_any_text(word: str):
    """Whatever is written fits into the JSON's shape, in ASCII."""
    text = plan_json.plan(hostile(word))

    assert text.isascii()
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(text))


def test_a_large_plan_is_cut():
    """A change of thousands of objects stays one comment, and says that it was cut."""
    text = plan_markdown.text(hostile("`" * 390 + "x" * 400, times=3000), {})

    assert len(text) < plan_markdown.LONGEST
    assert "… cut after" in text
    assert "… and 2960 more created" in plan_text.text(hostile("x", times=3000), colour=False)


def test_colour():
    """On a terminal the titles stand out."""
    assert "\x1b[1mACCESS" in plan_text.text(hostile("x"), colour=True)
