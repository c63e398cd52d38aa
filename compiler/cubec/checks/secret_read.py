"""A role lets its members read secrets.

Secrets hold passwords and the logins of registries. To list or watch them shows what is in them just as reading one
does, and so do patch and delete, whose answers hold the object. The built-in role `owner` may create and replace
secrets without reading any, which is enough to set one.

Bad:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      roles:
        - name: auditor
          rules:
            - {apiGroups: [""], resources: [pods], verbs: [get, list, watch]}
            - {apiGroups: [""], resources: [secrets], verbs: [list]}

Good:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      roles:
        - name: auditor
          rules:
            - {apiGroups: [""], resources: [pods], verbs: [get, list, watch]}
            - {apiGroups: [""], resources: [secrets], verbs: [create, update]}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model import escalation
from cubec.model.model import Model

RULE = Rule("secret-read", Severity.ERROR, "a role lets members read secrets", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for found in escalation.findings(model, RULE.code):
        yield RULE.at(
            found.position,
            f'role "{found.role.name}" lets members {found.primitive.gain}, through "{found.written}"',
            hint="take it out; to set a secret, create and update are enough",
        )
