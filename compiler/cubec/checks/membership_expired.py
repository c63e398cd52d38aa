"""A membership has ended, and its entry is still there.

`expires` is the last day of a membership. After it the entry gives nothing, and no error stops the build, as a day passes
without anybody's doing. An entry that gives nothing misleads whoever reads the list, so it is to be removed or prolonged.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      members:
        - {user: bob, role: developer}
        - {user: tom, role: viewer, expires: 2026-11-21}
      placements: [{cluster: ack, pools: [gpu-t4]}]

Good:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      members:
        - {user: bob, role: developer}
        - {user: tom, role: viewer, expires: 2027-06-30}
      placements: [{cluster: ack, pools: [gpu-t4]}]
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model
from cubec.source.quoting import quoted

RULE = Rule(
    "membership-expired", Severity.WARNING, "a membership has ended, and its entry is still there", __doc__ or ""
)


def check(model: Model) -> Iterator[Diagnostic]:
    for group in model.groups.values():
        for member in group.members:
            if model.expired(member.expires):
                who = quoted(member.user or member.oidc_group)
                yield RULE.at(
                    member.origin.at("expires"),
                    f'membership of {who} in "{group.name}" ended on {member.expires}',
                    hint="remove the entry, or write a later day",
                )
