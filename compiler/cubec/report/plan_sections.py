"""A plan as sections of lines: what the terminal prints, and what a comment on a pull request folds.

A section's summary is made of our own words and of numbers alone; names and values of tenants stand in the lines only.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import takewhile
from typing import Any

from cubec.model.phrase import joined, number
from cubec.plan.cost import HOURS, Costs, Part
from cubec.plan.destruction import LostClaim, LostNamespace, total
from cubec.plan.fields import ABSENT, FieldChange, Path
from cubec.plan.ledger import Line, Stand
from cubec.plan.objects import Action, ObjectChange
from cubec.plan.plan import Plan
from cubec.plan.review import Item
from cubec.report import access
from cubec.source.quoting import printable

SIGNS = {
    Action.CREATED: "+",
    Action.CHANGED: "~",
    Action.REPLACED: "-/+",
    Action.MOVED: ">",
    Action.DELETED: "-",
    Action.PROTECTED: "=",
}
_SHOWN = 40  # objects of one kind of change
_FEW = 3  # objects of one fate
_FIELDS = 4
_STAMPS = frozenset({"cubec.io/group", "cubec.io/source"})  # told only where there is nothing else to tell
_HOLDERS = 8
_LONGEST = 60  # of a value
_BESIDE = 12  # of what two long values have in common
_NO_CHANGE = "no change"


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    summary: str
    lines: tuple[str, ...] = ()


def sections(plan: Plan) -> tuple[Section, ...]:
    """Everything that merging does, the worst first."""
    found = [_data(plan)] if plan.destruction else []
    return (*found, _access(plan), _gpu(plan), _cost(plan.costs), _objects(plan), _review(plan))


def count(amount: int, noun: str) -> str:
    return f"{amount} {noun}{'' if amount == 1 else 's'}"


def _columns(rows: Iterable[Sequence[str]], widest: int = 48) -> tuple[str, ...]:
    """Rows as lines; a cell that is wider than most does not push the others any further."""
    table = [[printable(cell) for cell in row] for row in rows]
    widths = [min(widest, max(map(len, column))) for column in zip(*table, strict=True)]
    return tuple(
        ("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))).rstrip() for row in table
    )


def _data(plan: Plan) -> Section:
    lost = plan.destruction
    anew = sum(claim.action is Action.REPLACED for claim in lost.claims)
    gone = len(lost.claims) - anew
    parts = [count(len(lost.namespaces), "namespace")] if lost.namespaces else []
    parts += [count(gone, "claim")] if gone else []
    told = [f"{joined(parts)} no longer in the tree"] if parts else []
    told += [f"{count(anew, 'claim')} to be made anew"] if anew else []
    goes = [claim for claim in lost.claims if not claim.data_stays]
    told.append(f"{total(goes)} of data is lost" if goes else "all data stays")
    lines = (*_columns(map(_namespace, lost.namespaces)), *_columns(map(_claim, lost.claims)))
    return Section("DATA", "; ".join(told), lines)


def _namespace(lost: LostNamespace) -> tuple[str, ...]:
    why = lost.why or "goes with everything that runs in it"
    return f"{SIGNS[lost.action]} namespace {lost.name} ({lost.cluster})", f"group {lost.group}", why


def _claim(lost: LostClaim) -> tuple[str, ...]:
    fate = "the data stays, reclaim policy Retain" if lost.data_stays else "THE DATA GOES"
    if lost.data_stays and lost.where.startswith("storage class"):
        fate = "the claim is never pruned, so the data stays"
    name = f"{SIGNS[lost.action]} claim {lost.namespace}/{lost.name} ({lost.cluster})"
    return name, str(lost.size), f"on {lost.where}", fate


def _access(plan: Plan) -> Section:
    lines = tuple(access.text(plan.access).splitlines())
    return Section("ACCESS", count(len(lines), "change") if lines else _NO_CHANGE, lines)


def _gpu(plan: Plan) -> Section:
    changed = [line for line in plan.ledger if line.changed]
    over = sum(bool(line.after and line.after.over) for line in changed)
    summary = f"{count(len(changed), 'pool')} changed" if changed else _NO_CHANGE
    return Section("GPU", f"{summary}, {over} over-committed" if over else summary, tuple(_pools(changed)))


def _pools(lines: Sequence[Line]) -> Iterator[str]:
    if not lines:
        return
    rows = [(f"{line.cluster} / {line.pool}", line.model, *_stand(line), _holders(line)) for line in lines]
    for line, text in zip(lines, _columns(rows), strict=True):
        yield text
        if line.shrinks:
            yield f"      {_shrinks(line)}"


def _stand(line: Line) -> Iterator[str]:
    def both(what: str, key: str) -> str:
        old, new = (number(getattr(side, key)) if side else "none" for side in (line.before, line.after))
        return f"{what} {old}" if old == new else f"{what} {old} → {new}"

    yield both("cards", "cards")
    yield both("guaranteed", "guaranteed")
    yield both("borrowable", "borrowable")
    old, new = _free(line.before), _free(line.after)
    yield old if old == new else f"{old} → {new.removeprefix('free ') if old.startswith('free ') else new}"


def _free(side: Stand | None) -> str:
    if side is None:
        return "none"
    return f"over by {number(side.over)}" if side.over else f"free {number(side.free)}"


def _holders(line: Line) -> str:
    groups = sorted(line.groups, key=lambda row: row[1] == row[2])
    shown = [f"{name} {_arrow(number(old), number(new))}" for name, old, new in groups[:_HOLDERS]]
    return ", ".join([*shown, *([f"and {len(groups) - _HOLDERS} more"] if len(groups) > _HOLDERS else [])])


def _shrinks(line: Line) -> str:
    loses = [f"{printable(name)} loses {number(old - new)}" for name, old, new in line.groups if new < old]
    if line.after and line.after.over:
        loses.append("not all of its groups can have their cards at once")
    return f"the pool shrinks: {', '.join(loses) or 'nobody loses a guaranteed card'}"


def _arrow(old: str, new: str) -> str:
    return old if old == new else f"{old} → {new}"


def _cost(costs: Costs | None) -> Section:
    if costs is None:
        return Section("COST", "the platform names no prices")
    if not costs.changed:
        return Section("COST", _NO_CHANGE)
    old, new = costs.totals
    before, after = costs.currencies
    if before != after:
        summary = f"{_money(old)} {before} → {_money(new)} {after} a month"
    else:
        summary = f"{_signed(new - old)} {after} a month, {_money(old)} → {_money(new)}"
    rows = [
        (
            line.group,
            f"{_money(was)} → {_money(now)}",
            _signed(now - was) if before == after else "",
            _parts(line.after),
        )
        for line in costs.changed
        for was, now in (line.amounts,)
    ]
    return Section("COST", summary, _columns(rows))


def _parts(parts: Iterable[Part]) -> str:
    terms = [f"{number(part.cards)} × {part.model} × {number(part.price)} × {HOURS} h" for part in parts]
    return f"({' + '.join(terms)})" if terms else ""


def _money(amount: Decimal) -> str:
    return f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"


def _signed(amount: Decimal) -> str:
    return _money(amount) if amount < 0 else f"+{_money(amount)}"


def _objects(plan: Plan) -> Section:
    counts = plan.counts
    lost = sum(not claim.data_stays for claim in plan.destruction.claims)
    summary = ", ".join(f"{counts[action]} {action}" for action in Action)
    return Section("OBJECTS", f"{summary}, {lost} with data", tuple(_changes(plan)))


def _changes(plan: Plan) -> Iterator[str]:
    for action in Action:
        rows = list(_rows([change for change in plan.objects if change.action is action]))
        yield from _columns(row for _, lines in rows[:_SHOWN] for row in lines)
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
    told += [_field(field) for field in fields[:_FIELDS]]
    told += [f"and {count(len(fields) - _FIELDS, 'more field')}"] if len(fields) > _FIELDS else []
    first, *others = told or [""]
    return [(f"{SIGNS[change.action]} {name.kind} {place} ({name.cluster})", first), *(("", text) for text in others)]


def _field(field: FieldChange) -> str:
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


def _review(plan: Plan) -> Section:
    items = plan.review.items
    if not items:
        return Section("REVIEW", "nothing to decide")
    if not plan.review.platform:
        summary = "self-service: the owners of the group decide"
    elif plan.review.self_service:
        alone = len(plan.review.self_service)
        summary = f"needs platform owners; {count(alone, 'part')} alone would be self-service"
    else:
        summary = "needs platform owners"
    return Section("REVIEW", summary, _columns(map(_decision, items)))


def _decision(item: Item) -> tuple[str, ...]:
    whom = f"self-service for {' '.join(item.owners)}" if item.self_service else "platform owners"
    return f"{item.kind} {item.name}", item.part, whom, item.reason
