"""A role lets its members change who may do what.

Who may do what is decided in these files and reviewed there. A member who can write Roles or RoleBindings can give
away what they have, to people that no document names, and the next build would find rights that it does not know.

Bad:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      roles:
        - name: lead
          rules:
            - {apiGroups: ["rbac.authorization.k8s.io"], resources: [rolebindings], verbs: [get, create]}

Good:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      roles:
        - name: lead
          rules:
            - {apiGroups: ["rbac.authorization.k8s.io"], resources: [rolebindings], verbs: [get, list]}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model import escalation
from cubec.model.model import Model

RULE = Rule("rbac-write", Severity.ERROR, "a role lets members change who may do what", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for found in escalation.findings(model, RULE.code):
        yield RULE.at(
            found.position,
            f'role "{found.role.name}" lets members {found.primitive.gain}, through "{found.written}"',
            hint="leave only get, list and watch; people are added under spec.members of the group",
        )
