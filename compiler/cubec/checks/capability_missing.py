"""A cluster uses an addition that it does not declare.

Logins come to a cluster through External Secrets or Sealed Secrets only where that addition is installed, and cubec
writes its objects only where `capabilities` say so: an object of a kind that the cluster does not know stops
everything that is applied with it.

Bad:
    apiVersion: cubec.io/v1
    kind: Cluster
    metadata:
      name: ack
    spec:
      kubernetes: "1.36"
      server: https://ack.example.com:6443
      secrets:
        mode: external-secrets
        store: {name: vault}

Good:
    apiVersion: cubec.io/v1
    kind: Cluster
    metadata:
      name: ack
    spec:
      kubernetes: "1.36"
      server: https://ack.example.com:6443
      capabilities: [external-secrets]
      secrets:
        mode: external-secrets
        store: {name: vault}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model

RULE = Rule("capability-missing", Severity.ERROR, "a cluster uses an addition that it does not declare", __doc__ or "")

_NEEDS = ("external-secrets", "sealed-secrets")


def check(model: Model) -> Iterator[Diagnostic]:
    for cluster in model.clusters.values():
        mode = cluster.secrets.mode if cluster.secrets else ""
        if mode in _NEEDS and mode not in cluster.capabilities:
            yield RULE.at(
                cluster.origin.at("spec", "secrets", "mode"),
                f'mode {mode} needs the addition of that name, which cluster "{cluster.name}" does not declare',
                hint=f"add {mode} to spec.capabilities once it is installed there, or choose another mode",
                related=[Related(cluster.origin.key("spec", "capabilities"), "the declared additions stand")],
            )
