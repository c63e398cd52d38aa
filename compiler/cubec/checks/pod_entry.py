"""A role lets its members enter running pods of their colleagues.

Who may open a shell in a pod, attach to it or add a debugging container to it has all that the pod has: its data, its
secrets, its unsaved work. The built-in roles `developer` and `owner` may do that on purpose, since they may start
such pods themselves; a role of the platform's own that may do it is worth a second look.

Bad:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      roles:
        - name: observer
          rules:
            - {apiGroups: [""], resources: [pods], verbs: [get, list, watch]}
            - {apiGroups: [""], resources: [pods/exec], verbs: [create]}

Good:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      roles:
        - name: observer
          rules:
            - {apiGroups: [""], resources: [pods], verbs: [get, list, watch]}
            - {apiGroups: [""], resources: [pods/log], verbs: [get]}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model import escalation
from cubec.model.model import Model

RULE = Rule("pod-entry", Severity.WARNING, "a role lets members enter pods of their colleagues", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for found in escalation.findings(model, RULE.code):
        yield RULE.at(
            found.position,
            f'role "{found.role.name}" lets members {found.primitive.gain}, through "{found.written}"',
            hint="take it out if these members are only to look; pods/log shows the output",
        )
