"""cube-studio's console runs on no cluster, or on several.

cube-studio's console runs on one cluster, marked `control: true`, and its configuration is made for that one: jobs that
name no cluster go there. With the profile `cube-studio` there must be one such cluster, and there are never two.

Bad:
    apiVersion: cubec.io/v1
    kind: Cluster
    metadata: {name: dev}
    spec:
      kubernetes: "1.36"
      server: https://dev.example.com:6443
      control: true
    ---
    apiVersion: cubec.io/v1
    kind: Cluster
    metadata: {name: prod}
    spec:
      kubernetes: "1.36"
      server: https://prod.example.com:6443
      control: true

Good:
    apiVersion: cubec.io/v1
    kind: Cluster
    metadata: {name: dev}
    spec:
      kubernetes: "1.36"
      server: https://dev.example.com:6443
      control: true
    ---
    apiVersion: cubec.io/v1
    kind: Cluster
    metadata: {name: prod}
    spec:
      kubernetes: "1.36"
      server: https://prod.example.com:6443
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model

RULE = Rule("control-cluster", Severity.ERROR, "cube-studio's console runs on no cluster, or on several", __doc__ or "")

_PROFILE = "cube-studio"


def check(model: Model) -> Iterator[Diagnostic]:
    marked = [cluster for cluster in model.clusters.values() if cluster.control]
    for second in marked[1:]:
        yield RULE.at(
            second.origin.at("spec", "control"),
            f'cluster "{second.name}" is a second control cluster, and there can be only one',
            hint="leave control: true on the one cluster where cube-studio's console runs",
            related=[Related(marked[0].origin.at("spec", "control"), f'cluster "{marked[0].name}" is marked')],
        )
    if _PROFILE in model.platform.profiles and not marked and model.complete:
        origin = model.platform.origin
        n = origin.document.value["spec"]["profiles"].index(_PROFILE)
        yield RULE.at(
            origin.at("spec", "profiles", n),
            f'profile "{_PROFILE}" needs to know on which cluster the console runs, and none is marked',
            hint="write control: true into the spec of that Cluster",
        )
