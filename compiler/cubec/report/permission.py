"""Answers to "may they?", and the matrix of everybody's roles: for people and for machines."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from cubec.plan.answer import Answer, Held
from cubec.plan.who import USER
from cubec.report.access import at, place
from cubec.source.quoting import printable

VERSION = 1
_HEADS = ("WHO", "CLUSTER", "NAMESPACE", "ROLE", "UNTIL", "SENSITIVE", "ASKED BY")


def text(answer: Answer) -> str:
    """Yes, with every way that leads there, the shortest reason first; or no, and why."""
    if answer.reasons:
        return "".join(
            f"{word.ljust(5)}{_path(held)}\n" for word, held in zip(_first(answer), answer.reasons, strict=True)
        )
    where = f", {at(answer.position, column=True)}" if answer.position else ""
    hint = f"     {printable(answer.hint)}\n" if answer.hint else ""
    return f"no   {printable(answer.refusal)}{where}\n{hint}"


def _first(answer: Answer) -> Iterable[str]:
    return ("yes", *("and" for _ in answer.reasons[1:]))


def _path(held: Held) -> str:
    """From the line of a tenant to the rule: what gives the role, what binds it, what it is."""
    grant = held.grant
    where = f"in {grant.namespace}" if grant.namespace else "everywhere"
    through = "" if held.who.kind == USER else f" through {printable(str(held.who))}"
    line = f", {at(held.position, column=True)}" if held.position else ""
    binding = f"{grant.namespace}/{grant.binding}" if grant.namespace else grant.binding
    return f"{grant.role.preset} {where}{through}{line} → {grant.kind} {binding} → {grant.role.kind} {grant.role.name}"


def as_json(answer: Answer) -> str:
    question = answer.question
    request = question.request
    return _written(
        {
            "allowed": bool(answer.reasons),
            "user": question.user.name,
            "cluster": question.cluster,
            "request": {
                "verb": request.verb,
                "apiGroup": request.api_group,
                "resource": request.resource,
                "namespace": request.namespace,
                "name": request.name,
            },
            "reasons": [_held(held) for held in answer.reasons],
            "refusal": answer.refusal,
            "position": place(answer.position),
            "hint": answer.hint,
        }
    )


def matrix(found: Sequence[Held]) -> str:
    """A line for each person and namespace, in columns."""
    lines = [_HEADS, *map(_cells, found)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() + "\n" for line in lines
    )


def _cells(held: Held) -> tuple[str, ...]:
    grant = held.grant
    return (
        printable(str(held.who)),
        held.cluster,
        grant.namespace or "*",
        grant.role.preset,
        str(held.until or ""),
        ", ".join(held.flags),
        at(held.position) if held.position else "",
    )


def matrix_json(found: Iterable[Held]) -> str:
    return _written({"access": [_held(held) for held in found]})


def _held(held: Held) -> dict[str, Any]:
    grant = held.grant
    return {
        "who": {"kind": held.who.kind, "name": held.who.name, "login": held.who.login},
        "cluster": held.cluster,
        "namespace": grant.namespace,
        "group": held.group,
        "role": grant.role.preset,
        "until": held.until and held.until.isoformat(),
        "sensitive": list(held.flags),
        "position": place(held.position),
        "binding": {"kind": grant.kind, "namespace": grant.namespace, "name": grant.binding},
        "roleRef": {"kind": grant.role.kind, "name": grant.role.name},
    }


def _written(value: dict[str, Any]) -> str:
    return json.dumps({"version": VERSION, **value}, indent=2, ensure_ascii=True) + "\n"
