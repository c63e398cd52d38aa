"""A group is placed on no cluster.

A placement says on which cluster a group works, on which pools and with how much. Without one the group has no namespace,
and its members can do nothing.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      members: [{user: bob, role: developer}]

Good:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      members: [{user: bob, role: developer}]
      placements: [{cluster: ack, pools: [gpu-t4]}]
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model

RULE = Rule("group-without-placement", Severity.WARNING, "a group is placed on no cluster", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for group in model.groups.values():
        if not group.placements and group.state != "decommissioned":
            yield RULE.at(
                group.origin.at("metadata", "name"),
                f'group "{group.name}" is placed on no cluster, so its members can run nothing',
                hint="say under placements where it works, or decommission the group",
            )
