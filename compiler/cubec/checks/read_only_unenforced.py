"""A grant is read-only where nothing could enforce it.

A read-only grant is enforced by the storage itself: the volume is mounted so that no pod can write to it, whatever
the pod asks for. A folder of a node (`hostPath`) and a volume that a StorageClass makes have no such switch, so the
promise would be empty. Share the data through nfs or csi, or grant read-write knowingly.

Bad:
    apiVersion: cubec.io/v1
    kind: Volume
    metadata:
      name: department1
    spec:
      capacity: 1Ti
      source:
        hostPath: {path: /data/k8s/department1}
      grants:
        - {group: dev1, access: read-only, claim: department1-public-dev1}
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
        - {group: dev1, access: read-only, claim: department1-public-dev1}
        - {group: dev2, access: read-write, claim: department1-public-dev2}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model
from cubec.model.tenants import Dynamic, HostPath

RULE = Rule("read-only-unenforced", Severity.ERROR, "a grant is read-only where nothing enforces it", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for volume in model.volumes.values():
        match volume.source:
            case HostPath():
                kind = "hostPath"
            case Dynamic():
                kind = "storageClass"
            case _:
                continue
        for grant in volume.grants:
            if grant.read_only:
                yield RULE.at(
                    grant.origin.at("access"),
                    f"a {kind} volume cannot be read-only, every pod could write to it",
                    hint="keep the data on nfs or csi storage, or write access: read-write if that is acceptable",
                    related=[Related(volume.origin.at("spec", "source", kind), f"{kind} is chosen")],
                )
