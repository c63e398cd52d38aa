"""A pool carries components of cube-studio on a platform without that profile.

components label nodes for the control plane of cube-studio: its databases, its dashboard, its mesh. The labels are written
only where the platform's profiles list cube-studio, so without it the field does nothing.

Bad:
    apiVersion: cubec.io/v1
    kind: NodePool
    metadata:
      name: control
    spec:
      cluster: ack
      nodes: {names: [control01]}
      capacity: {cpu: 16, memory: 64Gi}
      components: [mysql, redis]

Good:
    apiVersion: cubec.io/v1
    kind: Cluster
    metadata:
      name: ack
    spec:
      kubernetes: "1.36"
      server: https://ack.example.com:6443
      control: true
      secrets: {mode: external-secrets, store: {name: vault}}
      capabilities: [kueue, external-secrets]
    ---
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      profiles: [cube-studio]
      templateCategories:
        - {name: training, index: 1}
    ---
    apiVersion: cubec.io/v1
    kind: NodePool
    metadata:
      name: control
    spec:
      cluster: ack
      nodes: {names: [control01]}
      capacity: {cpu: 16, memory: 64Gi}
      components: [mysql, redis]
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model import cube_studio
from cubec.model.model import Model

RULE = Rule(
    "components-only-cube-studio",
    Severity.WARNING,
    "components are listed without the cube-studio profile",
    __doc__ or "",
)


def check(model: Model) -> Iterator[Diagnostic]:
    if cube_studio.PROFILE in model.platform.profiles:
        return
    for pool in model.pools.values():
        if pool.components:
            yield RULE.at(
                pool.origin.key("spec", "components"),
                '"components" does nothing: the platform has no cube-studio profile',
                hint="add cube-studio to the platform's profiles, or take components out",
                related=[Related(model.platform.origin.at("spec", "profiles"), "the platform's profiles")],
            )
