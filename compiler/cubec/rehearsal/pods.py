"""One pod through the admission of a cluster: completed step by step, then judged by everything that has a say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cubec.diagnostics import Position
from cubec.model.model import Placement
from cubec.model.phrase import joined
from cubec.plan.fields import ABSENT, differences
from cubec.rehearsal import kubernetes, limits, nodes, pod_security, policies, policy_lines
from cubec.rehearsal.emitted import Emitted
from cubec.rehearsal.expressions import ExpressionError
from cubec.rehearsal.findings import Finding, Mutation, Outcome, PodRehearsal, toleration, worst
from cubec.rehearsal.policies import Asked, Requester
from cubec.rehearsal.submitted import Submitted
from cubec.rehearsal.templates import Template
from cubec.source.document import Pointer

_LEVEL = "pod-security.kubernetes.io/enforce"


@dataclass(frozen=True, slots=True)
class Done:
    """A rehearsed pod, and the pod as it would be."""

    rehearsal: PodRehearsal
    pod: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Course:
    emitted: Emitted
    item: Submitted
    template: Template

    def finding(self, stage: str, outcome: Outcome, message: str, hint: str = "", field: Pointer = ()) -> Finding:
        return Finding(stage, outcome, message, hint, at=self.item.document.at(*self.template.path, *field))


def rehearse(
    emitted: Emitted,
    item: Submitted,
    template: Template,
    *,
    pod: Mapping[str, Any],
    before: tuple[Mutation, ...],
    by: Requester,
) -> Done:
    """``pod`` is the template's as it was read, with what a queue has already done to it, which ``before`` tells."""
    course = _Course(emitted, item, template)
    value, defaults = limits.completed(emitted, item.namespace, pod)
    value, filled = kubernetes.completed(emitted, item.namespace, value)
    findings: list[Finding] = []
    try:
        value, placed = _placed(course, value, by)
    except ExpressionError as error:
        placed = ()
        findings.append(course.finding("policy", Outcome.REFUSED, f"a policy cannot be evaluated: {error}"))
    findings += _judged(course, value, by)
    fitting, said = nodes.judged(emitted.placement, value, placed=worst(findings) is not Outcome.REFUSED)
    findings += [*said, *_claims(course, value)]
    names = tuple(pool.name for pool in fitting)
    mutations = (*before, *placed, *defaults, *filled)
    return Done(PodRehearsal(template.path, template.count, mutations, tuple(findings), names), value)


def _asked(course: _Course, value: Mapping[str, Any], by: Requester) -> Asked:
    namespace = course.emitted.namespace(course.item.namespace).value
    return Asked("", "v1", "pods", value, namespace, by)


def _placed(course: _Course, value: dict[str, Any], by: Requester) -> tuple[dict[str, Any], tuple[Mutation, ...]]:
    after = policies.mutated(course.emitted, _asked(course, value, by))
    return after, tuple(_mutations(course, value, after))


def _mutations(course: _Course, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Mutation]:
    placement, namespace = course.emitted.placement, course.item.namespace
    for change in differences(before, after):
        old, new = ("" if value is ABSENT else value for value in (change.before, change.after))
        why, source = _reason(placement, namespace, change.path)
        if isinstance(new, dict):
            yield from (Mutation((*change.path, key), "", str(item), why, source) for key, item in new.items())
        elif isinstance(new, list):
            more = [item for item in new if item not in (old or ())]
            yield from (Mutation(change.path, "", toleration(item), why, source) for item in more)
        else:
            yield Mutation(change.path, str(old), str(new), why, source)


def _reason(placement: Placement, namespace: str, path: Pointer) -> tuple[str, Position | None]:
    if "nodeSelector" in path:
        return "the group's default pool", policy_lines.of_note(placement, "default-pool", namespace)
    if "tolerations" in path:
        return "for the taints of the group's pools", policy_lines.of_note(placement, "pools", namespace)
    identity = placement.site.platform.origin.child("spec", "linuxIdentity")
    return "an image adds no groups to a member's", identity.at()


def _judged(course: _Course, value: Mapping[str, Any], by: Requester) -> Iterator[Finding]:
    emitted, namespace = course.emitted, course.item.namespace
    refusals = list(kubernetes.refusals(emitted, namespace, value))
    for field, message, hint in refusals:
        yield course.finding("kubernetes", Outcome.REFUSED, message, hint, field)
    yield from limits.judged(emitted, namespace, value)
    yield from _security(course, value)
    yield from _policies(course, value, by)


def _security(course: _Course, value: Mapping[str, Any]) -> Iterator[Finding]:
    labels = course.emitted.namespace(course.item.namespace).value["metadata"]["labels"]
    level, stage = labels[_LEVEL], "pod security"
    found = list(pod_security.violations(value, level, course.emitted.placement.site.cluster.minor))
    for field, message in found:
        hint = f"write what level {level} of Pod Security allows; it is the level of the namespace"
        yield course.finding(stage, Outcome.REFUSED, f"{'.'.join(map(str, field))}: {message}", hint, field)
    if not found:
        yield course.finding(stage, Outcome.PASSED, f"nothing that level {level} does not allow")


def _policies(course: _Course, value: Mapping[str, Any], by: Requester) -> Iterator[Finding]:
    emitted, passed = course.emitted, dict[str, int]()
    for judgement in policies.judged(emitted, _asked(course, value, by)):
        policy = judgement.policy
        passed[policy.name] = passed.get(policy.name, 0) + (not judgement.message)
        if judgement.message:
            field = policy_lines.field(policy, judgement.number, course.template.value)
            source = policy_lines.line(emitted, policy, judgement.number, course.item.namespace)
            at = course.item.document.at(*course.template.path, *field)
            message, _, hint = judgement.message.partition("; ")
            yield Finding("policy", Outcome.REFUSED, f"{message} [{policy.name}]", hint, at, source)
    for name, count in passed.items():
        policy = next(item for item in emitted.all(policies.VALIDATING) if item.name == name)
        rules = len(policy.value["spec"]["validations"])
        if count == rules:
            message = f"{name}: {rules} of {rules} rules pass"
            yield Finding("policy", Outcome.PASSED, message, source=emitted.line(policy))


def _claims(course: _Course, value: Mapping[str, Any]) -> Iterator[Finding]:
    """Claims that no document gives the namespace; somebody may have made them by hand, so this decides nothing."""
    known = [item.name for item in course.emitted.all("PersistentVolumeClaim", course.item.namespace)]
    for number, volume in enumerate(value["spec"].get("volumes", ())):
        name = volume.get("persistentVolumeClaim", {}).get("claimName")
        if name and name not in known:
            message = (
                f"no document gives namespace {course.item.namespace} a claim {name}: without one the pod never starts"
            )
            hint = f"its claims are {joined(known)}" if known else "list the volume in the group's file"
            field = ("spec", "volumes", number, "persistentVolumeClaim", "claimName")
            yield course.finding("volumes", Outcome.NOTE, message, hint, field)
