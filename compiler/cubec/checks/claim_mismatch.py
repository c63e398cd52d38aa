"""A group and a volume's grant name different claims.

A claim (PersistentVolumeClaim) is what jobs mount. Its name is in the volume's grant, by default the volume's name;
the group may repeat it, so that its own document is complete. Where the two differ, nobody can know which name the
jobs use.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev1
    spec:
      gid: 10001
      placements:
        - {cluster: ack, pools: [gpu-t4]}
      volumes:
        - {volume: department1, claim: department1-public}

Good:
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev1
    spec:
      gid: 10001
      placements:
        - {cluster: ack, pools: [gpu-t4]}
      volumes:
        - {volume: department1, claim: department1-public-dev1}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model
from cubec.model.tenants import Grant

RULE = Rule("claim-mismatch", Severity.ERROR, "a group and a volume's grant name different claims", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    grants: dict[tuple[str, str], list[Grant]] = {}
    for volume in model.volumes.values():
        for grant in volume.grants:
            grants.setdefault((volume.name, grant.group), []).append(grant)
    for group in model.groups.values():
        for use in group.volumes:
            given = grants.get((use.volume, group.name), [])
            if not use.claim or not given or use.claim in {grant.claim for grant in given}:
                continue
            names = " or ".join(f'"{grant.claim}"' for grant in given)
            yield RULE.at(
                use.origin.at("claim"),
                f'the claim is "{use.claim}" here, and {names} in the grant of volume "{use.volume}"',
                hint=f"write claim: {given[0].claim}, or change the grant in {given[0].origin.document.path}",
                related=[Related(grant.origin.at("claim"), f'"{grant.claim}" is granted') for grant in given],
            )
