"""A quota asks for cards without a model, and the pools have several.

A plain number of cards is enough while all pools of the placement have the same cards. With several models nobody could say
what was promised, so the model is named in parentheses; a list asks for cards of several models.

Bad:
    apiVersion: cubec.io/v1
    kind: NodePool
    metadata:
      name: gpu-v100
    spec:
      cluster: ack
      nodes: {names: [worker11]}
      capacity: {cpu: 32, memory: 256Gi}
      accelerator: {model: V100, count: 4}
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
          pools: [gpu-t4, gpu-v100]
          quota:
            gpu: 2

Good:
    apiVersion: cubec.io/v1
    kind: NodePool
    metadata:
      name: gpu-v100
    spec:
      cluster: ack
      nodes: {names: [worker11]}
      capacity: {cpu: 32, memory: 256Gi}
      accelerator: {model: V100, count: 4}
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
          pools: [gpu-t4, gpu-v100]
          quota:
            gpu: [1(T4), 1(V100)]
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model import asked, cards, phrase
from cubec.model.model import Model

RULE = Rule(
    "gpu-model-missing", Severity.ERROR, "cards are asked for without a model where pools have several", __doc__ or ""
)


def check(model: Model) -> Iterator[Diagnostic]:
    for trouble in asked.troubles(model, "ambiguous"):
        placement = trouble.placement
        models = cards.models(placement.pools)
        count = phrase.number(trouble.item.cards)
        first = {pool.accelerator.model: pool for pool in reversed(placement.pools) if pool.accelerator}
        yield RULE.at(
            trouble.position,
            f'"{count}" does not say which cards: the pools on cluster "{placement.site.cluster.name}" have {phrase.joined(models)}',
            hint=f"name the model: {phrase.joined((f'{count}({name})' for name in models), 'or')}",
            related=[
                Related(first[name].origin.at("spec", "accelerator", "model"), f'pool "{first[name].name}" has {name}')
                for name in models
            ],
        )
