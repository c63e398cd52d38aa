"""A plan for people at a terminal."""

from cubec.plan.plan import Plan
from cubec.report.plan_lines import Section
from cubec.report.plan_sections import sections

_WIDTH = 58
_BOLD = "\x1b[1m{}\x1b[0m"


def text(plan: Plan, *, colour: bool) -> str:
    """The whole plan; one line where merging does nothing."""
    found = sections(plan) if plan else ()
    body = "\n".join(line for section in found for line in _section(section, colour=colour))
    notes = "".join(f"note: {note}\n" for note in plan.notes)
    return f"{heading(plan)}\n\n{body or NOTHING}\n{notes}"


NOTHING = "Merging changes nothing: no object, no access, no cards."


def heading(plan: Plan) -> str:
    what = f"Plan against {plan.base.name} ({plan.base.commit[:7]})"
    return f"{what.ljust(_WIDTH)} as of {plan.as_of}"


def _section(section: Section, *, colour: bool) -> list[str]:
    title = section.title.ljust(8)
    return [f"{_BOLD.format(title) if colour else title}{section.summary}", *section.lines]
