"""A user or a group has a Linux id that means something else.

65534 is the number of "nobody", under which a file server shows everything whose owner it does not know; 65535 means "no
id" to older programs. A person with such a number would own what is nobody's.

Bad:
    apiVersion: cubec.io/v1
    kind: User
    metadata: {name: amy}
    spec: {uid: 65534}

Good:
    apiVersion: cubec.io/v1
    kind: User
    metadata: {name: amy}
    spec: {uid: 20003}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.ids import RESERVED
from cubec.model.model import Model
from cubec.source.document import Origin

RULE = Rule("reserved-id", Severity.ERROR, "a user or a group has a Linux id that means something else", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for user in model.users.values():
        if user.uid in RESERVED:
            yield _reserved("uid", user.uid, user.origin)
    for group in model.groups.values():
        if group.gid in RESERVED:
            yield _reserved("gid", group.gid, group.origin)


def _reserved(field: str, number: int, origin: Origin) -> Diagnostic:
    message = f"{field} {number} is reserved: {RESERVED[number]}"
    return RULE.at(origin.at("spec", field), message, hint=f"write another {field}, from 1000")
