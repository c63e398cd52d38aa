"""Secrets are encrypted with SOPS where the engine cannot decrypt them by itself.

Flux decrypts SOPS on its own. Argo CD does not: it would put the encrypted text into the cluster, and pods could not
pull images, unless a plugin decrypts it first, which Argo CD's own documentation advises against.

Bad:
    apiVersion: cubec.io/v1
    kind: Cluster
    metadata:
      name: lab
    spec:
      kubernetes: "1.36"
      server: https://lab.example.com:6443
      delivery: {engine: argocd, repository: https://git.example.com/platform/research.git}
      secrets:
        mode: sops
        recipients: [age1qyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqs3290gq]

Good:
    apiVersion: cubec.io/v1
    kind: Cluster
    metadata:
      name: lab
    spec:
      kubernetes: "1.36"
      server: https://lab.example.com:6443
      delivery: {engine: flux, repository: https://git.example.com/platform/research.git}
      secrets:
        mode: sops
        recipients: [age1qyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqs3290gq]
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model

RULE = Rule("sops-without-flux", Severity.WARNING, "the engine, Argo CD, cannot decrypt SOPS by itself", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for cluster in model.clusters.values():
        if cluster.secrets and cluster.secrets.mode == "sops" and cluster.delivery.engine == "argocd":
            yield RULE.at(
                cluster.origin.at("spec", "secrets", "mode"),
                f'Argo CD, which delivers to cluster "{cluster.name}", cannot decrypt SOPS without a plugin',
                hint="use mode: sealed-secrets or external-secrets, or make sure that the plugin is installed",
                related=[Related(cluster.origin.at("spec", "delivery", "engine"), "the engine is chosen")],
            )
