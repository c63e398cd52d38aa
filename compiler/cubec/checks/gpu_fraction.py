"""A quota asks for a part of a card that no pool can give.

Cards are given whole, unless a pool shares them in slices (vGPU, MIG): then a part of a card is a number of slices. With ten
slices a card, 0.5 is five of them and 0.55 is nothing that exists. Where the slices of a card cannot be written as a
decimal number, such as seven, declare each slice as a card of its own: model A100-1G.5GB, count 7.

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
            gpu: 0.5(T4)

Good:
    apiVersion: cubec.io/v1
    kind: NodePool
    metadata:
      name: vgpu
    spec:
      cluster: ack
      nodes: {names: [worker11]}
      capacity: {cpu: 32, memory: 256Gi}
      accelerator: {model: T4, count: 2, slices: {resource: nvidia.com/vgpu, perCard: 10}}
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
          pools: [vgpu]
          quota:
            gpu: 0.5(T4)
"""

from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model import asked, phrase
from cubec.model.gpu import Gpu
from cubec.model.model import Model
from cubec.model.types import Accelerator, NodePool

RULE = Rule("gpu-fraction", Severity.ERROR, "a part of a card is asked for that no pool can give", __doc__ or "")
_FINEST = Decimal("0.001")


def check(model: Model) -> Iterator[Diagnostic]:
    for trouble in asked.troubles(model, "fraction"):
        item = trouble.item
        pools = [p for p in trouble.placement.pools if p.accelerator and item.model in ("", p.accelerator.model)]
        # one with slices says most about what is possible
        pool = next((pool for pool in pools if pool.accelerator and pool.accelerator.slice_resource), pools[0])
        yield RULE.at(
            trouble.position,
            f'"{item}" is {_reason(pool)}',
            hint=_hint(item, pool.accelerator),
            related=[Related(pool.origin.at("spec", "accelerator"), f'the cards of pool "{pool.name}" are declared')],
        )


def _reason(pool: NodePool) -> str:
    if pool.accelerator and pool.accelerator.slice_resource:
        return f'no whole number of slices: pool "{pool.name}" cuts a card into {pool.accelerator.per_card}'
    return f'a part of a card, and pool "{pool.name}" gives whole cards only'


def _hint(item: Gpu, accelerator: Accelerator | None) -> str:
    def spelled(cards: Decimal) -> str:
        return str(Gpu(cards.normalize() if cards % 1 else cards.quantize(Decimal(1)), item.model))

    above = item.cards.to_integral_value(ROUND_CEILING)
    if accelerator is None or not accelerator.slice_resource:
        return f"write whole cards, {spelled(above)}, or use a pool that shares its cards (accelerator.slices)"
    part = 1 / Decimal(accelerator.per_card)
    if part % _FINEST:
        return f"write whole cards, {spelled(above)}: {accelerator.per_card} slices a card have no short decimal number"
    up = (item.cards / part).to_integral_value(ROUND_CEILING) * part
    near = [up - part, up] if up > part else [up]
    return f"write a multiple of {phrase.number(part)}: {phrase.joined(map(spelled, near), 'or')}"
