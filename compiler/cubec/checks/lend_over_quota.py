"""A group lends more than it has.

lend says how much of a group's own quota others may use while it is idle. Nobody can lend more than that quota, and Kueue
refuses a queue that says so. Without lend, all of the quota may be lent.

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
          quota:
            gpu: 1
            lend: {gpu: 2}

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
          quota:
            gpu: 1
            lend: {gpu: 1}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model import asked, cards, phrase
from cubec.model.model import Model, Placement
from cubec.model.quotas import Quota

RULE = Rule("lend-over-quota", Severity.ERROR, "more is lent than there is", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for placement in model.placements:
        if placement.site.kueue and asked.settled(model, placement):
            whole = placement.spec.quota
            yield from _judge(placement, whole, whole)
            for namespace in placement.namespaces:
                if namespace.spec.quota:
                    yield from _judge(placement, namespace.spec.quota, whole)


def _judge(placement: Placement, quota: Quota, whole: Quota) -> Iterator[Diagnostic]:
    """A namespace that alone has all of the group states what it limits itself; the rest is the placement's."""
    if quota.lend is None:
        return
    single = len(placement.namespaces) == 1
    for resource in ("cpu", "memory"):
        lent, nominal = getattr(quota.lend, resource), getattr(quota, resource)
        if nominal is None and single:
            nominal = getattr(whole, resource)
        if lent is not None and nominal is not None and lent > nominal:
            yield _over(quota, resource, f"{resource} {lent}", str(nominal))
    items = quota.gpu or (whole.gpu if single else ())
    given = cards.by_model(items, placement.pools)
    for model, lent in cards.by_model(quota.lend.gpu or (), placement.pools).items():
        nominal = given.get(model, cards.NONE)
        if lent > nominal:
            yield _over(quota, "gpu", phrase.cards(lent, model), phrase.number(nominal))


def _over(quota: Quota, resource: str, lent: str, nominal: str) -> Diagnostic:
    return RULE.at(
        quota.origin.at("lend", resource),
        f"{lent} may be lent, and the quota is {nominal}",
        hint=f"write {nominal} or less, or leave lend out to lend whatever is idle",
        related=[Related(quota.origin.at(resource), f"{resource} of the quota is {nominal}")],
    )
