"""Rehearse objects on platforms of the cluster tests, so that both are judged by the same tables."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from tests.cluster.compiled import PLATFORMS, TODAY
from tests.examples import platform

from cubec import pipeline
from cubec.model.model import Model
from cubec.model.quantity import parse
from cubec.rehearsal import emitted, rehearse, rights, submitted
from cubec.rehearsal.emitted import Emitted
from cubec.rehearsal.findings import Finding, ObjectRehearsal, Outcome, Rehearsal

Changes = tuple[tuple[str, str], ...]


@cache
def model(name: str, *changes: tuple[str, str]) -> Model:
    """``platforms/NAME.yaml`` of the cluster tests, with some of its text replaced."""
    text = (PLATFORMS / f"{name}.yaml").read_text()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    analysis = pipeline.analyse(platform(text), [], TODAY)
    assert analysis.model is not None
    assert not analysis.failed, analysis.diagnostics
    return analysis.model


@cache
def made(of: Model, namespace: str, cluster: str = "ack") -> Emitted:
    """What is emitted for the group that has a namespace."""
    placement = next(
        item
        for item in of.placements
        if item.site.cluster.name == cluster and namespace in {one.name for one in item.namespaces}
    )
    return emitted.gather(of, placement, [*pipeline.site_parts(placement.site), *pipeline.placement_parts(placement)])


def everything(
    of: Model, data: bytes, namespace: str = "dev1", user: str = "", used: Mapping[str, str] | None = None
) -> Rehearsal:
    scene = made(of, namespace)
    names = [item.name for item in scene.placement.namespaces]
    objects, problems = submitted.read("job.yaml", data, sorted(names, key=lambda name: name != namespace))
    assert problems == []
    asker = rights.asker(of, user, "ack", ()) if user else None
    amounts = {name: parse(amount) for name, amount in (used or {}).items()}
    return rehearse.rehearse(rehearse.Stage(scene, asker, namespace, amounts), objects)


def tried(of: Model, value: Mapping[str, Any], **how: Any) -> ObjectRehearsal:
    """What becomes of one object; JSON is YAML."""
    how.setdefault("namespace", value["metadata"].get("namespace", "dev1"))
    (found,) = everything(of, json.dumps(value).encode(), **how).objects
    return found


def findings(item: ObjectRehearsal) -> list[Finding]:
    return [*item.findings, *(finding for pod in item.pods for finding in pod.findings)]


def against(item: ObjectRehearsal, *stages: str) -> list[str]:
    """What speaks against an object, in the words of some stages or of all."""
    return [
        finding.message
        for finding in findings(item)
        if finding.outcome in {Outcome.STUCK, Outcome.REFUSED} and (not stages or finding.stage in stages)
    ]


def said(found: Sequence[Finding]) -> str:
    """A policy's message as the API server would give it: what is wrong, and the way out."""
    return "; ".join(filter(None, (found[0].message.rpartition(" [")[0], found[0].hint))) if found else ""
