"""A plan as one comment on a pull request: folded sections, of which the first two are open.

What tenants wrote stands inside code fences only, each longer than any run of backticks in it, so that no text can
mention people, make links or become HTML. Outside stand our own words, numbers, and the name of the base.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from cubec.diagnostics import Diagnostic
from cubec.plan.plan import Plan
from cubec.report.excerpt import Files
from cubec.report.plan_lines import Section
from cubec.report.plan_sections import sections
from cubec.report.plan_text import NOTHING
from cubec.report.text import diagnostics

MARK = "<!-- cubec plan -->"  # by which CI finds the comment that it has to replace
LONGEST = 60_000
_OPEN = 2
# How many characters of each part are shown; with a fence above and below each, all of it stays below LONGEST.
_PARTS = {"REFUSED": 8_000, "DATA": 5_000, "ACCESS": 8_000, "OBJECTS": 14_000, "WARNINGS": 3_000}
_PART = 4_000  # of the others
_LINE = 400  # which is also how long a fence may get
_TICKS = re.compile("`+")


def text(plan: Plan, files: Files) -> str:
    parts = [_heading(plan)]
    if plan.refused:
        said = diagnostics(plan.refused, files, colour=False)
        parts.append(f"**Refused by the guard:**\n\n{fenced('REFUSED', said)}")
    if plan:
        parts += [_folded(section, unfolded=number < _OPEN) for number, section in enumerate(sections(plan))]
    else:
        parts.append(NOTHING)
    if plan.warnings:
        said = diagnostics(plan.warnings, files, colour=False)
        parts.append(_details("WARNINGS", f"{len(plan.warnings)} new", said, unfolded=False))
    parts += [f"Note: {note}" for note in plan.notes]
    return "\n\n".join(parts) + "\n"


def errors(base: str, items: Sequence[Diagnostic], files: Files) -> str:
    """What stands in the comment's place where there is no plan, since the tree has errors."""
    said = fenced("REFUSED", diagnostics(items, files, colour=False))
    return f"{MARK}\n### Plan against `{base}`\n\nNo plan: the tree has errors.\n\n{said}\n"


def _heading(plan: Plan) -> str:
    return f"{MARK}\n### Plan against `{plan.base.name}` (`{plan.base.commit[:7]}`), as of {plan.as_of}"


def _folded(section: Section, *, unfolded: bool) -> str:
    if not section.lines:
        return f"**{section.title}** {section.summary}"
    # a line that begins with + or - is coloured
    said = "\n".join(line.removeprefix("  ") for line in section.lines)
    return _details(section.title, section.summary, said, unfolded=unfolded)


def _details(title: str, summary: str, said: str, *, unfolded: bool) -> str:
    state = " open" if unfolded else ""
    return f"<details{state}><summary><b>{title}</b> {summary}</summary>\n\n{fenced(title, said)}\n\n</details>"


def fenced(title: str, said: str) -> str:
    """A text as a block of code that nothing in it can close."""
    lines = list(_cut(said.splitlines(), _PARTS.get(title, _PART)))
    longest = max((len(run) for line in lines for run in _TICKS.findall(line)), default=0)
    fence = "`" * max(3, longest + 1)
    language = "text" if title in {"REFUSED", "WARNINGS"} else "diff"
    return "\n".join([f"{fence}{language}", *lines, fence])


def _cut(lines: Iterable[str], left: int) -> Iterator[str]:
    for number, line in enumerate(lines):
        left -= min(len(line), _LINE) + 1
        if left < 0:
            yield f"… cut after {number} lines; run cubec plan to see all of it"
            return
        yield line[:_LINE]
