"""A group has a volume that exists on none of the group's clusters.

The volume's `clusters` say where its data can be reached. A group that works on other clusters only has the grant and
never sees the data.

Bad:
    apiVersion: cubec.io/v1
    kind: Cluster
    metadata:
      name: lab
    spec:
      kubernetes: "1.36"
      server: https://lab.example.com:6443
    ---
    apiVersion: cubec.io/v1
    kind: Volume
    metadata:
      name: department1
    spec:
      capacity: 1Ti
      clusters: [lab]
      source:
        nfs: {server: nas-1.example.com, path: /department1}
      grants:
        - {group: dev1, access: read-write, claim: department1-public-dev1}
        - {group: dev2, access: read-write, claim: department1-public-dev2}

Good:
    apiVersion: cubec.io/v1
    kind: Volume
    metadata:
      name: department1
    spec:
      capacity: 1Ti
      clusters: [ack]
      source:
        nfs: {server: nas-1.example.com, path: /department1}
      grants:
        - {group: dev1, access: read-write, claim: department1-public-dev1}
        - {group: dev2, access: read-write, claim: department1-public-dev2}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model

RULE = Rule("volume-on-no-cluster", Severity.WARNING, "a volume is on none of the group's clusters", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for group in model.groups.values():
        clusters = [spec.cluster for spec in group.placements]
        for use in group.volumes if clusters else ():
            volume = model.volumes.get(use.volume)
            if volume is None or volume.clusters is None or not set(clusters).isdisjoint(volume.clusters):
                continue
            where = ", ".join(volume.clusters)
            yield RULE.at(
                use.origin.at("volume"),
                f'volume "{volume.name}" is on {where}, and group "{group.name}" works on {", ".join(clusters)} only',
                hint="add the cluster to the volume, or take the volume off this list",
                related=[Related(volume.origin.at("spec", "clusters"), "the volume's clusters stand")],
            )
