"""The Arena profile meets a cluster where people log in through OIDC.

The Arena command line reads only kubeconfigs that hold a token, and ignores those that call a program to log in,
which is how OIDC works. People can use kubectl there, and not arena.

Bad:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      profiles: [arena]
    ---
    apiVersion: cubec.io/v1
    kind: Cluster
    metadata:
      name: ack
    spec:
      kubernetes: "1.36"
      server: https://ack.example.com:6443
      identity: {mode: oidc, issuer: https://login.example.com, clientID: kubernetes}
      capabilities: [external-secrets]
      secrets:
        mode: external-secrets
        store: {name: vault}

Good:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      profiles: [arena]
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model

RULE = Rule("arena-with-oidc", Severity.WARNING, "the Arena command line cannot log in through OIDC", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    if "arena" not in model.platform.profiles:
        return
    for cluster in model.clusters.values():
        if cluster.identity.mode == "oidc":
            yield RULE.at(
                cluster.origin.at("spec", "identity", "mode"),
                f'the Arena command line cannot log in to cluster "{cluster.name}" through OIDC',
                hint="write mode: serviceaccount, or tell people to use kubectl there",
                related=[Related(model.platform.origin.at("spec", "profiles"), "the profile is chosen")],
            )
