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
from dataclasses import dataclass
from decimal import Decimal

from cubec.diagnostics import Diagnostic, Position, Related, Rule, Severity
from cubec.model import asked, cards, phrase, quota_fields
from cubec.model.gpu import Gpu
from cubec.model.model import Model, Placement
from cubec.model.quantity import ZERO
from cubec.model.quotas import Quota
from cubec.source.document import Pointer

RULE = Rule("shares-over-quota", Severity.ERROR, "namespaces have more than their group", __doc__ or "")


@dataclass(frozen=True, slots=True)
class _Part:
    """What one namespace has of a resource; cards are of ``item``."""

    namespace: str
    quota: Quota
    pointer: Pointer
    words: str
    item: Gpu | None = None

    @property
    def place(self) -> Position:
        if self.item is not None:
            return asked.position(self.quota.origin.child("gpu"), self.item)
        return self.quota.origin.at(*self.pointer)


def check(model: Model) -> Iterator[Diagnostic]:
    for placement in model.placements:
        shares = [(space.name, space.spec.quota) for space in placement.namespaces if space.spec.quota is not None]
        if shares:
            yield from _amounts(placement, shares)
            yield from _cards(placement, shares)


def _amounts(placement: Placement, shares: Sequence[tuple[str, Quota]]) -> Iterator[Diagnostic]:
    limits = dict(quota_fields.stated(placement.spec.quota))
    stated = [(name, quota, dict(quota_fields.stated(quota))) for name, quota in shares]
    for pointer, most in limits.items():
        total = sum((found[pointer] for _, _, found in stated if pointer in found), ZERO)
        if total > most:
            parts = [
                _Part(name, quota, pointer, str(found[pointer])) for name, quota, found in stated if found.get(pointer)
            ]
            yield _over(placement, parts, f"{' '.join(map(str, pointer))} {total}", str(most))


def _cards(placement: Placement, shares: Sequence[tuple[str, Quota]]) -> Iterator[Diagnostic]:
    given = cards.by_model(placement.spec.quota.gpu, placement.pools)
    sums: dict[str, Decimal] = defaultdict(Decimal)
    parts: Mapping[str, list[_Part]] = defaultdict(list)
    for name, quota in shares:
        for item in quota.gpu:
            for model, count in cards.by_model([item], placement.pools).items():
                sums[model] += count
                parts[model].append(_Part(name, quota, ("gpu",), phrase.number(count), item))
    for model, total in sums.items():
        most = given.get(model, cards.NONE)
        if total > most:
            yield _over(placement, parts[model], phrase.cards(total, model), phrase.number(most))


def _over(placement: Placement, parts: Sequence[_Part], total: str, most: str) -> Diagnostic:
    *others, last = parts
    cluster = placement.site.cluster.name
    whose, together = f'the namespaces of group "{placement.group.name}" have', " together"
    if not others:
        whose, together = f'namespace "{last.namespace}" has', ""
    quota = placement.spec.quota
    return RULE.at(
        last.place,
        f'{whose} {total}{together}, and the group has {most} on cluster "{cluster}"',
        hint=f"lower {'one of the shares' if others else 'this'}, or raise {last.pointer[0]} in the placement's quota",
        related=[
            Related(quota.origin.at(*last.pointer), f'the placement on cluster "{cluster}" has {most}'),
            *(Related(part.place, f'namespace "{part.namespace}" has {part.words}') for part in others),
        ],
    )
