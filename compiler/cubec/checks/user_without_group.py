"""A user is a member of no group.

What a person may do comes from groups, or for a few named people from a `platformRole`. A user who has neither has an
account that gives nothing: either a membership is missing, or the person has left. Where groups let in whole groups of an
identity provider, nobody here knows who is in them, and this is not asked.

Bad:
    apiVersion: cubec.io/v1
    kind: User
    metadata: {name: amy}
    spec: {uid: 20003}

Good:
    apiVersion: cubec.io/v1
    kind: User
    metadata: {name: amy}
    spec: {uid: 20003, platformRole: viewer}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model

RULE = Rule("user-without-group", Severity.WARNING, "a user is a member of no group", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    if not model.complete or any(member.oidc_group for group in model.groups.values() for member in group.members):
        return
    members = {member.user for group in model.groups.values() for member in group.members}
    for user in model.users.values():
        if user.name not in members and not user.platform_role and not model.expired(user.expires):
            yield RULE.at(
                user.origin.at("metadata", "name"),
                f'user "{user.name}" is a member of no group',
                hint="add the user to the members of a group, or remove the document if the person has left",
            )
