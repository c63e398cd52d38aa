"""A role lets its members steer the GitOps engine.

Argo CD and Flux apply what they are told with the rights of an administrator. Who may write an Application, an
AppProject or a Kustomization in a namespace that they watch has those rights, too.

Bad:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      roles:
        - name: releaser
          rules:
            - {apiGroups: ["argoproj.io"], resources: [applications], verbs: [get, create]}

Good:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      roles:
        - name: releaser
          rules:
            - {apiGroups: ["argoproj.io"], resources: [applications], verbs: [get, list]}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model import escalation
from cubec.model.model import Model

RULE = Rule("foreign-controller", Severity.ERROR, "a role lets members steer the GitOps engine", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for found in escalation.findings(model, RULE.code):
        yield RULE.at(
            found.position,
            f'role "{found.role.name}" lets members {found.primitive.gain}, through "{found.written}"',
            hint="leave only get, list and watch; what is applied is decided in these files",
        )
