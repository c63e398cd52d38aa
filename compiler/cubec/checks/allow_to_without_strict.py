"""Traffic out is listed where it is not limited.

`allowTo` lists what the group's pods may reach. Only the mode `strict` limits what they reach; in the other modes
they may reach everything, and the list would make readers believe in a limit that is not there.

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
        allowTo: [10.0.0.0/16]

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
        allowTo: [10.0.0.0/16]
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model

RULE = Rule("allow-to-without-strict", Severity.ERROR, "traffic out is listed where it is not limited", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for group in model.groups.values():
        mode = group.network_mode or model.platform.network
        if group.allow_to and mode != "strict":
            yield RULE.at(
                group.origin.key("spec", "network", "allowTo"),
                f'pods of group "{group.name}" may reach everything in mode {mode}, so allowTo limits nothing',
                hint="write mode: strict beside it, or take allowTo away",
            )
