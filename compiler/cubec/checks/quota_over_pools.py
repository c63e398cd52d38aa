"""A group's quota is larger than all of its pools together.

A quota is what a group may use at the same time. More than the nodes of its pools hold can never run, so such a number is a
mistake, whatever a pool's overcommit says: that is for promises to several groups. Count what one node offers
(spec.capacity) times the number of nodes.

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
            cpu: 16

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
            cpu: 12
"""

from collections.abc import Iterator, Sequence

from cubec.diagnostics import Diagnostic, Position, Related, Rule, Severity
from cubec.model import asked, cards, phrase, quota_fields
from cubec.model.model import Model, Placement
from cubec.model.types import NodePool

RULE = Rule("quota-over-pools", Severity.ERROR, "a quota is larger than its pools together", __doc__ or "")
_COUNTED = ("cpu", "memory", "ephemeralStorage", "pods")


def check(model: Model) -> Iterator[Diagnostic]:
    for placement in model.placements:
        if placement.pools and asked.settled(model, placement):
            yield from _amounts(placement)
            yield from _cards(placement)


def _amounts(placement: Placement) -> Iterator[Diagnostic]:
    quotas = [placement.spec.quota, *(space.spec.quota for space in placement.namespaces if space.spec.quota)]
    for key in _COUNTED:
        wanted = [(quota, amount) for quota in quotas if (amount := quota_fields.amount(quota, key))]
        most = quota_fields.held(key, placement.pools) if wanted else None
        for quota, amount in wanted:
            if most is not None and amount > most:
                yield _over(placement.pools, quota.origin.at(key), f"{key} {amount}", str(most))


def _cards(placement: Placement) -> Iterator[Diagnostic]:
    quota = placement.spec.quota
    laid, _ = cards.spread(quota.gpu, placement.pools)
    over = [pool for pool in placement.pools if laid.get(pool.name, cards.NONE) > cards.capacity(pool)]
    for pool in over:
        model = pool.accelerator.model if pool.accelerator else ""
        # where a pool shares its cards, others of the model may be free and yet have no parts of cards to give
        alike = [p for p in placement.pools if p.accelerator and p.accelerator.model == model and p.name in laid]
        total = sum((laid[p.name] for p in alike), cards.NONE)
        most = sum(map(cards.capacity, alike), cards.NONE)
        items = [item for item in quota.gpu if item.model in ("", model)]
        place = asked.position(quota.origin.child("gpu"), items[-1])
        yield _over(alike, place, phrase.cards(total, model), phrase.number(most))


def _over(pools: Sequence[NodePool], place: Position, wanted: str, most: str) -> Diagnostic:
    names = phrase.pools(pool.name for pool in pools)
    held = f"holds {most}" if len(pools) == 1 else f"hold {most} together"
    return RULE.at(
        place,
        f"{wanted} can never be used: {names} {held}",
        hint=f"write {most} or less, add nodes to a pool, or add a pool to the placement",
        related=[
            Related(pool.origin.at("spec", "nodes"), f'the nodes of pool "{pool.name}" are declared')
            for pool in pools[:3]
        ],
    )
