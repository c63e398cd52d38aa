"""A volume grants a group that does not list it.

A volume reaches a group only when both agree: the volume's document names the group under `grants`, and the group's
document lists the volume. A grant alone gives nothing; it looks as if the group had the data, while its jobs wait for
a claim that is never made. It is a warning, since the two documents may well have different owners and change one after the other.

Bad:
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

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model

RULE = Rule("volume-not-listed", Severity.WARNING, "a volume grants a group that does not list it", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    listed = {(use.volume, group.name) for group in model.groups.values() for use in group.volumes}
    for volume in model.volumes.values():
        for grant in volume.grants:
            group = model.groups.get(grant.group)
            if group is None or (volume.name, group.name) in listed:
                continue
            where = group.origin.document.path
            yield RULE.at(
                grant.origin.at("group"),
                f'group "{group.name}" does not list volume "{volume.name}"',
                hint=f'add "- volume: {volume.name}" under spec.volumes in {where}, or take this grant away',
                related=[Related(group.origin.key("spec", "volumes"), f'volumes of "{group.name}" stand')],
            )
