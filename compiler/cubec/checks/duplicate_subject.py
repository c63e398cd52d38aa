"""Two users have one name at the identity provider.

On a cluster with identity mode `oidc`, a person is known by the name in the provider's token: `subject` of the user, or the
user's own name. Two users of one name there are one person to the cluster, who has the access of both. Letter case does
not tell them apart, since not every provider keeps it.

Bad:
    apiVersion: cubec.io/v1
    kind: User
    metadata: {name: amy}
    spec: {uid: 20003, subject: bob}

Good:
    apiVersion: cubec.io/v1
    kind: User
    metadata: {name: amy}
    spec: {uid: 20003, subject: amy@example.com}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Position, Related, Rule, Severity
from cubec.model.model import Model
from cubec.model.subjects import folded
from cubec.model.tenants import User
from cubec.source.quoting import quoted

RULE = Rule("duplicate-subject", Severity.ERROR, "two users have one name at the identity provider", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    seen: dict[str, User] = {}
    for user in sorted(model.users.values(), key=_written):
        first = seen.setdefault(folded(user.subject), user)
        if first is not user:
            yield RULE.at(
                _place(user),
                f'user "{first.name}" is already known to the identity provider as {quoted(first.subject)}',
                hint=f'write under subject what the identity provider calls "{user.name}"',
                related=[Related(_place(first), f'user "{first.name}" has it')],
            )


def _written(user: User) -> bool:
    """A name that somebody wrote under ``subject`` is the one to change, rather than that of the user who bears it."""
    return user.subject != user.name


def _place(user: User) -> Position:
    return user.origin.at(*(("spec", "subject") if _written(user) else ("metadata", "name")))
