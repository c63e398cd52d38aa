"""A container that states nothing would be larger than one pod may be.

Containers that do not say how much cpu and memory they need get the platform's defaults (defaults.container). Where these are
more than the perPod of a quota allows, every pod that states nothing is refused, with a message about limits that nobody
wrote.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev2
    spec:
      gid: 10002
      volumes: [{volume: department1}]
      placements:
        - cluster: ack
          pools: [gpu-t4]
          quota:
            perPod: {cpu: 500m}

Good:
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev2
    spec:
      gid: 10002
      volumes: [{volume: department1}]
      placements:
        - cluster: ack
          pools: [gpu-t4]
          quota:
            perPod: {cpu: 2}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model
from cubec.model.quotas import Quota
from cubec.model.types import Platform

RULE = Rule(
    "defaults-over-per-pod", Severity.ERROR, "the platform's defaults are more than one pod may have", __doc__ or ""
)


def check(model: Model) -> Iterator[Diagnostic]:
    for group in model.groups.values():
        for placement in group.placements:
            yield from _judge(model.platform, placement.quota)
        for namespace in group.namespaces:
            if namespace.quota:
                yield from _judge(model.platform, namespace.quota)


def _judge(platform: Platform, quota: Quota) -> Iterator[Diagnostic]:
    if quota.per_pod is None:
        return
    for resource in ("cpu", "memory"):
        most, limit = getattr(quota.per_pod, resource), getattr(platform.container, resource).limit
        if most is not None and limit > most:
            place = platform.origin.at("spec", "defaults", "container", "limits", resource)
            yield RULE.at(
                quota.origin.at("perPod", resource),
                f"a container that states no {resource} gets {limit}, and one pod may have {most}",
                hint=f"write {limit} or more, or lower defaults.container.limits.{resource} of the platform",
                related=[Related(place, f"the platform's default of {resource} is {limit}")],
            )
