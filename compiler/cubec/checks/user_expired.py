"""A user's last day has passed, and the document is still there.

`expires` is the last day on which a person has any access. After it the user has no account and no role anywhere, whatever
the groups say. Remove the document and the memberships, and add the uid to the Platform's `retiredUids`, so that nobody
gets it and with it the person's files.

Bad:
    apiVersion: cubec.io/v1
    kind: User
    metadata: {name: tom}
    spec: {uid: 20002, expires: 2026-11-21}

Good:
    apiVersion: cubec.io/v1
    kind: User
    metadata: {name: tom}
    spec: {uid: 20002, expires: 2027-06-30}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model
from cubec.model.tenants import User

RULE = Rule("user-expired", Severity.WARNING, "a user's last day has passed", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for user in model.users.values():
        if model.expired(user.expires):
            yield RULE.at(
                user.origin.at("spec", "expires"),
                f'last day of user "{user.name}" was {user.expires}',
                hint=f"remove the user and add {user.uid} to the platform's retiredUids, or write a later day",
                related=list(_memberships(user, model)),
            )


def _memberships(user: User, model: Model) -> Iterator[Related]:
    for group in model.groups.values():
        for member in group.members:
            if member.user == user.name:
                yield Related(member.origin.at("user"), f'member of group "{group.name}"')
