"""A group lists a volume that is not declared.

`volume` in a group's list is the name of a document of kind Volume, which says where the data lies and which groups may use
it. A misspelt name would leave the group without its data, and its jobs waiting for a claim that never comes.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      members: [{user: bob, role: developer}]
      placements: [{cluster: ack, pools: [gpu-t4]}]
      volumes: [{volume: departement1}]

Good:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      members: [{user: bob, role: developer}]
      placements: [{cluster: ack, pools: [gpu-t4]}]
      volumes: [{volume: department1}]
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model import reference
from cubec.model.model import Model

RULE = Rule("unknown-volume", Severity.ERROR, "a group lists a volume that is not declared", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for group in model.groups.values() if model.complete else ():
        for use in group.volumes:
            if use.volume not in model.volumes:
                yield reference.unknown(RULE, "Volume", use.volume, use.origin.at("volume"), model.volumes)
