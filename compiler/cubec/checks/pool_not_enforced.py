"""Nothing can put pods onto their group's pool by itself.

From Kubernetes 1.36 on, and with Kyverno before that, the cluster adds the selector of the group's pool to every pod.
Without either it can only refuse: a pod that names no pool is accepted where the group may use every open pool of the
cluster, and is otherwise refused with the line to add. So job authors there have to write the node selector
themselves.

Bad:
    apiVersion: cubec.io/v1
    kind: Cluster
    metadata:
      name: ack
    spec:
      kubernetes: "1.34"
      server: https://ack.example.com:6443
      capabilities: [external-secrets]
      secrets:
        mode: external-secrets
        store: {name: vault}

Good:
    apiVersion: cubec.io/v1
    kind: Cluster
    metadata:
      name: ack
    spec:
      kubernetes: "1.34"
      server: https://ack.example.com:6443
      capabilities: [external-secrets, kyverno]
      secrets:
        mode: external-secrets
        store: {name: vault}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model

RULE = Rule("pool-not-enforced", Severity.WARNING, "nothing puts pods onto their pool by itself", __doc__ or "")

_MUTATING = 36  # MutatingAdmissionPolicy v1 is there from 1.36 on


def check(model: Model) -> Iterator[Diagnostic]:
    for site in model.sites.values():
        cluster = site.cluster
        if site.pools and cluster.minor < _MUTATING and "kyverno" not in cluster.capabilities:
            yield RULE.at(
                cluster.origin.at("spec", "kubernetes"),
                f'cluster "{cluster.name}" can refuse pods that name no pool, but cannot add the pool to them',
                hint=f"tell job authors to write a nodeSelector such as {site.pools[0].label_key}: "
                f"{site.pools[0].label_value}, install Kyverno, or upgrade to 1.36",
            )
