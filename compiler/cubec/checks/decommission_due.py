"""The last day of a decommissioned group has passed: its file may be removed.

A group goes in two steps, so that nobody loses data by a deleted file. First it is decommissioned, with a day until which
it stays. After that day its file may be removed, and with it its namespaces; what lies on the file servers stays there.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      state: decommissioned
      until: 2026-11-21
      reason: project ended
      members: [{user: bob, role: developer}]
      placements: [{cluster: ack, pools: [gpu-t4]}]

Good:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      state: decommissioned
      until: 2026-12-31
      reason: project ended
      members: [{user: bob, role: developer}]
      placements: [{cluster: ack, pools: [gpu-t4]}]
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model

RULE = Rule("decommission-due", Severity.WARNING, "a decommissioned group's file may be removed", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for group in model.groups.values():
        if group.state == "decommissioned" and model.expired(group.until):
            yield RULE.at(
                group.origin.at("spec", "until"),
                f'last day of decommissioned group "{group.name}" was {group.until}',
                hint=f"remove the document and add {group.gid} to the platform's retiredUids, or write a later day",
            )
