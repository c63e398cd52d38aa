"""A plan for machines. ``plan/plan.schema.json`` is its shape, which only ever grows."""

import json
from collections.abc import Sequence
from decimal import Decimal
from importlib import resources
from typing import Any

from cubec.diagnostics import Diagnostic
from cubec.plan.cost import Costs, Part
from cubec.plan.destruction import LostClaim
from cubec.plan.ledger import Line, Stand
from cubec.plan.objects import Action, ObjectChange
from cubec.plan.plan import Plan
from cubec.report import access
from cubec.report.field_json import field_json
from cubec.report.json import diagnostic

VERSION = 1


def schema() -> str:
    return (resources.files("cubec.plan") / "plan.schema.json").read_text("utf-8")


def plan(value: Plan) -> str:
    """The whole plan. ``status`` is clean or refused."""
    return _written(
        {
            "version": VERSION,
            "status": "refused" if value.refused else "clean",
            "base": {"name": value.base.name, "commit": value.base.commit},
            "asOf": value.as_of.isoformat(),
            "diagnostics": [diagnostic(item) for item in (*value.refused, *value.warnings)],
            "notes": list(value.notes),
            "plan": {
                "access": access.as_json(value.access),
                "cards": [_line(line) for line in value.ledger],
                "cost": _costs(value.costs),
                "counts": {str(action): value.counts[action] for action in Action},
                "objects": [_object(change) for change in value.objects],
                "removals": _removals(value),
                "review": _review(value),
            },
        }
    )


def errors(base: str, commit: str, as_of: str, items: Sequence[Diagnostic]) -> str:
    """There is no plan of a tree that has errors."""
    report = {
        "version": VERSION,
        "status": "errors",
        "base": {"name": base, "commit": commit},
        "asOf": as_of,
        "diagnostics": [diagnostic(item) for item in items],
        "notes": [],
        "plan": None,
    }
    return _written(report)


def _written(report: dict[str, Any]) -> str:
    return json.dumps(report, indent=2, ensure_ascii=True) + "\n"


def _number(value: Decimal) -> float | int:
    return int(value) if value == value.to_integral_value() else float(value)


def _line(line: Line) -> dict[str, Any]:
    return {
        "cluster": line.cluster,
        "pool": line.pool,
        "model": line.model,
        "before": _stand(line.before),
        "after": _stand(line.after),
        "groups": [{"group": name, "before": _number(old), "after": _number(new)} for name, old, new in line.groups],
    }


def _stand(stand: Stand | None) -> dict[str, Any] | None:
    if stand is None:
        return None
    keys = ("cards", "guaranteed", "borrowable", "free", "over")
    return {key: _number(getattr(stand, key)) for key in keys}


def _costs(costs: Costs | None) -> dict[str, Any] | None:
    if costs is None:
        return None
    return {
        "before": {"currency": costs.currencies[0], "month": float(costs.totals[0])},
        "after": {"currency": costs.currencies[1], "month": float(costs.totals[1])},
        "groups": [
            {
                "group": line.group,
                "before": float(line.amounts[0]),
                "after": float(line.amounts[1]),
                "parts": [_part(part) for part in line.after],
            }
            for line in costs.lines
        ],
    }


def _part(part: Part) -> dict[str, Any]:
    return {"model": part.model, "cards": _number(part.cards), "perCardHour": float(part.price)}


def _object(change: ObjectChange) -> dict[str, Any]:
    name = change.identity
    return {
        "action": str(change.action),
        "cluster": name.cluster,
        "apiVersion": name.api_version,
        "kind": name.kind,
        "namespace": name.namespace,
        "name": name.name,
        "path": change.path,
        "movedFrom": change.was,
        "why": change.why,
        "fields": [field_json(field, "before", "after") for field in change.fields],
    }


def _removals(value: Plan) -> dict[str, Any]:
    lost = value.destruction
    return {
        "namespaces": [
            {
                "cluster": item.cluster,
                "name": item.name,
                "group": item.group,
                "action": str(item.action),
                "why": item.why,
            }
            for item in lost.namespaces
        ],
        "claims": [_claim(claim) for claim in lost.claims],
        "members": {group: list(names) for group, names in lost.members.items()},
    }


def _claim(claim: LostClaim) -> dict[str, Any]:
    return {
        "cluster": claim.cluster,
        "namespace": claim.namespace,
        "name": claim.name,
        "volume": claim.volume,
        "size": str(claim.size),
        "where": claim.where,
        "dataStays": claim.data_stays,
        "action": str(claim.action),
    }


def _review(value: Plan) -> dict[str, Any]:
    return {
        "selfService": not value.review.platform,
        "items": [
            {
                "kind": item.kind,
                "name": item.name,
                "part": item.part,
                "selfService": item.self_service,
                "reason": item.reason,
                "owners": list(item.owners),
            }
            for item in value.review.items
        ],
    }
