"""A role lets its members make tokens of other accounts.

A token of a ServiceAccount is that account: who may create tokens can become any account in the namespace, and hand
the token to anybody. Tokens are made by `cubec kubeconfig` for people and by Kubernetes for pods.

Bad:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      roles:
        - name: builder
          rules:
            - {apiGroups: [""], resources: [serviceaccounts/token], verbs: [create]}

Good:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      roles:
        - name: builder
          rules:
            - {apiGroups: [""], resources: [serviceaccounts], verbs: [get, list]}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model import escalation
from cubec.model.model import Model

RULE = Rule("token-create", Severity.ERROR, "a role lets members make tokens of other accounts", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for found in escalation.findings(model, RULE.code):
        yield RULE.at(
            found.position,
            f'role "{found.role.name}" lets members {found.primitive.gain}, through "{found.written}"',
            hint="take it out; pods get their own tokens from Kubernetes",
        )
