"""A plan as sections of lines: what the terminal prints, and what a comment on a pull request folds.

A section's summary is made of our own words and of numbers alone; names and values of tenants stand in the lines only.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from cubec.model.phrase import joined, number
from cubec.plan.cost import HOURS, Costs, Part
from cubec.plan.destruction import LostClaim, LostNamespace, total
from cubec.plan.ledger import Line, Stand
from cubec.plan.objects import Action
from cubec.plan.plan import Plan
from cubec.plan.review import Item
from cubec.report import access, plan_objects
from cubec.report.plan_lines import SIGNS, Section, columns, count
from cubec.source.quoting import printable

_HOLDERS = 8
_NO_CHANGE = "no change"
_BY_HAND = '  -/+ is done by hand, while no pod uses the claim: see "Volumes that stay" in the README of cubec'


def sections(plan: Plan) -> tuple[Section, ...]:
    """Everything that merging does, the worst first."""
    found = [_data(plan)] if plan.destruction else []
    return (*found, _access(plan), _gpu(plan), _cost(plan.costs), plan_objects.section(plan), _review(plan))


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
    lines = (*columns(map(_namespace, lost.namespaces)), *columns(map(_claim, lost.claims)))
    kept = any(claim.action is Action.REPLACED and claim.data_stays for claim in lost.claims)
    return Section("DATA", "; ".join(told), (*lines, _BY_HAND) if kept else lines)


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
    for line, text in zip(lines, columns(rows), strict=True):
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
        summary = f"{money(old)} {before} → {money(new)} {after} a month"
    else:
        summary = f"{_signed(new - old)} {after} a month, {money(old)} → {money(new)}"
    rows = [
        (
            line.group,
            f"{money(was)} → {money(now)}",
            _signed(now - was) if before == after else "",
            _parts(line.after),
        )
        for line in costs.changed
        for was, now in (line.amounts,)
    ]
    return Section("COST", summary, columns(rows))


def _parts(parts: Iterable[Part]) -> str:
    terms = [f"{number(part.cards)} × {part.model} × {number(part.price)} × {HOURS} h" for part in parts]
    return f"({' + '.join(terms)})" if terms else ""


def money(amount: Decimal) -> str:
    return f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"


def _signed(amount: Decimal) -> str:
    return money(amount) if amount < 0 else f"+{money(amount)}"


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
    return Section("REVIEW", summary, columns(map(_decision, items)))


def _decision(item: Item) -> tuple[str, ...]:
    whom = f"self-service for {' '.join(item.owners)}" if item.self_service else "platform owners"
    return f"{item.kind} {item.name}", item.part, whom, item.reason
