"""Recorded plans: what a case consists of, and what comes of it."""

from datetime import date
from pathlib import Path

from cubec import pipeline
from cubec.cli import status
from cubec.diagnostics import Diagnostic
from cubec.plan.plan import Base, Plan, make
from cubec.report import plan_text
from cubec.report import text as report
from tests.test_golden import BASE, REMOVED, TODAY

PLANS = Path(__file__).parent
COMMIT = "3f2c1aa" + "0" * 33
Files = dict[str, bytes]


def laid_over(*roots: Path) -> Files:
    files = {}
    for root in roots:
        for path in sorted(root.glob("tenants/**/*.yaml")):
            files[path.relative_to(root).as_posix()] = path.read_bytes()
    return {name: data for name, data in sorted(files.items()) if data.strip() != REMOVED}


def sides(case: Path) -> tuple[Files, Files]:
    return laid_over(BASE, case / "base"), laid_over(BASE, case / "base", case / "change")


def planned(before: Files, after: Files, day: date = TODAY) -> tuple[Plan | None, tuple[Diagnostic, ...]]:
    """The plan, or what is wrong with the tree; the base must always be free of errors."""
    old, new = (pipeline.analyse(files.items(), [], day) for files in (before, after))
    assert not old.failed, old.diagnostics
    assert old.model is not None
    if new.failed or new.model is None:
        return None, new.diagnostics
    plan = make(
        old.model,
        new.model,
        pipeline.changed_objects(old.model, new.model),
        base=Base("main", COMMIT),
        warnings=(old.diagnostics, new.diagnostics),
    )
    return plan, (*plan.refused, *plan.warnings)


def outcome(case: Path) -> dict[str, str]:
    """What the command prints of a case, as the files of its ``expected`` folder."""
    day = case / "as-of"
    before, after = sides(case)
    plan, said = planned(before, after, date.fromisoformat(day.read_text().strip()) if day.exists() else TODAY)
    ended = status.INPUT if plan is None else status.GUARD if plan.refused else status.CLEAN
    return {
        "plan.txt": "" if plan is None else plan_text.text(plan, colour=False),
        "diagnostics.txt": f"{report.diagnostics(said, after, colour=False)}exit status {ended}\n",
    }
