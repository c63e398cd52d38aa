"""A membership ends within two weeks.

`expires` is the last day of a membership; on the next day the person's access is gone, in the middle of whatever they
work on. This is the time to prolong it, or to let them know. Nothing needs to be done if it shall end.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      members:
        - {user: bob, role: developer}
        - {user: tom, role: viewer, expires: 2026-11-30}
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
from cubec.model.expiry import soon, when
from cubec.model.model import Model
from cubec.source.quoting import quoted

RULE = Rule("membership-expiring", Severity.WARNING, "a membership ends within two weeks", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for group in model.groups.values():
        for member in group.members:
            if member.expires and soon(member.expires, model.as_of):
                who = quoted(member.user or member.oidc_group)
                yield RULE.at(
                    member.origin.at("expires"),
                    f'last day of {who} in "{group.name}" is {member.expires}, {when(member.expires, model.as_of)}',
                    hint="write a later day if the person stays, or let it end",
                )
