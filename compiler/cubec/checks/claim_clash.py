"""Two volumes would have one claim name in one namespace.

A claim (PersistentVolumeClaim) is what jobs mount, and its name is unique in a namespace: of two volumes with one claim
name only one could be mounted, and nobody could tell which. The name is the grant's ``claim``, by default the volume's
name. A volume that is listed or granted twice under one name is the same mistake.

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
            if first is not claim:
                yield _clash(placement.group.name, first, claim)


def _clash(group: str, first: Claim, second: Claim) -> Diagnostic:
    if first.volume is not second.volume:
        message = f'claim "{second.name}" of group "{group}" is volume "{first.volume.name}" already'
        hint = f'give one of the grants to "{group}" another claim, here and in the volume\'s document'
    elif first.origin is not second.origin:
        message = f'volume "{second.volume.name}" is listed twice'
        hint = "take one of the two away"
    else:
        grants = [grant for grant in second.volume.grants if grant.group == group and grant.claim == second.name]
        return RULE.at(
            grants[1].origin.at(),
            f'group "{group}" is granted claim "{second.name}" twice',
            hint="take one of the two grants away, or give it another claim",
            related=[Related(grants[0].origin.at(), "the first grant")],
        )
    related = [Related(first.origin.at("volume"), f'"{first.name}" is taken here')]
    return RULE.at(second.origin.at("volume"), message, hint=hint, related=related)
