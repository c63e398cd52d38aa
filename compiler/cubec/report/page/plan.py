"""A plan as a page of its own: the sections of the comment, and nothing folded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cubec.diagnostics import Diagnostic
from cubec.plan.plan import Base, Plan
from cubec.report.excerpt import Files
from cubec.report.page.page import fill
from cubec.report.plan_lines import Section, count
from cubec.report.plan_sections import sections
from cubec.report.plan_text import NOTHING
from cubec.report.text import diagnostics

# what a line begins with, and how it is shown; the longest first
_SIGNS = (("-/+ ", "changes"), ("+ ", "comes"), ("- ", "goes"), ("~ ", "changes"), ("> ", "changes"))


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    sign: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    title: str
    summary: str
    lines: tuple[Line, ...]


def html(plan: Plan, files: Files) -> str:
    parts = [_section(section) for section in sections(plan)] if plan else []
    if plan.refused:
        parts.insert(0, _said("Refused", count(len(plan.refused), "reason"), plan.refused, files))
    if plan.warnings:
        parts.append(_said("Warnings", f"{len(plan.warnings)} new", plan.warnings, files))
    return _page(plan.base, plan.as_of, _verdict(plan), parts, plan.notes)


def errors(base: Base, as_of: date, items: Sequence[Diagnostic], files: Files) -> str:
    """What stands in the page's place where there is no plan, since the tree has errors."""
    verdict = Line("No plan: the tree has errors.", "goes")
    return _page(base, as_of, verdict, [_said("Errors", str(len(items)), items, files)])


def _verdict(plan: Plan) -> Line:
    if plan.refused:
        return Line("Refused by the guard.", "goes")
    if not plan:
        return Line(NOTHING)
    if plan.review.platform:
        return Line("Nothing is refused. Platform owners have to review it.", "changes")
    return Line(
        "Nothing is refused. The owners of the group may merge it." if plan.review.items else "Nothing is refused.",
        "comes",
    )


def _page(base: Base, as_of: date, verdict: Line, parts: Sequence[Part], notes: Sequence[str] = ()) -> str:
    return fill("plan.html", {"base": base, "as_of": as_of, "verdict": verdict, "parts": parts, "notes": notes})


def _section(section: Section) -> Part:
    return Part(
        section.title.capitalize() if section.title != "GPU" else "GPU",
        section.summary,
        tuple(map(_line, section.lines)),
    )


def _line(text: str) -> Line:
    said = text.removeprefix("  ")
    return Line(said, next((name for sign, name in _SIGNS if said.startswith(sign)), ""))


def _said(title: str, summary: str, items: Sequence[Diagnostic], files: Files) -> Part:
    return Part(title, summary, tuple(Line(text) for text in diagnostics(items, files, colour=False).splitlines()))
