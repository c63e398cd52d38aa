"""A pool sets a node label that cubec or a client sets itself.

The upkeep job writes the pool's own label, and with the cube-studio profile the labels that cube-studio looks for: cpu, gpu and
vgpu, train, notebook and service, org, gpu-type, and those of its components. They follow from the other fields of the pool, and
a second value for one of them would send work to the wrong nodes. Labels in the domain cubec.io are cubec's own.

Bad:
    apiVersion: cubec.io/v1
    kind: NodePool
    metadata:
      name: spare
    spec:
      cluster: ack
      nodes: {names: [worker04]}
      capacity: {cpu: 4, memory: 30Gi}
      labels: {cubec.io/pool: other}

Good:
    apiVersion: cubec.io/v1
    kind: NodePool
    metadata:
      name: spare
    spec:
      cluster: ack
      nodes: {names: [worker04]}
      capacity: {cpu: 4, memory: 30Gi}
      labels: {example.com/rack: r12}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Position, Rule, Severity
from cubec.model import cube_studio
from cubec.model.kinds.nodepool import POOL_LABEL
from cubec.model.model import Model
from cubec.model.types import NodePool

RULE = Rule("pool-label-reserved", Severity.ERROR, "a pool sets a node label that is not its own to set", __doc__ or "")
_CUBE_STUDIO = {
    **dict.fromkeys(("cpu", "gpu", "vgpu", "gpu-type"), "accelerator"),
    **dict.fromkeys(("train", "notebook", "service"), "workloads"),
    **dict.fromkeys(
        ("mysql", "redis", "kubeflow", "kubeflow-dashboard", "istio", "monitoring", "logging"), "components"
    ),
    "org": "groups",
}


def check(model: Model) -> Iterator[Diagnostic]:
    profile = cube_studio.PROFILE in model.platform.profiles
    for pool in model.pools.values():
        for key in pool.labels:
            place = pool.origin.key("spec", "labels", key)
            if _own(key):
                yield _reserved(place, key, "cubec sets itself", "leave it out")
            elif key == pool.label_key:
                yield _reserved(place, key, "stands for the pool", "leave it out: spec.label says which value it has")
            elif profile and key in _CUBE_STUDIO:
                follows = f"leave it out: it follows from {_CUBE_STUDIO[key]}"
                yield _reserved(place, key, "the cube-studio profile sets", follows)
        yield from _label(pool)


def _own(key: str) -> bool:
    domain = key.partition("/")[0] if "/" in key else ""
    return domain == "cubec.io" or domain.endswith(".cubec.io") or key == POOL_LABEL


def _label(pool: NodePool) -> Iterator[Diagnostic]:
    """A label that nodes bring along cannot be the one that the upkeep job sets."""
    if not pool.own_label and _own(pool.label_key):
        place = pool.origin.key("spec", "label", pool.label_key)
        yield _reserved(place, pool.label_key, "cubec sets itself", "leave label out: the upkeep job sets it")


def _reserved(place: Position, key: str, why: str, hint: str) -> Diagnostic:
    return RULE.at(place, f'"{key}" is a label that {why}', hint=hint)
