"""A quota asks for cards of a model that the pools do not have.

The model in parentheses, as in 2(T4), must be the accelerator of one of the pools that the placement uses: cards that no pool
has could never be given, and every job that asks for them would wait for ever. The share of a namespace is one for all
clusters of the group, so one of them must have the model.

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
            gpu: 1(V100)

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
            gpu: 1(T4)
"""

from collections.abc import Iterator, Sequence

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model import asked, cards, phrase
from cubec.model.asked import Trouble
from cubec.model.model import Model
from cubec.model.types import NodePool

RULE = Rule("gpu-model-not-offered", Severity.ERROR, "the pools have no cards of the model", __doc__ or "")
_FEW = 3
# A100 is no misspelt V100, so only what looks alike is taken for a slip
_LOOK = str.maketrans("OILSB", "01158", "-_.")


def check(model: Model) -> Iterator[Diagnostic]:
    for trouble in asked.troubles(model, "model"):
        placement = trouble.placement
        offers = [pool for pool in placement.pools if pool.accelerator]
        yield RULE.at(
            trouble.position,
            _message(trouble),
            hint=_hint(trouble, offers),
            related=[
                Related(pool.origin.at("spec", "accelerator", "model"), f'pool "{pool.name}" is declared')
                for pool in offers[:_FEW]
            ],
        )


def _message(trouble: Trouble) -> str:
    placement, item = trouble.placement, trouble.item
    missing = f'accelerator "{item.model}"' if item.model else "accelerator"
    if trouble.everywhere:
        return f'no pool of group "{placement.group.name}" has {"an " if not item.model else ""}{missing}'
    names = [pool.name for pool in placement.pools]
    verb = "has" if len(names) < 2 else "have"  # noqa: PLR2004 - grammar
    return f'{phrase.pools(names)} of cluster "{placement.site.cluster.name}" {verb} no {missing}'


def _hint(trouble: Trouble, offers: Sequence[NodePool]) -> str:
    placement, item = trouble.placement, trouble.item
    models = cards.models(offers)
    elsewhere = [
        pool.name
        for pool in placement.site.pools
        if pool.accelerator
        and item.model in ("", pool.accelerator.model)
        and (pool.groups is None or placement.group.name in pool.groups)
    ]
    add = f"add {phrase.pools(elsewhere[:1])}" if elsewhere else f"add a pool that has {item.model or 'cards'}"
    if not models:
        return f"take the cards out, or {add}"
    near = next((name for name in models if _alike(item.model, name)), None)
    offer = f"the placement's pools offer {phrase.joined(models)}"
    write = phrase.joined((f"{phrase.number(item.cards)}({name})" for name in ([near] if near else models)), "or")
    return f"{f'did you mean {near}? ' if near else ''}{offer}; write {write}, or {add}"


def _alike(word: str, model: str) -> bool:
    looks, other = word.translate(_LOOK), model.translate(_LOOK)
    return bool(looks) and (looks == other or other.startswith(looks) or looks.startswith(other))
