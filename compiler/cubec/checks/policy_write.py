"""A role lets its members change what holds them.

Quotas, limits, network policies, the accounts that pods run as, queues and stores of secrets are what keeps groups
apart. They are written here, and whoever can also write them in the cluster is held by nothing: a quota that is
raised by hand counts until the next sync, and what was started in between runs on.

Bad:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      roles:
        - name: lead
          rules:
            - {apiGroups: [""], resources: [resourcequotas], verbs: [get, update]}

Good:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      roles:
        - name: lead
          rules:
            - {apiGroups: [""], resources: [resourcequotas], verbs: [get, list]}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model import escalation
from cubec.model.model import Model

RULE = Rule("policy-write", Severity.ERROR, "a role lets members change what holds them", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for found in escalation.findings(model, RULE.code):
        yield RULE.at(
            found.position,
            f'role "{found.role.name}" lets members {found.primitive.gain}, through "{found.written}"',
            hint="leave only get, list and watch; the change belongs into these files",
        )
