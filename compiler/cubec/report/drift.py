"""Drift for people and for machines. What a live object says is somebody else's text: it is escaped, and of Secrets there is none."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from cubec.drift.drift import Drift, Finding, State
from cubec.report.field_json import field_json
from cubec.report.plan_lines import columns, count
from cubec.report.plan_objects import field_line
from cubec.source.quoting import printable

VERSION = 1
_SIGNS = {
    State.NOT_SERVED: "!",
    State.MISSING: "-",
    State.DIFFERENT: "~",
    State.FOREIGN: "x",
    State.GOING: "-",
    State.LEFT_OVER: "+",
    State.KEPT: "=",
}
_SHOWN = 40  # objects of one state
_FIELDS = 8
_BOLD = "\x1b[1m{}\x1b[0m"


def text(found: Drift, notes: Sequence[str], *, colour: bool) -> str:
    """Every state with its objects, then one line that sums up; a field's live value stands first, ours after the arrow."""
    lines = [f"Drift of {found.cluster} ({printable(found.server)}): live → sources", ""]
    for state in State:
        findings = [finding for finding in found.findings if finding.state is state]
        if findings:
            title = str(state).upper()
            rows = _kinds(findings) if state is State.NOT_SERVED else _rows(findings)
            lines += [_BOLD.format(title) if colour else title, *rows, ""]
    lines += [f"note: {printable(note)}" for note in notes]
    return "\n".join([*lines, _summary(found), ""])


def _kinds(findings: Sequence[Finding]) -> tuple[str, ...]:
    """What the cluster does not have at all is told kind by kind."""
    kinds = Counter((finding.identity.kind, finding.identity.api_version) for finding in findings)
    sign = _SIGNS[State.NOT_SERVED]
    return columns((f"{sign} {kind} ({version})", count(amount, "object")) for (kind, version), amount in kinds.items())


def _rows(findings: Sequence[Finding]) -> Iterator[str]:
    yield from columns(row for finding in findings[:_SHOWN] for row in _finding(finding))
    if len(findings) > _SHOWN:
        yield f"  … and {len(findings) - _SHOWN} more; --format json has them all"


def _finding(finding: Finding) -> Iterator[tuple[str, str]]:
    name = finding.identity
    place = f"{name.namespace}/{name.name}" if name.namespace else name.name
    told = [field_line(field) for field in finding.fields[:_FIELDS]]
    more = len(finding.fields) - _FIELDS
    told += [f"and {count(more, 'more field')}"] if more > 0 else []
    told += [finding.why if not told else f"the server would not rehearse it: {finding.why}"] if finding.why else []
    first, *others = told or [""]
    yield f"{_SIGNS[finding.state]} {name.kind} {place}", first
    yield from (("", line) for line in others)


def _summary(found: Drift) -> str:
    compared = f"{count(found.compared, 'object')} compared"
    if not found.findings:
        return f"no drift: {compared}"
    amounts = Counter(finding.state for finding in found.findings)
    return f"{', '.join(f'{amounts[state]} {state}' for state in State if amounts[state])}; {compared}"


def as_json(found: Drift, notes: Sequence[str]) -> str:
    value = {
        "version": VERSION,
        "status": "clean" if found.clean else "drift",
        "cluster": found.cluster,
        "server": found.server,
        "compared": found.compared,
        "notes": list(notes),
        "objects": [_object(finding) for finding in found.findings],
    }
    return json.dumps(value, indent=2, ensure_ascii=True) + "\n"


def _object(finding: Finding) -> dict[str, Any]:
    name = finding.identity
    return {
        "state": str(finding.state),
        "apiVersion": name.api_version,
        "kind": name.kind,
        "namespace": name.namespace,
        "name": name.name,
        "path": finding.path,
        "why": finding.why,
        "fields": [field_json(field, "live", "wanted") for field in finding.fields],
    }
