"""A registry reaches a cluster that does not say how logins get there.

A cluster's `secrets` say how the login of a registry becomes a Secret in its namespaces. Without it there is no way,
and a group that is to use the registry cannot pull images there.

Bad:
    apiVersion: cubec.io/v1
    kind: Cluster
    metadata:
      name: ack
    spec:
      kubernetes: "1.36"
      server: https://ack.example.com:6443

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
from cubec.model.registries import reach

RULE = Rule("secrets-mode-missing", Severity.ERROR, "a cluster does not say how logins get there", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    told: set[str] = set()
    for name, cluster in reach(model):
        if model.clusters[cluster].secrets is None and cluster not in told:
            told.add(cluster)
            yield RULE.at(
                model.clusters[cluster].origin.at("metadata", "name"),
                f'cluster "{cluster}" does not say how the login of registry "{name}" gets there',
                hint="write spec.secrets with a mode, for example mode: external-secrets and the store's name",
                related=[
                    Related(model.registries[name].origin.at("metadata", "name"), f'registry "{name}" is declared')
                ],
            )
