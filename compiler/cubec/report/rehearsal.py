"""A rehearsal for people and for machines: what becomes of each object, who says so, through which line, and the way out."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from cubec.rehearsal.findings import Amount, Finding, Mutation, ObjectRehearsal, Outcome, PodRehearsal, Rehearsal
from cubec.report.access import at as below_tenants
from cubec.report.access import place
from cubec.source.document import Pointer
from cubec.source.quoting import printable

VERSION = 1
_VERDICTS = {
    Outcome.PASSED: "admitted",
    Outcome.WAITS: "admitted, after waiting",
    Outcome.STUCK: "admitted, but never starts",
    Outcome.REFUSED: "refused",
}
_PODS_REFUSED = "accepted, but its pods are refused"
_WORDS = {Outcome.NOTE: "note: ", Outcome.WAITS: "later: ", Outcome.STUCK: "no: ", Outcome.REFUSED: "no: "}
_OF_OBJECT, _OF_POD = ("rights", "policy"), ("kubernetes", "limits", "pod security", "policy", "volumes", "pool")
_OF_ALL = ("pods", "count", "quota", "queue")
_WIDTH = len("pod security") + 2
_LIMITS = """\
Judged offline, by what a build of this tree writes. Additions of the cluster and fields that are not named here are the
cluster's to judge: kubectl create --dry-run=server asks it.
"""
_UNUSED = "What is in use at the moment is not known offline; say what is, as in --used {name}=1.\n"


def text(rehearsal: Rehearsal) -> str:
    """Each object with all that is to be said of it, then what nobody could say."""
    lines = [line for item in rehearsal.objects for line in (*_object(item, rehearsal.cluster), "")]
    asked = (amount for item in rehearsal.objects for amount in item.amounts)
    unknown = next((amount.resource for amount in asked if amount.used is None), "")
    return "".join(f"{line}\n" for line in lines) + (_UNUSED.format(name=unknown) if unknown else "") + _LIMITS


def verdict(item: ObjectRehearsal) -> str:
    """What becomes of an object, in words."""
    itself = any(one.outcome is Outcome.REFUSED and one.stage != "quota" for one in item.findings)
    if item.outcome is Outcome.REFUSED and item.kind != "Pod" and not itself:
        return _PODS_REFUSED
    return _VERDICTS[item.outcome]


def _object(item: ObjectRehearsal, cluster: str) -> Iterator[str]:
    name = printable(f"{item.kind} {item.name}")
    yield f"{name} in {item.namespace} on {cluster}, {printable(str(item.at))}: {verdict(item)}"
    yield from _findings(item.findings, _OF_OBJECT)
    for pod in item.pods:
        yield from _pod(pod, alone=item.kind == "Pod")
    yield from _findings(item.findings, _OF_ALL)
    yield from _amounts(item.amounts)


def _pod(pod: PodRehearsal, *, alone: bool) -> Iterator[str]:
    if not alone:
        yield _line("pods", f"{pod.count} of {printable(_dotted(pod.path))}")
    for number, said in enumerate(_becomes(pod.mutations)):
        yield _line("" if number else "becomes", said)
    yield from _findings(pod.findings, _OF_POD)


def _becomes(mutations: Sequence[Mutation]) -> Iterator[str]:
    """Fields that stand side by side are one line where they have the same reason."""
    together: dict[tuple[Pointer, str], list[Mutation]] = {}
    for mutation in mutations:
        together.setdefault((mutation.field[:-1], mutation.why), []).append(mutation)
    for (parent, why), items in together.items():
        fields = ", ".join(f"{item.field[-1]} {item.after}" for item in items)
        source = next((item.source for item in items if item.source), None)
        place_of = f"{why}, {below_tenants(source)}" if source else why
        yield printable(f"{_dotted(parent)}: {fields} ({place_of})")


def _findings(findings: Sequence[Finding], stages: Sequence[str]) -> Iterator[str]:
    found = sorted((item for item in findings if item.stage in stages), key=lambda item: stages.index(item.stage))
    for finding in found:
        yield _line(finding.stage, printable(f"{_WORDS.get(finding.outcome, '')}{finding.message}{_places(finding)}"))
        if finding.hint:
            yield _line("", printable(f"= help: {finding.hint}"))


def _places(finding: Finding) -> str:
    """The field that was found wanting, and the line that it was judged by."""
    if finding.outcome is Outcome.PASSED:
        return f" ({below_tenants(finding.source)})" if finding.source else ""
    places = [str(finding.at)] if finding.at else []
    places += [f"by {below_tenants(finding.source)}"] if finding.source else []
    return f" ({', '.join(places)})" if places else ""


def _amounts(amounts: Sequence[Amount]) -> Iterator[str]:
    known = {(amount.resource, amount.asked, amount.limit) for amount in amounts}
    for amount in amounts:
        if (f"requests.{amount.resource}", amount.asked, amount.limit) in known:
            continue  # quota and queue hold the same number
        used = f", {amount.used} in use" if amount.used is not None else ""
        source = f" ({below_tenants(amount.source)})" if amount.source else ""
        yield _line(
            "asks for", f"{amount.asked} of {amount.limit} {amount.resource} in the {amount.holder}{used}{source}"
        )


def _line(head: str, said: str) -> str:
    return f"  {head.ljust(_WIDTH)}{said}"


def _dotted(path: Pointer) -> str:
    return ".".join(map(str, path))


def as_json(rehearsal: Rehearsal) -> str:
    value = {
        "version": VERSION,
        "group": rehearsal.group,
        "cluster": rehearsal.cluster,
        "user": rehearsal.user,
        "admitted": rehearsal.admitted,
        "objects": [_object_json(item) for item in rehearsal.objects],
    }
    return json.dumps(value, indent=2, ensure_ascii=True) + "\n"


def _object_json(item: ObjectRehearsal) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "name": item.name,
        "namespace": item.namespace,
        "position": place(item.at),
        "outcome": str(item.outcome),
        "verdict": verdict(item),
        "findings": [_finding_json(finding) for finding in item.findings],
        "amounts": [_amount_json(amount) for amount in item.amounts],
        "pods": [
            {
                "path": list(pod.path),
                "count": pod.count,
                "pools": list(pod.pools),
                "mutations": [_mutation_json(mutation) for mutation in pod.mutations],
                "findings": [_finding_json(finding) for finding in pod.findings],
            }
            for pod in item.pods
        ],
    }


def _finding_json(finding: Finding) -> dict[str, Any]:
    return {
        "stage": finding.stage,
        "outcome": str(finding.outcome),
        "message": finding.message,
        "help": finding.hint,
        "position": place(finding.at),
        "source": place(finding.source),
    }


def _mutation_json(mutation: Mutation) -> dict[str, Any]:
    return {
        "field": list(mutation.field),
        "before": mutation.before,
        "after": mutation.after,
        "why": mutation.why,
        "source": place(mutation.source),
    }


def _amount_json(amount: Amount) -> dict[str, Any]:
    return {
        "holder": amount.holder,
        "resource": amount.resource,
        "asked": str(amount.asked),
        "limit": str(amount.limit),
        "used": None if amount.used is None else str(amount.used),
        "source": place(amount.source),
    }
