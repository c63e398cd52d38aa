"""Reports for people and machines: nothing that a tenant wrote can act on who reads them."""

import json as stdlib_json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cubec.diagnostics import Position, Related, Rule, Severity
from cubec.report import github, json, sarif, text
from cubec.report.excerpt import excerpt
from cubec.source.quoting import printable

RULE = Rule("some-rule", Severity.ERROR, "something is wrong", "why it is wrong")
FILE = b'a: 1\nname: bbo # a user\nlist: [x, y]\ntext: "q: uoted" # c\nwide: \xe5\xad\x97 bad\n'
FILES = {"tenants/a.yaml": FILE}


def at(line: int, column: int, **more):
    return RULE.at(Position("tenants/a.yaml", line, column), 'unknown user "bbo"', hint='did you mean "bob"?', **more)


def test_a_diagnostic_as_people_see_it():
    """Place, message, code, the line with a caret under the value, the way out, and the other place."""
    item = at(2, 7, related=[Related(Position("tenants/b.yaml", 7, 11), "declared")])

    assert text.one(item, FILES, colour=False) == (
        'tenants/a.yaml:2:7: error: unknown user "bbo" [some-rule]\n'
        "  |\n"
        "2 | name: bbo # a user\n"
        "  |       ^^^\n"
        '  = help: did you mean "bob"?\n'
        "  = note: declared at tenants/b.yaml:7:11\n"
    )


@pytest.mark.parametrize(
    ("line", "column", "width"),
    [(1, 1, 1), (2, 7, 3), (2, 1, 4), (3, 7, 1), (3, 8, 1), (4, 7, 10), (5, 9, 3)],
)
def test_the_caret_is_as_wide_as_what_it_means(line: int, column: int, width: int):
    """A key, a plain value, a quoted one, an item of a list: the caret underlines exactly that."""
    found = excerpt(FILES, Position("tenants/a.yaml", line, column))

    assert found is not None
    assert found[2] == width


def test_an_ideograph_takes_two_columns():
    """The caret stands under the value although a wide character comes before it."""
    found = excerpt(FILES, Position("tenants/a.yaml", 5, 9))

    assert found == ("wide: 字 bad", 9, 3)


def test_no_excerpt_where_a_secret_may_stand():
    """A diagnostic without excerpt shows no source line."""
    assert "a user" not in text.one(at(2, 7, excerpt=False), FILES, colour=False)


@pytest.mark.parametrize(("path", "line"), [("tenants/none.yaml", 1), ("tenants/a.yaml", 99), ("tenants/a.yaml", 0)])
def test_no_excerpt_of_a_line_that_is_not_there(path: str, line: int):
    """A place outside the files has no excerpt, and is no failure."""
    assert excerpt(FILES, Position(path, line, 1)) is None


def test_a_long_line_is_cut():
    """A line of a megabyte does not flood the terminal, and the caret still points at its value."""
    data = b"x: " + b"a" * 1000 + b" b"
    found = excerpt({"f": data}, Position("f", 1, 1005))

    assert found is not None
    assert len(found[0]) <= 200
    assert found[0][found[1] : found[1] + found[2]] == "b"


def test_colour_is_only_added():
    """Without its escapes a coloured report is the plain one."""
    item = at(2, 7)
    coloured = text.one(item, FILES, colour=True)
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == text.one(item, FILES, colour=False)


def test_the_last_line_counts():
    """The summary counts errors, warnings and files, and says when nothing was written."""
    warning = Rule("w", Severity.WARNING, "s", "p").at(Position("a"), "m", hint="h")

    assert (
        text.summary([at(1, 1), at(2, 1), warning], 14, written=False)
        == "2 errors, 1 warning in 14 files. Nothing was written."
    )
    assert text.summary([], 1, written=True) == "no errors in 1 file."


@given(st.text())
def test_what_is_printed_is_printable(value: str):
    """No character reaches a terminal that it could act on."""
    assert printable(value).isprintable()


@given(st.text(), st.text())
def test_github_gets_one_command(message: str, path: str):
    """Whatever stands in a message or a path, the log gets one line, and that line is one annotation."""
    item = RULE.at(Position(path, 3, 4), message, hint="way out")
    report = github.diagnostics([item])

    assert report.endswith("\n")
    assert report.count("\n") == 1
    assert report.startswith("::error file=")
    assert report[:-1].isprintable()
    assert ",line=3,col=4,title=some-rule::" in report


def test_json_holds_everything():
    """The machine's report says what the person's says."""
    item = at(2, 7, related=[Related(Position("b", 1, 2), "there")])
    report = stdlib_json.loads(json.diagnostics([item]))

    assert report == {
        "version": 1,
        "diagnostics": [
            {
                "path": "tenants/a.yaml",
                "line": 2,
                "column": 7,
                "severity": "error",
                "code": "some-rule",
                "message": 'unknown user "bbo"',
                "help": 'did you mean "bob"?',
                "related": [{"path": "b", "line": 1, "column": 2, "message": "there"}],
            }
        ],
    }


def test_sarif_is_complete():
    """A SARIF log names the tool, the rules that fired and every result with its places."""
    item = at(2, 7, related=[Related(Position("b c", 1, 2), "there")])
    log = stdlib_json.loads(sarif.diagnostics([item], {"some-rule": RULE}, "1.2.3"))
    run = log["runs"][0]

    assert log["version"] == "2.1.0"
    assert run["tool"]["driver"]["rules"][0]["id"] == "some-rule"
    assert run["results"][0]["ruleId"] == "some-rule"
    assert run["results"][0]["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "b%20c"
