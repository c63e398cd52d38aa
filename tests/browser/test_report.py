"""The report in a browser: what it shows is what the model says, and it can be searched and used by keyboard."""

from collections import defaultdict
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from cubec.model.phrase import number
from cubec.plan import ledger
from tests.browser import platforms

pytestmark = pytest.mark.tools

FOCUSED = """() => {
  const element = document.activeElement;
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  const all = [...document.querySelectorAll('*')];
  const seen = document.elementFromPoint(box.x + Math.min(box.width, 20) / 2, box.y + Math.min(box.height, 20) / 2);
  return {
    place: all.indexOf(element),
    name: `${element.tagName} ${element.textContent.trim().slice(0, 30)}`,
    outline: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    inside: box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth + 1,
    uncovered: element === seen || element.contains(seen),
  };
}"""


def texts(page, selector: str) -> list[str]:
    return [" ".join(text.split()) for text in page.locator(selector).all_inner_texts()]


def items(page) -> list[str]:
    """What is left of everything that can be filtered, each by its first word."""
    return [text.split()[0] for text in texts(page, "[data-item]:not([hidden])")]


def test_the_line_of_figures(opened, pages):
    """Groups, people, cards and money are those of the platform; who has left is not counted, what is over is said."""
    page = opened(pages["report"])

    assert texts(page, ".figures li") == [
        "4 groups 2 not active",
        "5 people 1 more have left",
        "11 of 12 cards promised 1 over-committed",
        "2 volumes",
        "1,512 EUR a month for promised cards",
        "4 endings within 90 days",
    ]


def test_bars(opened, pages):
    """Every pool with cards has a bar whose parts are as wide as the ledger says, from the left to the right without a gap."""
    page = opened(pages["report"])
    model = platforms.busy()
    lines = {line.pool: line.after for line in ledger.compare(model, model, {})}
    drawn = {
        pool.locator("h4").inner_text().split()[0]: pool.locator("rect:not(.lent, .end)").evaluate_all(
            "found => found.map(rect => { const box = rect.getBBox(); return [rect.textContent, box.x, box.width,"
            " rect.ownerSVGElement.clientWidth]; })"
        )
        for pool in page.locator(".pool").all()
    }

    assert {name for name, parts in drawn.items() if parts} == set(lines)
    for name, stand in lines.items():
        assert stand is not None
        told = {**stand.holders, "free": stand.free} if stand.free else stand.holders
        assert {text for text, *_ in drawn[name]} == {f"{group} {number(count)}" for group, count in told.items()}
        end = 0.0
        for text, start, width, whole in drawn[name]:
            share = Decimal(text.split()[-1]) / max(stand.cards, stand.guaranteed)
            assert width == pytest.approx(float(share) * whole, abs=0.5)
            assert start == pytest.approx(end, abs=0.5)
            end = start + width
        assert end == pytest.approx(drawn[name][0][3], abs=1)


def test_the_words_beside_the_bars(opened, pages):
    """What may be lent, what is free and what is over is said in words, too, for those who see no bars."""
    page = opened(pages["report"])

    assert texts(page, ".legend li:first-child") == [
        "6 of 8 T4 promised, 5 may be lent while idle",
        "5 of 4 A100 promised, over by 1",
    ]
    assert page.locator("svg").first.get_attribute("aria-label") == "6 of 8 T4 cards promised, 2 free, 5 may be lent"
    assert texts(page, ".pool:has-text('only for audio') .none") == ["no cards"]


def test_the_matrix(opened, pages):
    """A cell has a role exactly where the model binds the person in the group; everybody has a row."""
    page = opened(pages["report"])
    model = platforms.busy()
    expected = defaultdict(set)
    for placement in model.placements:
        for binding in placement.bindings:
            expected[binding.member.user, placement.group.name].add(binding.member.role)
    shown = defaultdict(set)
    for row in page.locator(".matrix tbody tr").all():
        name = row.locator("th").inner_text().split()[0]
        for cell in row.locator("td[data-group]:not([data-group='the platform'])").all():
            shown[name, cell.get_attribute("data-group")].add(cell.locator("summary").inner_text().split()[0])

    assert shown == expected
    assert {text.split()[0] for text in texts(page, ".matrix tbody th")} == {*model.users, "everyone"}
    assert texts(page, ".matrix .none") == [
        "access ended on 2026-11-01",
        "no role anywhere",
        "no role anywhere",
    ]


def test_the_reasons_of_a_role(opened, pages):
    """A click shows line, binding, cluster and last day; the next click elsewhere closes it, and another role does."""
    page = opened(pages["report"])
    cell = page.locator("tr:has-text('ben') td[data-group=audio]")
    other = page.locator("tr:has-text('ben') td[data-group=video]")

    cell.locator("summary").click()
    said = cell.locator("p").first.inner_text().splitlines()
    other.locator("summary").click()

    assert said[0] == "developer in audio on east"
    assert said[1].startswith("lab.yaml:")
    assert said[2:] == ["RoleBinding developer--ben", "sensitive: exec", "until 2026-12-31"]
    assert not cell.locator(".why").is_visible()
    assert other.locator(".why").is_visible()
    page.locator("h1").click()
    assert not other.locator(".why").is_visible()


def test_many_groups_are_a_list(opened, pages):
    """Where the groups are too many for a table each person has a list of them, with the same reasons behind each role."""
    page = opened(pages["list"])
    row = page.locator(".people > li:has-text('ben')")

    row.locator("summary").first.click()

    assert page.locator(".matrix").count() == 0
    assert [text.split()[:2] for text in texts(page, ".people > li:has-text('ben') summary")] == [
        [platforms.LONG, "owner"],
        ["audio", "developer"],
        ["video", "viewer"],
    ]
    assert row.locator(".why p").first.inner_text().splitlines()[0] == f"owner in {platforms.LONG} on west"


def test_volumes(opened, pages):
    """Who mounts a volume where and how, who could and does not, and that one belongs to nobody."""
    page = opened(pages["report"])

    assert texts(page, ".volumes li li") == [
        "audio reads and writes at /data",
        "video reads at /sounds as claim sounds",
        "text was granted it and does not list it",
        "granted to nobody",
    ]


def test_what_ends(opened, pages):
    """The next 90 days by month with the line of each date, and what is over and still written down."""
    page = opened(pages["report"])

    assert texts(page, "#endings h3") == [
        "November 2026",
        "December 2026",
        "January 2027",
        "Over, and still written down",
    ]
    assert [text.rpartition(" lab.yaml:")[0] for text in texts(page, "#endings [data-item]")] == [
        "2026-11-30 ben stops being viewer of video in 8 days",
        "2026-12-01 text may be removed in 9 days",
        "2026-12-31 ben loses all access in 39 days",
        "2027-01-15 corpus ends its migration in 54 days",
        "2026-10-01 ann is no longer viewer of video 52 days ago",
        "2026-11-01 cem has lost all access 21 days ago",
    ]


def test_a_group_says_how_to_submit(opened, pages):
    """Each cluster of an active group has the commands with its own namespace; of others it says why there are none."""
    page = opened(pages["report"])
    active, stopped = page.locator("#group-audio"), page.locator("#group-video")

    assert active.locator("pre").all_inner_texts()[0].splitlines() == [
        "export KUBECONFIG=USER@east.kubeconfig",
        "kubectl -n audio create -f job.yaml",
        "kubectl -n audio get jobs,pods",
        "arena submit pytorch --namespace=audio --name=first --image=IMAGE 'COMMAND'",
    ]
    assert stopped.locator("pre").count() == 0
    assert "The group is suspended: no new pods start here." in stopped.inner_text()


def test_filtering(opened, pages):
    """Only what holds all words is left, the headings count it, and an empty field brings everything back."""
    page = opened(pages["report"])
    before = items(page)
    find = page.locator("#find")

    find.fill("BEN video")
    expect(page.locator("#found")).to_have_text("3 found")
    found = items(page)
    heading = page.locator("#h-access").inner_text()
    find.fill("nothing like this")
    expect(page.locator("#found")).to_have_text("0 found")
    none = items(page)
    find.fill("")
    expect(page.locator("#found")).to_have_text("")

    assert found == ["ben", "2026-11-30", "video"]
    assert heading == "Access 1 of 7"
    assert none == []
    assert items(page) == before
    assert page.locator("#h-access").inner_text() == "Access 7"


def test_a_group_by_its_link(opened, pages):
    """A link to a group opens its folded section, although a filter has hidden it."""
    page = opened(pages["report"])
    page.locator("#group-audio > summary").click()
    page.locator("#find").fill("ben")
    expect(page.locator("#group-text")).to_be_hidden()
    page.locator("#find").fill("text")
    expect(page.locator("#group-audio")).to_be_hidden()

    page.evaluate("location.hash = '#group-audio'")

    expect(page.locator("#group-audio .place").first).to_be_visible()


def test_the_way_by_keyboard(opened, pages):
    """Tab leads through the page in the order of its text; whatever has the focus is in sight, uncovered and outlined."""
    page = opened(pages["report"])
    visited = []
    page.keyboard.press("Tab")
    while not (step := page.evaluate(FOCUSED))["name"].startswith("BODY"):
        visited.append(step)
        page.keyboard.press("Tab")

    places = [step["place"] for step in visited]
    assert visited[0]["name"] == "A Skip to the content"
    assert [step["name"] for step in visited[1:7]] == [
        "A Pools",
        "A Access",
        "A Volumes",
        "A Endings",
        "A Groups",
        "INPUT ",
    ]
    assert len(places) == page.locator("a:visible, input:visible, summary:visible").count() > 25
    assert places == sorted(set(places))
    for step in visited:
        assert step["outline"], step
        assert step["inside"], step
        assert step["uncovered"], step


def test_skipping_to_the_content(opened, pages):
    """The first Tab and Enter lead past the navigation: the next Tab is in the content."""
    page = opened(pages["report"])

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_reasons_by_keyboard(opened, pages):
    """Enter opens the reasons of a role, Escape closes them and leaves the focus where it was."""
    page = opened(pages["report"])
    role = page.locator("tr:has-text('ann') td[data-group=audio] summary")
    reasons = page.locator("tr:has-text('ann') td[data-group=audio] .why")

    role.focus()
    page.keyboard.press("Enter")
    opened_by_enter = reasons.is_visible()
    page.keyboard.press("Escape")

    assert opened_by_enter
    assert not reasons.is_visible()
    assert role.evaluate("element => element === document.activeElement")


def test_a_key_for_the_filter(opened, pages):
    """A slash leads to the filter from anywhere, and is an ordinary character within it."""
    page = opened(pages["report"])

    page.keyboard.press("/")
    page.keyboard.type("a/b")

    assert page.locator("#find").input_value() == "a/b"


def test_without_scripts(opened, pages):
    """Without JavaScript the filter is not offered, everything can be read, and reasons still open."""
    page = opened(pages["report"], scripts=False)
    with_scripts = opened(pages["report"])

    page.locator("tr:has-text('ann') td[data-group=audio] summary").click()

    assert not page.locator("#find").is_visible()
    assert page.locator("tr:has-text('ann') td[data-group=audio] .why").is_visible()
    assert texts(page, "main section:not(#access)") == texts(with_scripts, "main section:not(#access)")


def test_on_paper(opened, pages):
    """Printed, the page leaves out what only a screen needs, and shows the sections that are folded."""
    page = opened(pages["report"], dark=True)
    page.locator("#group-audio > summary").click()
    folded = page.locator("#group-audio .place").first.is_visible()

    page.emulate_media(media="print")

    assert not folded
    assert page.locator("#group-audio .place").first.is_visible()
    assert not page.locator(".tools").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf().startswith(b"%PDF")
