"""A group has two placements on one cluster.

A placement is all that a group has on a cluster: its pools and its quota. Of two for one cluster it would be open whether
their quotas add up or the last one holds, so there is one, with all pools in it.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      members: [{user: bob, role: developer}]
      placements:
        - {cluster: ack, pools: [gpu-t4], quota: {gpu: 1}}
        - {cluster: ack, pools: [gpu-t4], quota: {cpu: 4}}

Good:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      members: [{user: bob, role: developer}]
      placements:
        - {cluster: ack, pools: [gpu-t4], quota: {gpu: 1, cpu: 4}}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model
from cubec.model.tenants import PlacementSpec

RULE = Rule("duplicate-placement", Severity.ERROR, "a group has two placements on one cluster", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for group in model.groups.values():
        seen: dict[str, PlacementSpec] = {}
        for placement in group.placements:
            first = seen.setdefault(placement.cluster, placement)
            if first is not placement:
                yield RULE.at(
                    placement.origin.at("cluster"),
                    f'group "{group.name}" is already placed on cluster "{placement.cluster}"',
                    hint="put the pools and the quota of both into one placement",
                    related=[Related(first.origin.at("cluster"), "first placement on this cluster stands")],
                )
