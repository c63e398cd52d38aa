"""Submitted objects to what becomes of each: its rights, its own policies, its pods, its part of the quota, its queue."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cubec.model import api_resources
from cubec.model.quantity import ZERO, Quantity
from cubec.rehearsal import amounts, kept, kinds, pods, policies, queue, quota
from cubec.rehearsal.emitted import Emitted
from cubec.rehearsal.findings import Amount, Finding, Mutation, ObjectRehearsal, Outcome, Rehearsal
from cubec.rehearsal.policies import Requester
from cubec.rehearsal.queue import Podset
from cubec.rehearsal.quota import Used
from cubec.rehearsal.rights import Asker
from cubec.rehearsal.submitted import Submitted

_WITHOUT_PODS = frozenset({"ConfigMap", "PersistentVolumeClaim", "Secret", "Service"})
_POD_AGAIN = "submit it again when enough is free, or submit a Job, whose pods are tried again by themselves"
_OBJECT_AGAIN = "delete one that nobody needs any more, or have the quota raised where it is written"


@dataclass(frozen=True, slots=True)
class Stage:
    """What all objects of a rehearsal have in common. ``asker`` is None where nobody was named; ``used`` is of ``namespace``."""

    emitted: Emitted
    asker: Asker | None
    namespace: str
    used: Used

    def requester(self, namespace: str) -> Requester:
        return self.asker.requester(namespace) if self.asker else Requester()

    def used_in(self, namespace: str) -> Used:
        return self.used if namespace == self.namespace else {}


def rehearse(stage: Stage, objects: Sequence[Submitted]) -> Rehearsal:
    placement = stage.emitted.placement
    user = stage.asker.user if stage.asker else ""
    found = tuple(_object(stage, item) for item in objects)
    return Rehearsal(placement.group.name, placement.site.cluster.name, user, found)


def _object(stage: Stage, item: Submitted) -> ObjectRehearsal:
    resource = kinds.resource(item.api_group, item.kind)
    findings, done, entries = [*_alone(stage, item, resource)], list[pods.Done](), tuple[Amount, ...]()
    if not api_resources.clustered(item.api_group, resource):
        by = stage.requester(item.namespace)
        handed = [_handed(stage, item, Podset(pod.count, _pod(pod.value))) for pod in item.pods]
        done = [
            pods.rehearse(stage.emitted, item, template, pod=pod, before=before, by=by)
            for template, (pod, before) in zip(item.pods, handed, strict=True)
        ]
        judged, entries = _quota(stage, item, resource, done)
        queued, more = _queue(stage, item, done)
        if queued and queue.as_a_whole(
            item.kind
        ):  # what waits does so in the queue, and takes nothing of the quota there
            judged = [finding for finding in judged if finding.outcome is not Outcome.WAITS]
        findings, entries = [*findings, *judged, *queued], (*entries, *more)
    if not item.pods and item.kind not in _WITHOUT_PODS:
        message = f"what pods a {item.kind} makes is not known offline; they are judged when they are made"
        findings.append(Finding("pods", Outcome.NOTE, message))
    rehearsals = tuple(one.rehearsal for one in done)
    return ObjectRehearsal(
        item.kind, item.name, item.namespace, item.document.at(), tuple(findings), entries, rehearsals
    )


def _pod(value: Mapping[str, Any]) -> Mapping[str, Any]:
    return kept.pod({"metadata": value.get("metadata") or {}, "spec": value["spec"]})


def _alone(stage: Stage, item: Submitted, resource: str) -> Iterator[Finding]:
    """What is judged of the object itself, whatever it makes."""
    if api_resources.clustered(item.api_group, resource):
        message = f"a {item.kind} belongs to the whole cluster, and no group may create one"
        yield Finding("rights", Outcome.REFUSED, message, "leave it out", at=item.document.at("kind"))
        return
    if stage.asker:
        yield stage.asker.judged(item.namespace, resource, item.api_group)
    if item.kind == "Pod":
        return
    namespace = stage.emitted.namespace(item.namespace).value
    by = stage.requester(item.namespace)
    asked = policies.Asked(item.api_group, item.version, resource, kept.read(item.value), namespace, by)
    for judgement in policies.judged(stage.emitted, asked):
        if judgement.message:
            message, source = f"{judgement.message} [{judgement.policy.name}]", stage.emitted.line(judgement.policy)
            yield Finding("policy", Outcome.REFUSED, message, at=item.document.at(), source=source)


def _handed(stage: Stage, item: Submitted, podset: Podset) -> tuple[Mapping[str, Any], tuple[Mutation, ...]]:
    """The template as its controller gets it: where a queue holds the whole, told which pool it goes to."""
    if stage.emitted.placement.site.kueue and queue.as_a_whole(item.kind):
        return queue.sent(stage.emitted, item.namespace, _labels(item), podset)
    return podset.pod, ()


def _quota(
    stage: Stage, item: Submitted, resource: str, done: Sequence[pods.Done]
) -> tuple[list[Finding], tuple[Amount, ...]]:
    """What the object takes by being there, and what its pods take."""
    used = stage.used_in(item.namespace)
    own = quota.of_object(resource, item.api_group, item.value)
    each = [quota.of_pod(one.pod) for one in done]
    parts = [amounts.times(one, pod.rehearsal.count) for one, pod in zip(each, done, strict=True)]
    entries = quota.asked(stage.emitted, item.namespace, own, used)
    running = quota.asked(stage.emitted, item.namespace, amounts.added(parts), used)
    again = _POD_AGAIN if item.kind == "Pod" else ""
    found = [
        *quota.judged(entries, own, stage="count", otherwise=_OBJECT_AGAIN),
        *(_idle(stage, finding) for finding in quota.judged(running, _largest(each), otherwise=again)),
    ]
    return found, (*entries, *running)


def _idle(stage: Stage, finding: Finding) -> Finding:
    """A group that is not active has a quota of no pods, and to have that raised would be the wrong advice."""
    group = stage.emitted.placement.group
    if group.state == "active" or not finding.message.startswith("pods:"):
        return finding
    return replace(
        finding, hint=f"group {group.name} is {group.state}: set state: active in its file, if it is to go on"
    )


def _largest(items: Sequence[Mapping[str, Quantity]]) -> dict[str, Quantity]:
    return {name: max(item.get(name, ZERO) for item in items) for one in items for name in one}


def _queue(stage: Stage, item: Submitted, done: Sequence[pods.Done]) -> tuple[list[Finding], tuple[Amount, ...]]:
    if not stage.emitted.placement.site.kueue or not done:
        return [], ()
    podsets = [Podset(one.rehearsal.count, one.pod) for one in done]
    return queue.judged(stage.emitted, item.namespace, _labels(item), podsets, stage.used_in(item.namespace))


def _labels(item: Submitted) -> Mapping[str, str]:
    found: Mapping[str, str] = item.value["metadata"].get("labels") or {}
    return found
