"""A group has a member who is not declared as a user.

`user` of a member is the name of a document of kind User, which gives the person an account and a Linux id. Nobody gets
access by a name alone: a misspelt name would either give nothing, or give it to a person who takes that name later.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      members: [{user: bbo, role: developer}]
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
from cubec.model import reference
from cubec.model.model import Model

RULE = Rule("unknown-user", Severity.ERROR, "a member is not declared as a user", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for group in model.groups.values() if model.complete else ():
        for member in group.members:
            if member.user and member.user not in model.users:
                yield reference.unknown(RULE, "User", member.user, member.origin.at("user"), model.users)
