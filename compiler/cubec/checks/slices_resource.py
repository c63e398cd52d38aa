"""Slices and whole cards are offered under one name.

A quota counts what is offered under a name. Where slices of a card and whole cards have the same name on a cluster, two slices and
two cards are both 2, so that who has a fifth of a card could take two. Most device plugins can offer slices under a name of
their own (NVIDIA's: renameByDefault, which makes nvidia.com/gpu.shared).

Bad:
    apiVersion: cubec.io/v1
    kind: NodePool
    metadata:
      name: vgpu
    spec:
      cluster: ack
      nodes: {names: [worker11]}
      capacity: {cpu: 32, memory: 256Gi}
      accelerator: {model: T4, count: 2, slices: {resource: nvidia.com/gpu, perCard: 10}}

Good:
    apiVersion: cubec.io/v1
    kind: NodePool
    metadata:
      name: vgpu
    spec:
      cluster: ack
      nodes: {names: [worker11]}
      capacity: {cpu: 32, memory: 256Gi}
      accelerator: {model: T4, count: 2, slices: {resource: nvidia.com/gpu.shared, perCard: 10}}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model
from cubec.model.types import NodePool

RULE = Rule("slices-resource", Severity.ERROR, "slices and whole cards have one name", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for site in model.sites.values():
        whole: dict[str, NodePool] = {}
        for pool in site.pools:
            if pool.accelerator and not pool.accelerator.slice_resource:
                whole.setdefault(pool.accelerator.resource, pool)
        for pool in site.pools:
            accelerator = pool.accelerator
            if accelerator is None or not accelerator.slice_resource:
                continue
            other = (
                pool if accelerator.slice_resource == accelerator.resource else whole.get(accelerator.slice_resource)
            )
            if other:
                yield RULE.at(
                    pool.origin.at("spec", "accelerator", "slices", "resource"),
                    f'"{accelerator.slice_resource}" is the name of whole cards in pool "{other.name}"',
                    hint=f"let the device plugin offer slices under another name, such as {accelerator.slice_resource}.shared",
                    related=[
                        Related(other.origin.at("spec", "accelerator", "resource"), f'the cards of pool "{other.name}"')
                    ],
                )
