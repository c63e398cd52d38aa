"""The namespaces of a group have more together than the group has.

The quota of a placement is all that a group may use on that cluster. With several namespaces it is split: each has the share
that it states, and the shares of a resource may not add up to more than the placement has. With one namespace of its own
quota, that quota may not be larger than the placement's. Shares hold on every cluster of the group, so the smallest
placement decides.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev2
    spec:
      gid: 10002
      volumes: [{volume: department1}]
      namespaces:
        - name: dev2-train
          quota: {cpu: 6}
        - name: dev2-notebooks
          quota: {cpu: 4}
      placements:
        - cluster: ack
          pools: [gpu-t4]
          quota: {cpu: 8}

Good:
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev2
    spec:
      gid: 10002
      volumes: [{volume: department1}]
      namespaces:
        - name: dev2-train
          quota: {cpu: 6}
        - name: dev2-notebooks
          quota: {cpu: 2}
      placements:
        - cluster: ack
          pools: [gpu-t4]
          quota: {cpu: 8}
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from cubec.diagnostics import Diagnostic, Position, Related, Rule, Severity
from cubec.model import amounts, asked, cards, phrase
from cubec.model.model import Model, Placement
from cubec.model.quantity import ZERO, Quantity
from cubec.model.types import Quota
from cubec.source.document import Pointer

RULE = Rule("shares-over-quota", Severity.ERROR, "namespaces have more than their group", __doc__ or "")
_Part = tuple[str, Quota, Quantity | Decimal, Gpu | None]  # namespace, its quota, how much, and of which item


def check(model: Model) -> Iterator[Diagnostic]:
    for placement in model.placements:
        shares = [(item.name, item.spec.quota) for item in placement.namespaces if item.spec.quota is not None]
        if shares:
            yield from _amounts(placement, shares)
            yield from _cards(placement, shares)


def _amounts(placement: Placement, shares: Sequence[tuple[str, Quota]]) -> Iterator[Diagnostic]:
    parts: Mapping[Pointer, list[_Part]] = defaultdict(list)
    for name, quota in shares:
        for pointer, amount in amounts.stated(quota):
            if amount:
                parts[pointer].append((name, quota.origin.at(*pointer), amount))
    for pointer, most in amounts.stated(placement.spec.quota):
        found = parts.get(pointer, [])
        total = sum((amount for _, _, amount in found if isinstance(amount, Quantity)), ZERO)
        if total > most:
            words = f"{' '.join(map(str, pointer))}"
            yield _over(placement, pointer, found, (f"{words} {total}", str(most)))


def _cards(placement: Placement, shares: Sequence[tuple[str, Quota]]) -> Iterator[Diagnostic]:
    given = cards.by_model(placement.spec.quota.gpu, placement.pools)
    parts: Mapping[str, list[_Part]] = defaultdict(list)
    for name, quota in shares:
        for item in quota.gpu:
            for model, count in cards.by_model([item], placement.pools).items():
                parts[model].append((name, asked.position(quota.origin.child("gpu"), item), count))
    for model, found in parts.items():
        total = sum((count for _, _, count in found if isinstance(count, Decimal)), cards.NONE)
        most = given.get(model, cards.NONE)
        if total > most:
            yield _over(placement, ("gpu",), found, (phrase.cards(total, model), phrase.number(most)))


def _over(placement: Placement, pointer: Pointer, parts: Sequence[_Part], words: tuple[str, str]) -> Diagnostic:
    total, most = words
    group, cluster = placement.group.name, placement.site.cluster.name
    whose, together = f'the namespaces of group "{group}" have', " together"
    if len(parts) == 1:
        whose, together = f'namespace "{parts[0][0]}" has', ""
    *others, (_, last, _) = parts
    return RULE.at(
        last,
        f'{whose} {total}{together}, and the group has {most} on cluster "{cluster}"',
        hint=f"lower {'this' if len(parts) == 1 else 'one of the shares'}, or raise {pointer[0]} in the placement's quota",
        related=[
            Related(placement.spec.quota.origin.at(*pointer), f'the placement on cluster "{cluster}" has {most}'),
            *(
                Related(
                    place, f'namespace "{name}" has {amount if isinstance(amount, Quantity) else phrase.number(amount)}'
                )
                for name, place, amount in others
            ),
        ],
    )
