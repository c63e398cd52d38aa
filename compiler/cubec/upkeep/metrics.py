"""What came of a run, in the text format that Prometheus reads."""

from datetime import datetime

from cubec.upkeep.job import Outcome

_HEAD = (
    ("cubec_upkeep_success", "Whether the last run of the task saw and did all that it had to."),
    ("cubec_upkeep_dry_run", "Whether the last run of the task only said what it would do."),
    ("cubec_upkeep_timestamp_seconds", "When the last run of the task ended."),
    ("cubec_upkeep_actions", "What became of the actions of the task's last run."),
    ("cubec_upkeep_findings", "What the task's last run reported and left alone."),
)


def text(task: str, outcome: Outcome | None, *, really: bool, now: datetime) -> str:
    """The metrics of a run; ``outcome`` is None where it could not begin."""
    samples = {
        "cubec_upkeep_success": {"": int(outcome is not None and outcome.clean)},
        "cubec_upkeep_dry_run": {"": int(not really)},
        "cubec_upkeep_timestamp_seconds": {"": int(now.timestamp())},
        "cubec_upkeep_actions": _actions(outcome) if outcome else {},
        "cubec_upkeep_findings": _findings(outcome) if outcome else {},
    }
    lines = []
    for name, meaning in _HEAD:
        lines += [f"# HELP {name} {meaning}", f"# TYPE {name} gauge"]
        lines += [f'{name}{{task="{task}"{label}}} {value}' for label, value in samples[name].items()]
    return "\n".join(lines) + "\n"


def _actions(outcome: Outcome) -> dict[str, int]:
    names = ("planned", "done", "outrun", "failed", "left")
    return {f',result="{name}"': getattr(outcome, name) for name in names}


def _findings(outcome: Outcome) -> dict[str, int]:
    return {f',level="{name}"': outcome.findings.get(name, 0) for name in ("info", "warning", "error")}
