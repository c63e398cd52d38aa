"""A role lets its members reach nodes, pods or services through the API server.

A proxy subresource sends any request through the API server, past every network policy. On a node that is the kubelet
itself, where reading is enough to run commands in every pod of the machine, without a trace in the audit log.
`pods/portforward` does what people want in most cases.

Bad:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      roles:
        - name: web
          rules:
            - {apiGroups: [""], resources: [pods/proxy], verbs: [get]}

Good:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      roles:
        - name: web
          rules:
            - {apiGroups: [""], resources: [pods/portforward], verbs: [create, get]}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model import escalation
from cubec.model.model import Model

RULE = Rule(
    "proxy-subresource",
    Severity.ERROR,
    "a role lets members reach nodes, pods or services through the API server",
    __doc__ or "",
)


def check(model: Model) -> Iterator[Diagnostic]:
    for found in escalation.findings(model, RULE.code):
        yield RULE.at(
            found.position,
            f'role "{found.role.name}" lets members {found.primitive.gain}, through "{found.written}"',
            hint="take it out; port-forwarding (pods/portforward) reaches a member's own pods",
        )
