"""A template mounts a folder of the machine.

Pod Security, at every level that a platform can choose, refuses pods that mount a folder of the machine they run on,
since the machine belongs to all groups. A pod of this template would never start. A Volume with a `hostPath` source
makes such a folder available as a claim, to the groups that it grants.

Bad:
    apiVersion: cubec.io/v1
    kind: JobTemplate
    metadata:
      name: pytorch
    spec:
      category: training
      image: registry.example.com/templates/pytorch:2.9
      mounts: /data/k8s/datasets(hostpath):/datasets

Good:
    apiVersion: cubec.io/v1
    kind: JobTemplate
    metadata:
      name: pytorch
    spec:
      category: training
      image: registry.example.com/templates/pytorch:2.9
      mounts: department1-public-dev1(storage):/datasets
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model

RULE = Rule("template-host-path", Severity.ERROR, "a template mounts a folder of the machine", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for template in model.templates.values():
        for mount in template.mounts:
            if mount.kind == "hostpath":
                yield RULE.at(
                    mount.origin.at(),
                    f'a pod that mounts "{mount.source}" of the machine is refused in every group',
                    hint="declare a Volume with source hostPath, grant it, and mount its claim: NAME(storage):/path",
                )
