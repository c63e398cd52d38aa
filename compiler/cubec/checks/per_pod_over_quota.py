"""The largest single pod may be larger than the quota that it has to fit into.

perPod says how large one pod may be, the quota how much all pods may use together. A pod of more than the quota, and what may
be borrowed, would be refused whatever perPod says, so one of the two numbers is not what was meant.

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
            cpu: 2
            perPod: {cpu: 4}

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
            cpu: 8
            perPod: {cpu: 4}
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model import asked, cards, phrase
from cubec.model.model import Model, Namespace, Placement
from cubec.model.quantity import ZERO
from cubec.model.quotas import Limits, Quota

RULE = Rule("per-pod-over-quota", Severity.ERROR, "one pod may be larger than the quota", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for placement in model.placements:
        if not asked.settled(model, placement):
            continue
        whole = placement.spec.quota
        if whole.per_pod:
            yield from _judge(placement, whole, whole, cards.by_model(whole.gpu, placement.pools))
        for namespace in placement.namespaces:
            quota = namespace.spec.quota
            if quota and quota.per_pod:
                yield from _judge(placement, quota, namespace, _laid(placement, namespace))


def _judge(
    placement: Placement, quota: Quota, limits: Quota | Namespace, given: Mapping[str, Decimal]
) -> Iterator[Diagnostic]:
    amounts = limits.share if isinstance(limits, Namespace) else limits
    borrow = amounts.borrow or Limits()
    largest = quota.per_pod or Limits()
    for resource in ("cpu", "memory"):
        one, nominal = getattr(largest, resource), getattr(amounts, resource)
        most = None if nominal is None else nominal + (getattr(borrow, resource) or ZERO)
        if one is not None and most is not None and one > most:
            yield _over(quota, resource, f"{resource} {one}", str(most))
    borrowed = cards.by_model(borrow.gpu or (), placement.pools)
    for model, count in cards.by_model(largest.gpu or (), placement.pools).items():
        most = given.get(model, cards.NONE) + borrowed.get(model, cards.NONE)
        if count > most:
            yield _over(quota, "gpu", phrase.cards(count, model), phrase.number(most))


def _over(quota: Quota, resource: str, one: str, most: str) -> Diagnostic:
    return RULE.at(
        quota.origin.at("perPod", resource),
        f"one pod may have {one}, and all pods together {most}",
        hint=f"write {most} or less in perPod, or raise {resource} of the quota",
        related=[Related(quota.origin.at(resource), f"{resource} of the quota")],
    )


def _laid(placement: Placement, namespace: Namespace) -> Mapping[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for pool in placement.pools:
        if pool.accelerator:
            model = pool.accelerator.model
            sums[model] = sums.get(model, cards.NONE) + namespace.share.cards.get(pool.name, cards.NONE)
    return sums
