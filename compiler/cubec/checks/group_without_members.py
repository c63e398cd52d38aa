"""A group has no members.

A group gives its quota and its data to its members. Without any, it holds back cards and space that nobody can use.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      placements: [{cluster: ack, pools: [gpu-t4]}]

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

RULE = Rule("group-without-members", Severity.WARNING, "a group has no members", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for group in model.groups.values():
        if not group.members and group.state != "decommissioned":
            yield RULE.at(
                group.origin.at("metadata", "name"),
                f'group "{group.name}" has no members, so nobody can use what it has',
                hint="list who belongs to it under members, or decommission the group",
            )
