"""The objects of a plan, one by one where that says something, and many in one line where it does not."""

import json
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any

from cubec.plan.fields import ABSENT, FieldChange, Path
from cubec.plan.objects import Action, ObjectChange
from cubec.plan.plan import Plan
from cubec.report.plan_lines import SIGNS, Section, columns, count

_SHOWN = 40  # objects of one kind of change
_FEW = 3  # objects of one fate
_FIELDS = 4
_STAMPS = frozenset({"cubec.io/group", "cubec.io/source"})  # told only where there is nothing else to tell
_LONGEST = 60  # of a value
_BESIDE = 12  # of what two long values have in common


def section(plan: Plan) -> Section:
    counts = plan.counts
    lost = sum(not claim.data_stays for claim in plan.destruction.claims)
    summary = ", ".join(f"{counts[action]} {action}" for action in Action)
    return Section("OBJECTS", f"{summary}, {lost} with data", tuple(_changes(plan)))


def _changes(plan: Plan) -> Iterator[str]:
    for action in Action:
        rows = list(_rows([change for change in plan.objects if change.action is action]))
        yield from columns(row for _, lines in rows[:_SHOWN] for row in lines)
        more = sum(amount for amount, _ in rows[_SHOWN:])
        if more:
            yield f"  … and {more} more {action}; --format json has them all"


_Rows = list[tuple[str, str]]


def _rows(changes: Sequence[ObjectChange]) -> Iterator[tuple[int, _Rows]]:
    """What stands for how many objects: of those that share folder and fate, there is one line."""
    alike: dict[tuple[str, str], list[ObjectChange]] = {}
    for change in changes:
        alone = change.fields or not change.why
        key = (change.path, str(change.identity)) if alone else (change.path.rpartition("/")[0], change.why)
        alike.setdefault(key, []).append(change)
    for (folder, why), found in alike.items():
        if len(found) > _FEW:
            kinds = ", ".join(dict.fromkeys(change.identity.kind for change in found))
            head = f"{SIGNS[found[0].action]} {len(found)} objects of {folder}"
            yield len(found), [(head, why), ("", kinds)]
        else:
            yield from ((1, _object(change)) for change in found)


def _object(change: ObjectChange) -> _Rows:
    name = change.identity
    place = f"{name.namespace}/{name.name}" if name.namespace else name.name
    told = [*([f"from {change.was}"] if change.was else []), *([change.why] if change.why else [])]
    fields = [field for field in change.fields if not _STAMPS.intersection(field.path)] or (
        [] if told else list(change.fields)
    )
    told += [field_line(field) for field in fields[:_FIELDS]]
    told += [f"and {count(len(fields) - _FIELDS, 'more field')}"] if len(fields) > _FIELDS else []
    first, *others = told or [""]
    return [(f"{SIGNS[change.action]} {name.kind} {place} ({name.cluster})", first), *(("", text) for text in others)]


def field_line(field: FieldChange) -> str:
    """What differs in one field: ``spec.capacity  1 → 2``."""
    if field.sealed:
        return f"{dotted(field.path)}  other ciphertext"
    before, after = _value(field.before), _value(field.after)
    start = 0
    if min(len(before), len(after)) > _LONGEST:
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))
        start = max(same - _BESIDE, 0)
    return f"{dotted(field.path)}  {_cut(before, start)} → {_cut(after, start)}"


def _cut(text: str, start: int) -> str:
    """A part of a long text; of two long ones that in which they differ."""
    end = start + _LONGEST
    return f"{'…' if start else ''}{text[start:end]}{'…' if len(text) > end else ''}"


def dotted(path: Path) -> str:
    """``spec.hard[requests.nvidia.com/gpu]``: what has a dot in it stands in brackets."""
    text = ""
    for step in path:
        word = str(step)
        text += f"[{word}]" if isinstance(step, int) or "." in word or "/" in word else f".{word}"
    return text.removeprefix(".")


def _value(value: Any) -> str:
    if value is ABSENT:
        return "nothing"
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
