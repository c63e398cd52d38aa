"""A range of addresses is not written as Kubernetes takes it.

A range is an address and the number of bits that all of its addresses share: 10.0.0.0/16 are all that begin with
10.0. Bits after those have to be 0, or the range is not the one that its reader has in mind; one address alone is
written with /32.

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
        allowTo: [10.0.3.7/16]

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
        allowTo: [10.0.0.0/16, 10.1.3.7/32]
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model
from cubec.model.peers import is_address, network

RULE = Rule("bad-cidr", Severity.ERROR, "a range of addresses is not written as Kubernetes takes it", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for group in model.groups.values():
        for n, entry in enumerate(group.allow_to):
            if not is_address(entry):
                continue
            meant = network(entry)
            if meant is None:
                message = f'"{entry}" is not a range of addresses'
                hint = "write an address, a slash and a number of bits: 10.0.0.0/16"
            elif str(meant) != entry:
                message = f'"{entry}" is not the exact spelling of a range of addresses'
                hint = f"write {meant}"
            else:
                continue
            yield RULE.at(group.origin.at("spec", "network", "allowTo", n), message, hint=hint)
