"""A role lets its members give themselves any right.

Kubernetes refuses to let anybody grant what they do not have, with three exceptions: who may `escalate` can write any
right into a role, who may `bind` can give any role to anybody, and who may `impersonate` can act as somebody else,
the platform's owners included. With one of these a role is as good as the whole cluster, whatever else it says.

Bad:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      roles:
        - name: lead
          rules:
            - {apiGroups: [""], resources: [serviceaccounts], verbs: [get, impersonate]}

Good:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      roles:
        - name: lead
          rules:
            - {apiGroups: [""], resources: [serviceaccounts], verbs: [get]}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model import escalation
from cubec.model.model import Model

RULE = Rule("escalation-verb", Severity.ERROR, "a role lets members give themselves any right", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for found in escalation.findings(model, RULE.code):
        yield RULE.at(
            found.position,
            f'role "{found.role.name}" lets members {found.primitive.gain}, through "{found.written}"',
            hint="take the verb out; who may do what is decided in these files",
        )
