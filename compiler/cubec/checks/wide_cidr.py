"""A range of addresses takes in almost everything.

A range with fewer than 8 shared bits holds a good part of all addresses there are; 0.0.0.0/0 is the whole internet,
the cluster and the machines themselves. In a group that limits its traffic out this undoes the limit.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev2
    spec:
      gid: 10002
      placements:
        - {cluster: ack, pools: [gpu-t4]}
      volumes:
        - volume: department1
      network:
        mode: strict
        allowTo: [0.0.0.0/0]

Good:
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev2
    spec:
      gid: 10002
      placements:
        - {cluster: ack, pools: [gpu-t4]}
      volumes:
        - volume: department1
      network:
        mode: strict
        allowTo: [203.0.113.0/24]
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model
from cubec.model.peers import is_address, network

RULE = Rule("wide-cidr", Severity.WARNING, "a range of addresses takes in almost everything", __doc__ or "")

_NARROW = 8  # bits


def check(model: Model) -> Iterator[Diagnostic]:
    for group in model.groups.values():
        for n, entry in enumerate(group.allow_to):
            reached = network(entry) if is_address(entry) else None
            if reached is not None and reached.prefixlen < _NARROW:
                yield RULE.at(
                    group.origin.at("spec", "network", "allowTo", n),
                    f'"{entry}" holds {reached.num_addresses:,} addresses, the machines of this cluster likely among them',
                    hint="list the ranges that the group really needs, or choose mode: isolated",
                )
