"""A pool declares a taint twice, or one that is not its own to declare.

A taint keeps pods off a node that do not tolerate it. Kubernetes takes one taint of a key and an effect, and the taint that
reserves a pool, cubec.io/pool, follows from reserved and groups. Groups that may use the pool tolerate its declared taints.

Bad:
    apiVersion: cubec.io/v1
    kind: NodePool
    metadata:
      name: spare
    spec:
      cluster: ack
      nodes: {names: [worker04]}
      capacity: {cpu: 4, memory: 30Gi}
      taints:
        - {key: cubec.io/pool, value: spare, effect: NoSchedule}

Good:
    apiVersion: cubec.io/v1
    kind: NodePool
    metadata:
      name: spare
    spec:
      cluster: ack
      nodes: {names: [worker04]}
      capacity: {cpu: 4, memory: 30Gi}
      groups: [dev1]
      taints:
        - {key: example.com/maintenance, value: soon, effect: PreferNoSchedule}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model
from cubec.model.types import NodePool

RULE = Rule("pool-taint-clash", Severity.ERROR, "a taint is declared twice, or is cubec's own", __doc__ or "")
_OWN = "cubec.io"


def check(model: Model) -> Iterator[Diagnostic]:
    for pool in model.pools.values():
        yield from _judge(pool)


def _judge(pool: NodePool) -> Iterator[Diagnostic]:
    first: dict[tuple[str, str], int] = {}
    for n, taint in enumerate(pool.taints):
        place = pool.origin.at("spec", "taints", n, "key")
        domain = taint.key.partition("/")[0]
        m = first.setdefault((taint.key, taint.effect), n)
        if domain == _OWN or domain.endswith(f".{_OWN}"):
            hint = "leave it out: reserved: true keeps the pods of other groups away"
            yield RULE.at(place, f'"{taint.key}" is a taint that cubec sets itself', hint=hint)
        elif m != n:
            yield RULE.at(
                place,
                f'taint "{taint.key}" with effect {taint.effect} is declared twice',
                hint="keep one of the two: a node has one value for a key and an effect",
                related=[Related(pool.origin.at("spec", "taints", m, "key"), "the first one is declared")],
            )
