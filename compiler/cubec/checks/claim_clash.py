"""Two volumes would have one claim name in one namespace.

A claim (PersistentVolumeClaim) is what jobs mount, and its name is unique in a namespace: of two volumes with one
claim name only one could be mounted, and nobody could tell which. The name is the grant's `claim`, by default the
volume's name.

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
        - {group: dev1, access: read-only, claim: department1-public-dev1}
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
        - volume: department1
        - volume: archive

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
        - {group: dev1, access: read-only, claim: archive-dev1}
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
        - volume: department1
        - volume: archive
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Claim, Model

RULE = Rule("claim-clash", Severity.ERROR, "two volumes have one claim name in one namespace", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for placement in model.placements:
        seen: dict[str, Claim] = {}
        for claim in placement.claims:
            first = seen.setdefault(claim.name, claim)
            if first.volume is not claim.volume:
                yield _clash(placement.group.name, first, claim)


def _clash(group: str, first: Claim, second: Claim) -> Diagnostic:
    return RULE.at(
        second.origin.at("volume"),
        f'claim "{second.name}" would be volume "{second.volume.name}" and volume "{first.volume.name}" at once',
        hint=f'write another claim for "{group}" in the grant of one of them, in {second.volume.origin.document.path}',
        related=[Related(first.origin.at("volume"), f'"{first.volume.name}" is listed')],
    )
