"""A group names no owners.

`owners` are the people who review changes of the group's file, by their handles at GitHub or GitLab. Without any, each
change waits for the platform's owners, even a new member.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      members: [{user: bob, role: developer}]
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

RULE = Rule("group-without-owners", Severity.WARNING, "a group names no owners", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for group in model.groups.values():
        if not group.owners and group.state != "decommissioned":
            yield RULE.at(
                group.origin.at("metadata", "name"),
                f'group "{group.name}" has no owners, and each change of it waits for the platform\'s owners',
                hint='list who reviews its changes, in quotes: owners: ["@alice", "@example/team"]',
            )
