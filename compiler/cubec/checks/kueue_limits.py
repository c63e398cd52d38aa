"""A queue would be beyond what Kueue accepts.

A group's queue on a cluster with Kueue has one part for cpu, memory and pods and one for each accelerator resource of its
pools, and Kueue takes at most 16 such parts, 64 pools in one part and 256 in all. A weight is 0 or more than a billionth. Such a
queue would be refused by the cluster after the merge, so it is refused here.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev1
    spec:
      gid: 10001
      volumes: [{volume: department1}]
      placements:
        - cluster: ack
          pools: [gpu-t4]
          quota: {gpu: 1, weight: 0.000000001}

Good:
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev1
    spec:
      gid: 10001
      volumes: [{volume: department1}]
      placements:
        - cluster: ack
          pools: [gpu-t4]
          quota: {gpu: 1, weight: 0.5}
"""

from collections import Counter
from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model import cards
from cubec.model.model import Model, Placement

RULE = Rule("kueue-limits", Severity.ERROR, "a queue is beyond what Kueue accepts", __doc__ or "")
_PARTS, _FLAVORS, _ALL_FLAVORS = 16, 64, 256
_LEAST_WEIGHT = 1  # billionths; a weight must be above, or nothing


def check(model: Model) -> Iterator[Diagnostic]:
    for placement in model.placements:
        if placement.site.kueue:
            yield from _weights(placement)
            problem = _too_many(placement)
            if problem:
                yield RULE.at(
                    placement.spec.origin.at("pools"),
                    f'group "{placement.group.name}" has {problem}',
                    hint="list fewer pools, make one pool of nodes that are alike, or split the group",
                )


def _weights(placement: Placement) -> Iterator[Diagnostic]:
    for quota in (placement.spec.quota, *(space.spec.quota for space in placement.namespaces)):
        if quota and quota.weight is not None and 0 < quota.weight.nano <= _LEAST_WEIGHT:
            yield RULE.at(
                quota.origin.at("weight"),
                "this weight is too small: Kueue takes 0, or more than 0.000000001",
                hint="write a weight such as 1 or 0.5: what counts is how it compares with those of other groups",
            )


def _too_many(placement: Placement) -> str:
    accelerators = [pool.accelerator for pool in placement.pools if pool.accelerator]
    by_resource = Counter(cards.units(accelerator, cards.NONE)[0] for accelerator in accelerators)
    if len(by_resource) >= _PARTS:
        return f"pools with {len(by_resource)} accelerator resources, and a queue takes {_PARTS - 1}"
    resource, most = max(by_resource.items(), key=lambda item: (item[1], item[0]), default=("", 0))
    if most > _FLAVORS:
        return f"{most} pools with {resource}, and a queue takes {_FLAVORS}"
    # one more flavor stands for cpu, memory and pods
    if len(accelerators) >= _ALL_FLAVORS:
        return f"{len(accelerators)} pools with cards, and a queue takes {_ALL_FLAVORS - 1}"
    return ""
