"""A volume's access modes contradict its grants.

`ReadWriteOnce` and `ReadWriteOncePod` are for a disk that one node, or one pod, mounts at a time: with several groups
the second one waits for ever. `ReadOnlyMany` alone cannot be written by anybody. Shared folders are `ReadWriteMany`,
which is the default.

Bad:
    apiVersion: cubec.io/v1
    kind: Volume
    metadata:
      name: department1
    spec:
      capacity: 1Ti
      accessModes: [ReadWriteOnce]
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
      accessModes: [ReadWriteMany]
      source:
        nfs: {server: nas-1.example.com, path: /department1}
      grants:
        - {group: dev1, access: read-write, claim: department1-public-dev1}
        - {group: dev2, access: read-write, claim: department1-public-dev2}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model

RULE = Rule("access-mode", Severity.ERROR, "a volume's access modes contradict its grants", __doc__ or "")

_MANY = frozenset({"ReadWriteMany", "ReadOnlyMany"})


def check(model: Model) -> Iterator[Diagnostic]:
    for volume in model.volumes.values():
        modes = volume.access_modes
        groups = dict.fromkeys(grant.group for grant in volume.grants)
        place = ("spec", "accessModes", 0)
        if len(groups) > 1 and not _MANY.intersection(modes):
            yield RULE.at(
                volume.origin.at(*place),
                f"{' and '.join(modes)} lets one mount the volume at a time, and {len(groups)} groups are granted it",
                hint="write accessModes: [ReadWriteMany], or grant it to one group",
            )
        writer = next((grant for grant in volume.grants if not grant.read_only), None)
        if writer and set(modes) == {"ReadOnlyMany"}:
            yield RULE.at(
                volume.origin.at(*place),
                f'group "{writer.group}" is granted read-write on a volume that can only be read',
                hint="write accessModes: [ReadWriteMany], or grant access: read-only",
                related=[Related(writer.origin.at("access"), "it is granted")],
            )
