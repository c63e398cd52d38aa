"""A template asks for more than one pod of a group may have.

A quota's `perPod` is the largest single pod. A template whose cpu, memory or cards are above it is offered to the
group, but every pod of it is refused.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev1
    spec:
      gid: 10001
      placements:
        - cluster: ack
          pools: [gpu-t4]
          quota:
            gpu: 1
            perPod: {memory: 2Gi}
      volumes:
        - volume: department1
      templates: [pytorch]

Good:
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev1
    spec:
      gid: 10001
      placements:
        - cluster: ack
          pools: [gpu-t4]
          quota:
            gpu: 1
            perPod: {memory: 8Gi}
      volumes:
        - volume: department1
      templates: [pytorch]
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model, Placement
from cubec.model.quotas import Limits
from cubec.model.tenants import JobTemplate

RULE = Rule("template-over-per-pod", Severity.WARNING, "a template asks for more than one pod may have", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    told: set[tuple[str, str]] = set()
    for placement in model.placements:
        for template in placement.templates:
            found = _found(placement, template)
            if found and (template.name, found.resource) not in told:
                told.add((template.name, found.resource))
                yield _report(placement, template, found)


@dataclass(frozen=True, slots=True)
class _Excess:
    resource: str
    asked: str
    most: str
    stated: Related


def _found(placement: Placement, template: JobTemplate) -> _Excess | None:
    """What is too much, if none of the group's namespaces takes the pod."""
    problems = []
    for namespace in placement.namespaces:
        limits = namespace.share.per_pod
        over = _over(template, limits) if limits else None
        if over is None:
            return None
        resource, asked, most = over
        stated = Related(namespace.share.origin.at("perPod", resource), "the largest pod is set")
        problems.append(_Excess(resource, asked, most, stated))
    return problems[0] if problems else None


def _over(template: JobTemplate, limits: Limits) -> tuple[str, str, str] | None:
    for resource, asked, most in (("cpu", template.cpu, limits.cpu), ("memory", template.memory, limits.memory)):
        if asked and most and asked.limit.nano > most.nano:
            return resource, str(asked.limit), str(most)
    if template.gpu and limits.gpu is not None:
        most_cards = sum(item.cards for item in limits.gpu if template.gpu.model in ("", item.model) or not item.model)
        if template.gpu.cards > most_cards:
            return "gpu", str(template.gpu), str(most_cards)
    return None


def _report(placement: Placement, template: JobTemplate, found: _Excess) -> Diagnostic:
    fixed = f"TASK_RESOURCE_{found.resource.upper()}"
    pointer = ("env", fixed) if fixed in template.env else ("resources", found.resource)
    group = placement.group.name
    return RULE.at(
        template.origin.at("spec", *pointer),
        f'{found.resource} {found.asked} is more than the {found.most} that one pod of group "{group}" may have',
        hint="ask for less, raise the group's perPod, or do not offer the template to that group",
        related=[found.stated],
    )
