"""A volume is granted to nobody.

A volume without grants gives nothing to anybody. It may be on its way in or out; if not, the grant was forgotten.

Bad:
    apiVersion: cubec.io/v1
    kind: Volume
    metadata:
      name: archive
    spec:
      capacity: 1Ti
      source:
        nfs: {server: nas-1.example.com, path: /archive}

Good:
    apiVersion: cubec.io/v1
    kind: Volume
    metadata:
      name: archive
    spec:
      capacity: 1Ti
      source:
        nfs: {server: nas-1.example.com, path: /archive}
      grants:
        - {group: dev1, access: read-only}
    ---
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev1
    spec:
      gid: 10001
      placements:
        - {cluster: ack, pools: [gpu-t4]}
      volumes:
        - volume: archive
        - volume: department1
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model

RULE = Rule("volume-unused", Severity.WARNING, "a volume is granted to nobody", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for volume in model.volumes.values():
        if not volume.grants:
            yield RULE.at(
                volume.origin.at("metadata", "name"),
                f'volume "{volume.name}" is granted to nobody',
                hint="add {group: NAME, access: read-only} under spec.grants, and the volume to that group's list",
            )
