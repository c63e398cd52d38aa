"""A volume that a StorageClass makes is granted to several groups.

With `storageClass` each claim gets a new, empty volume of its own. Granted to two groups it would look like shared
data while each group writes to a disk that the other never sees. Give each group a Volume of its own, or share a
folder through nfs or csi.

Bad:
    apiVersion: cubec.io/v1
    kind: Volume
    metadata:
      name: department1
    spec:
      capacity: 1Ti
      source:
        storageClass: fast
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
      source:
        nfs: {server: nas-1.example.com, path: /department1}
      grants:
        - {group: dev1, access: read-write, claim: department1-public-dev1}
        - {group: dev2, access: read-write, claim: department1-public-dev2}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model
from cubec.model.tenants import Dynamic

RULE = Rule("dynamic-shared", Severity.ERROR, "a volume that a StorageClass makes has several groups", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for volume in model.volumes.values():
        if not isinstance(volume.source, Dynamic):
            continue
        for grant in volume.grants[1:]:
            if grant.group != volume.grants[0].group:
                yield RULE.at(
                    grant.origin.at("group"),
                    f'groups "{volume.grants[0].group}" and "{grant.group}" would each get an empty volume of their own',
                    hint=f'make a Volume of its own for "{grant.group}", or share a folder through nfs or csi',
                    related=[Related(volume.origin.at("spec", "source", "storageClass"), "storageClass is chosen")],
                )
