"""What a commit says of itself: the change in one line, its effect below, and nothing that a code host would act on."""

import re
import subprocess
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.plans.recorded import PLANS, planned, sides
from tests.plans.test_recorded import CASES
from tests.plans.test_reports import HOSTILE, hostile
from tests.test_golden import TODAY
from tests.unit.plan.changing import DEV1, DEV2, base, edited, plan

from cubec import pipeline
from cubec.plan.review import NEW, REMOVED, Item, Review
from cubec.report.commit_message import LONGEST, first, inert, text

# what GitHub, GitLab and others look for in a message, beside what the comment on a pull request must not hold
ORDERS = st.lists(
    st.one_of(
        HOSTILE,
        st.sampled_from(
            (
                *("[skip ci]", "[ci skip]", "***NO_CI***", "Fixes #7", "closes GH-7", "gh-7", "!12", "$3", "%v1", "&9"),
                *("~bug", "org/repo#1", "org/repo@abcdef0", "www.example.com", "WWW.example.com", "ssh://x", "^alert"),
                *(
                    "Co-authored-by: eve <eve@example.com>",
                    "\nSigned-off-by: eve <e@x>",
                    "/merge",
                    "a@b.c",
                    "＠eve",
                    "//",
                ),
            )
        ),
    ),
    min_size=1,
    max_size=6,
).map(" ".join)
ACTIVE = re.compile(r"[@#!$%&~^*\[\]<>|`\\{}\"＠＃]|//|(?<![A-Za-z0-9])(?:www|gh)[.-]", re.IGNORECASE)


def changed(*edits: tuple[str, str, str]) -> list[str]:
    before = base()
    return text(plan(before, edited(before, *edits))).splitlines()


def with_items(*items: Item) -> str:
    """The first line of a plan of these documents."""
    return text(replace(hostile("x"), review=Review(items))).splitlines()[0]


def item(kind: str, name: str, reason: str = "other", part: str = "") -> Item:
    return Item(kind, name, part, self_service=False, reason=reason)


@pytest.mark.parametrize("name", CASES)
def test_recorded_plans(name: str):
    """Each recorded plan gives a short first line, an empty one, and its sections, in lines that are not wide."""
    found, _ = planned(*sides(PLANS / name))
    if found is None:
        return
    subject, blank, *body = text(found).splitlines()

    assert 0 < len(subject) <= LONGEST
    assert blank == ""
    assert body[0].split()[0] in {"DATA", "ACCESS"}
    assert body[-1].startswith("REVIEW")
    assert max(map(len, body)) <= 130
    assert not ACTIVE.search(text(found).replace("@example/dev1", ""))


def test_who_gains_what():
    """Access, cards and cost are told line by line, objects and the review only counted: the files say the rest."""
    lines = changed((DEV1, "    - user: bob", "    - user: tom\n      role: viewer\n    - user: bob"))

    assert lines[0] == "Change group dev1"
    assert lines[2].split() == ["ACCESS", "1", "change"]
    assert lines[3].startswith("  + tom")
    assert next(line for line in lines if line.startswith("OBJECTS")).startswith("OBJECTS 1 created")
    assert "RoleBinding" not in "\n".join(lines)


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([item("User", "tom", NEW)], "Add user tom"),
        ([item("Group", "dev1", part="members"), item("Group", "dev1", part="placements")], "Change group dev1"),
        ([item("Group", "dev1"), item("Group", "dev2")], "Change groups dev1 and dev2"),
        (
            [item("Group", "dev1"), item("User", "tom", NEW), item("Volume", "old", REMOVED)],
            "Add user tom, change group dev1, remove volume old",
        ),
        ([item("NodePool", "gpu"), item("JobTemplate", "pytorch")], "Change pool gpu, change template pytorch"),
        ([item("User", f"u{n}", NEW) for n in range(4)], "Add 4 users"),
        ([item("Group", "g" * 40), item("User", "u" * 40)], "Change 1 group, change 1 user"),
        ([item(f"Kind{n}" + "x" * 20, f"n{n}") for n in range(9)], "Change the platform"),
        ([item("Group", "dev1", NEW, "members")], "Change group dev1"),
        ([], "Build the output anew"),
    ],
)
def test_the_first_line(items: list[Item], expected: str):
    """It names what was added, changed and removed; of many it gives numbers, and it is never too long."""
    assert with_items(*items) == expected


def test_nothing_but_a_comment():
    """A change of the sources that compiles to the same says so."""
    assert changed((DEV2, "spec:\n", "# a comment\nspec:\n"))[0] == "Change the sources, and nothing by it"


def test_many_lines_are_cut():
    """A section of many lines is cut, and says by how much."""
    before = base()
    users = "".join(f"    - user: new{n}\n      role: viewer\n" for n in range(20))
    people = "".join(
        f"  - apiVersion: cubec.io/v1\n    kind: User\n    metadata: {{name: new{n}}}\n    spec: {{uid: {25000 + n}}}\n"
        for n in range(20)
    )
    after = {
        **edited(before, (DEV1, "    - user: bob", f"{users}    - user: bob")),
        "tenants/users/new.yaml": f"apiVersion: cubec.io/v1\nkind: List\nitems:\n{people}".encode(),
    }

    assert "  … and 8 more lines" in text(plan(before, after)).splitlines()


def test_the_committers_words_stay():
    """What the committer says is theirs; the first commit of a platform has nothing to compare with."""
    found, _ = planned(*sides(PLANS / "add-a-viewer"))
    model = planned_model()
    assert found is not None

    assert text(found, "Fixes #12").startswith("Fixes #12\n\nACCESS")
    assert first(model, "Fixes #12").splitlines()[0] == "Fixes #12"
    assert first(model).splitlines()[0] == f"Begin platform {model.platform.name}"


def planned_model():
    model = pipeline.analyse(base().items(), [], TODAY).model
    assert model is not None
    return model


@pytest.mark.no_cover
@settings(max_examples=300, deadline=None)
@given(ORDERS)
def test_nothing_in_it_is_an_order(word: str):
    """Whatever tenants write: no mention, no issue, no link, no word that skips checks, no control character, no trailer of theirs."""
    message = text(hostile(word))

    assert not ACTIVE.search(message)
    assert all(character.isprintable() or character == "\n" for character in message)
    assert not [line for line in message.splitlines()[2:] if not re.match(r"[A-Z]{3,8} |  ", line)]
    assert not ACTIVE.search(inert(word))


@settings(max_examples=15, deadline=None)
@given(ORDERS)
def test_git_finds_no_trailer(word: str):
    """Nobody becomes an author, or has signed, by what a tenant wrote: asked of git itself."""
    command = ["git", "interpret-trailers", "--parse"]
    done = subprocess.run(command, input=text(hostile(word)), capture_output=True, text=True, check=True)

    assert done.stdout == ""
