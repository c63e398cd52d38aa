"""A group's pod security is less strict than the platform's.

`baseline` keeps pods from reaching the machine that they run on; `restricted` also refuses programs that run as root.
The platform sets the level for all groups, and a group may choose the stricter one only.

Bad:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      podSecurity: restricted
    ---
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev2
    spec:
      gid: 10002
      placements:
        - {cluster: ack, pools: [gpu-t4]}
      volumes:
        - volume: department1
      podSecurity: baseline

Good:
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev2
    spec:
      gid: 10002
      placements:
        - {cluster: ack, pools: [gpu-t4]}
      volumes:
        - volume: department1
      podSecurity: restricted
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model

RULE = Rule("pod-security-weaker", Severity.ERROR, "a group's pod security is less strict than allowed", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    if model.platform.pod_security != "restricted":
        return
    for group in model.groups.values():
        if group.pod_security == "baseline":
            yield RULE.at(
                group.origin.at("spec", "podSecurity"),
                '"baseline" is less strict than the platform\'s "restricted"',
                hint="take podSecurity away, or ask the platform's owners",
                related=[Related(model.platform.origin.at("spec", "podSecurity"), "the platform's level stands")],
            )
