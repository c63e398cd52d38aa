"""More cards are promised to groups than a pool may promise.

A group's quota of cards is a promise: they are there when the group wants them. What all groups are promised on one pool may
therefore not be more than the pool has, unless the pool says so with overcommit.gpu. The cards of a quota are taken from the
placement's pools in the order in which it lists them, so listing another pool first moves a promise there. Groups that are
suspended or decommissioned count until their quota is lowered. A group that alone asks for more than its pools have is
quota-over-pools.

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
            gpu: 2

Good:
    apiVersion: cubec.io/v1
    kind: NodePool
    metadata:
      name: gpu-t4
    spec:
      cluster: ack
      nodes:
        names: [worker01, worker02, worker03]
      capacity: {cpu: 4, memory: 30Gi}
      accelerator: {model: T4, count: 1}
      overcommit: {gpu: 134%}
    ---
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
            gpu: 2
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import ROUND_CEILING, Decimal

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model import cards, phrase
from cubec.model.model import Model, Placement
from cubec.model.types import NodePool

RULE = Rule("over-commit", Severity.ERROR, "more cards are promised than a pool may promise", __doc__ or "")
_SHOWN = 10
_NAMED = 3
_ALL = 100  # per cent
_Promises = dict[str, list[tuple[Decimal, Placement]]]  # by pool


def check(model: Model) -> Iterator[Diagnostic]:
    promises = _promises(model)
    promised = {name: sum((part for part, _ in parts), cards.NONE) for name, parts in promises.items()}
    for name, parts in promises.items():
        pool = model.pools[name]
        most = cards.capacity(pool) * pool.overcommit_gpu / _ALL
        alone = max(part for part, _ in parts) > cards.capacity(pool)
        if promised[name] > most and not alone:
            yield _over(model, pool, parts, promised)


def _promises(model: Model) -> _Promises:
    found: _Promises = defaultdict(list)
    for placement in model.placements:
        parts: dict[str, Decimal] = {}
        for namespace in placement.namespaces:
            for pool, part in namespace.share.cards.items():
                parts[pool] = parts.get(pool, cards.NONE) + part
        for pool, part in parts.items():
            found[pool].append((part, placement))
    return found


def _over(
    model: Model, pool: NodePool, parts: list[tuple[Decimal, Placement]], promised: Mapping[str, Decimal]
) -> Diagnostic:
    offered = pool.accelerator.model if pool.accelerator else ""
    total, capacity = promised[pool.name], cards.capacity(pool)
    most = capacity * pool.overcommit_gpu / _ALL
    may = "" if most == capacity else f" and may promise {phrase.number(most)}"
    verb = "is" if total == 1 else "are"
    largest = sorted(parts, key=lambda part: (-part[0], part[1].group.name))[:_SHOWN]
    spelled = phrase.joined((f'"{placement.group.name}"' for _, placement in largest[:_NAMED]), "or")
    ways = [f"lower the quota of {spelled}", "add a node"]
    ways += [f'let a group list pool "{other}", which has free cards, first' for other in _free(model, pool, promised)]
    if capacity:
        percent = (total * _ALL / capacity).to_integral_value(ROUND_CEILING)
        ways.append(f"let the pool promise more than it has (overcommit: {{gpu: {percent}%}})")
    return RULE.at(
        pool.origin.at("spec", "accelerator", "count"),
        f'{phrase.cards(total, offered)} {verb} promised on pool "{pool.name}", which has {phrase.number(capacity)}{may}',
        hint=f"{', '.join(ways[:-1])}, or {ways[-1]}",
        related=[_part(part, placement) for part, placement in largest],
    )


def _part(part: Decimal, placement: Placement) -> Related:
    single = placement.namespaces[0].share.origin if len(placement.namespaces) == 1 else placement.spec.quota.origin
    return Related(single.at("gpu"), f'group "{placement.group.name}" is promised {phrase.number(part)}')


def _free(model: Model, pool: NodePool, promised: Mapping[str, Decimal]) -> list[str]:
    """Another pool with the same cards, if it has some left."""
    others = (other for other in model.pools.values() if other.cluster == pool.cluster and other.name != pool.name)
    return [
        other.name
        for other in others
        if other.accelerator and pool.accelerator and other.accelerator.model == pool.accelerator.model
        if promised.get(other.name, cards.NONE) < cards.capacity(other) * other.overcommit_gpu / _ALL
    ][:1]
