"""A group may borrow more than its pools have beyond its own quota.

What is borrowed comes from the same nodes as everything else. Quota and borrow together can never be more than all pools of the
placement hold, so a larger number only looks generous.

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
            borrow: {gpu: 3}

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
            borrow: {gpu: 2}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Position, Related, Rule, Severity
from cubec.model import asked, cards, phrase, quota_fields
from cubec.model.model import Model, Namespace, Placement

RULE = Rule("borrow-over-pools", Severity.WARNING, "quota and borrow are more than the pools hold", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for placement in model.placements:
        spaces = [space for space in placement.namespaces if space.share.borrow]
        if placement.site.kueue and spaces and placement.pools and asked.settled(model, placement):
            for namespace in spaces:
                yield from _amounts(placement, namespace)
                yield from _cards(placement, namespace)


def _amounts(placement: Placement, namespace: Namespace) -> Iterator[Diagnostic]:
    for resource in ("cpu", "memory"):
        nominal, borrow = getattr(namespace.share, resource), getattr(namespace.share.borrow, resource)
        most = quota_fields.held(resource, placement.pools)
        if nominal is not None and borrow is not None and most is not None and nominal <= most < nominal + borrow:
            words = (f"{resource} {nominal + borrow}", str(most), str(most - nominal))
            yield _over(placement, _place(placement, namespace, resource), words)


def _cards(placement: Placement, namespace: Namespace) -> Iterator[Diagnostic]:
    share = namespace.share
    for pool in placement.pools:
        own, borrowed = share.cards.get(pool.name, cards.NONE), share.borrowed.get(pool.name, cards.NONE)
        most = cards.capacity(pool)
        if borrowed and pool.accelerator and own <= most < own + borrowed:
            model = pool.accelerator.model
            alike = [p for p in placement.pools if p.accelerator and p.accelerator.model == model]
            total = sum(
                (share.cards.get(p.name, cards.NONE) + share.borrowed.get(p.name, cards.NONE) for p in alike),
                cards.NONE,
            )
            held = sum(map(cards.capacity, alike), cards.NONE)
            over = phrase.number(
                sum((share.borrowed.get(p.name, cards.NONE) for p in alike), cards.NONE) - (total - held)
            )
            words = (phrase.cards(total, model), phrase.number(held), over)
            yield _over(placement, _place(placement, namespace, "gpu"), words)


def _place(placement: Placement, namespace: Namespace, resource: str) -> Position:
    quota = namespace.spec.quota
    origin = quota.origin if quota and quota.borrow else placement.spec.quota.origin
    return origin.at("borrow", resource)


def _over(placement: Placement, place: Position, words: tuple[str, str, str]) -> Diagnostic:
    total, most, rest = words
    names = phrase.pools(pool.name for pool in placement.pools)
    held = f"holds {most}" if len(placement.pools) == 1 else f"hold {most} together"
    return RULE.at(
        place,
        f"quota and borrow are {total}, and {names} {held}",
        hint=f"borrow {rest} or less, or add nodes",
        related=[
            Related(pool.origin.at("spec", "nodes"), f'the nodes of pool "{pool.name}"') for pool in placement.pools[:3]
        ],
    )
