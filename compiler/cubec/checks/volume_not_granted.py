"""A group lists a volume that does not grant it.

A volume reaches a group only when both agree: the volume's document names the group under `grants`, and the group's
document lists the volume. Otherwise a team could help itself to another team's data by editing its own file. Ask the
volume's owner for the grant, or take the volume off the group's list.

Bad:
    apiVersion: cubec.io/v1
    kind: Volume
    metadata:
      name: department1
    spec:
      capacity: 1Ti
      source:
        nfs: {server: nas-1.example.com, path: /department1}
      grants:
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

RULE = Rule("volume-not-granted", Severity.ERROR, "a group lists a volume that does not grant it", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    granted = {(volume.name, grant.group) for volume in model.volumes.values() for grant in volume.grants}
    for group in model.groups.values():
        for use in group.volumes:
            volume = model.volumes.get(use.volume)
            if volume is None or (volume.name, group.name) in granted:
                continue
            where = volume.origin.document.path
            yield RULE.at(
                use.origin.at("volume"),
                f'volume "{volume.name}" does not grant group "{group.name}"',
                hint=f"add {{group: {group.name}, access: read-only}} under spec.grants in {where}, "
                "or take the volume off this list",
                related=[Related(volume.origin.key("spec", "grants"), f'grants of "{volume.name}" stand')],
            )
