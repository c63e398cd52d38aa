"""The time in which a volume's source may be replaced is over.

`migration` lets the source of a volume change until a day, since a change means that the data has to be moved by
hand. After that day it allows nothing any more, and only makes readers think that a move is still going on.

Bad:
    apiVersion: cubec.io/v1
    kind: Volume
    metadata:
      name: archive
    spec:
      capacity: 1Ti
      migration: {until: 2026-10-31, reason: new file server}
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
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model

RULE = Rule("migration-over", Severity.WARNING, "the time for moving a volume is over", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for volume in model.volumes.values():
        if model.expired(volume.migration_until):
            yield RULE.at(
                volume.origin.at("spec", "migration", "until"),
                f'the time for moving volume "{volume.name}" was over on {volume.migration_until}',
                hint="take migration away if the data has been moved, or set a later day",
            )
