"""A cluster waits for copies of logins that nothing makes.

With `secrets.mode: sync` the logins of registries stand in one namespace of the cluster, and the upkeep job copies
them to where they are needed. The job is only there if the platform sets up the task `pullSecrets`, and it only
copies if the task is not suspended.

Bad:
    apiVersion: cubec.io/v1
    kind: Cluster
    metadata:
      name: ack
    spec:
      kubernetes: "1.36"
      server: https://ack.example.com:6443
      secrets: {mode: sync, namespace: cubec-system}

Good:
    apiVersion: cubec.io/v1
    kind: Cluster
    metadata:
      name: ack
    spec:
      kubernetes: "1.36"
      server: https://ack.example.com:6443
      secrets: {mode: sync, namespace: cubec-system}
    ---
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      upkeep:
        image: registry.example.com/platform/cubec:1.0
        pullSecrets: {dryRun: false}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model

RULE = Rule("sync-without-upkeep", Severity.ERROR, "a cluster waits for copies that nothing makes", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    upkeep = model.platform.upkeep
    task = next((task for task in (upkeep.tasks if upkeep else ()) if task.name == "pullSecrets"), None)
    if task and not task.suspend:
        return
    place = task.origin.at("suspend") if task else model.platform.origin.key("spec", "upkeep")
    for cluster in model.clusters.values():
        if cluster.secrets and cluster.secrets.mode == "sync":
            yield RULE.at(
                cluster.origin.at("spec", "secrets", "mode"),
                f'cluster "{cluster.name}" needs the upkeep task pullSecrets, which is {"suspended" if task else "not set up"}',
                hint="write pullSecrets: {dryRun: false} under spec.upkeep of the Platform, or choose another mode",
                related=[Related(place, "the platform's upkeep stands")],
            )
