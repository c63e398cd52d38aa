"""An owner is not written as CODEOWNERS wants it.

The owners of a group go into the file CODEOWNERS, from which GitHub and GitLab learn whose review a change needs. They know
a person as `@user`, a team as `@org/team`, and an e-mail address. What is written differently is skipped there without a
word, and a change goes in unseen. In YAML, a text that begins with `@` needs quotes.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: [alice]
      members: [{user: bob, role: developer}]
      placements: [{cluster: ack, pools: [gpu-t4]}]

Good:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@alice", "@example/dev1", carol@example.com]
      members: [{user: bob, role: developer}]
      placements: [{cluster: ack, pools: [gpu-t4]}]
"""

import re
from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model
from cubec.source.quoting import quoted

RULE = Rule("owner-handle", Severity.ERROR, "an owner is not written as CODEOWNERS wants it", __doc__ or "")

_WORD = "[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?"
_HANDLE = re.compile(f"@{_WORD}(?:/{_WORD})*", re.ASCII)  # GitLab's groups have groups in them
_MAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII)


def check(model: Model) -> Iterator[Diagnostic]:
    for group in model.groups.values():
        for n, owner in enumerate(group.owners):
            if not _HANDLE.fullmatch(owner) and not _MAIL.fullmatch(owner):
                yield RULE.at(
                    group.origin.at("spec", "owners", n),
                    f"{quoted(owner)} is no handle of a person or a team, and no e-mail address",
                    hint=_hint(owner),
                )


def _hint(owner: str) -> str:
    handle = f"@{owner}"
    if _HANDLE.fullmatch(handle):
        return f'write "{handle}", in quotes'
    return 'write "@user", "@org/team" or an e-mail address, in quotes'
