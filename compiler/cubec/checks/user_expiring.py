"""A user's last day is within two weeks.

`expires` is the last day on which a person has any access; on the next day the account and all memberships are gone. This
is the time to prolong it, or to let them know. Nothing needs to be done if the person leaves.

Bad:
    apiVersion: cubec.io/v1
    kind: User
    metadata: {name: tom}
    spec: {uid: 20002, expires: 2026-11-30}

Good:
    apiVersion: cubec.io/v1
    kind: User
    metadata: {name: tom}
    spec: {uid: 20002, expires: 2027-06-30}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.expiry import soon, when
from cubec.model.model import Model

RULE = Rule("user-expiring", Severity.WARNING, "a user's last day is within two weeks", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for user in model.users.values():
        if user.expires and soon(user.expires, model.as_of):
            yield RULE.at(
                user.origin.at("spec", "expires"),
                f'last day of user "{user.name}" is {user.expires}, {when(user.expires, model.as_of)}',
                hint="write a later day if the person stays, or let it end",
            )
