"""A name at the identity provider is one of Kubernetes' own, or cannot be matched.

Kubernetes trusts names that begin with "system:" (whoever is in the group system:masters may do everything), in whatever
letters they are written here. "*" reads like everybody and matches nobody. A name with spaces or quotes breaks the
commands and files that it is put into. Let the provider give the group a short name, and write that.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      members: [{oidcGroup: "system:masters", role: viewer}, {user: bob, role: developer}]
      placements: [{cluster: ack, pools: [gpu-t4]}]

Good:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      members: [{oidcGroup: ml-engineers, role: viewer}, {user: bob, role: developer}]
      placements: [{cluster: ack, pools: [gpu-t4]}]
"""

import re
from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model
from cubec.model.subjects import folded
from cubec.source.document import Origin
from cubec.source.quoting import quoted

RULE = Rule("system-subject", Severity.ERROR, "a name at the identity provider is not one to bind", __doc__ or "")

_UNFIT = re.compile("""[\\s'"`´‘’“”]""")


def check(model: Model) -> Iterator[Diagnostic]:
    for user in model.users.values():
        if user.subject != user.name:  # a name of ours is always fine
            yield from _judged(user.subject, user.origin, "spec", "subject")
    for group in model.groups.values():
        for member in group.members:
            if member.oidc_group:
                yield from _judged(member.oidc_group, member.origin, "oidcGroup")


def _judged(subject: str, origin: Origin, *where: str) -> Iterator[Diagnostic]:
    plain = folded(subject).strip()
    if plain.startswith("system:"):
        message, hint = (
            "is one of Kubernetes' own names",
            "write the name of a person or a group at your identity provider",
        )
    elif plain in ("", "*"):
        message, hint = "matches nobody", "write each person or group by name"
    elif _UNFIT.search(subject):
        message = "holds a space or a quote"
        hint = "let the provider give it a short name without spaces and quotes, and write that"
    else:
        return
    yield RULE.at(origin.at(*where), f"{quoted(subject)} {message}", hint=hint)
