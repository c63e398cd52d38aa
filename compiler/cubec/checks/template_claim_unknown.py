"""A template mounts a claim that a group does not have.

A mounted claim has to be there in the namespace where the job runs: it comes from a volume that the group lists and
that grants the group. Without it pods of the template wait for ever.

Bad:
    apiVersion: cubec.io/v1
    kind: JobTemplate
    metadata:
      name: pytorch
    spec:
      category: training
      image: registry.example.com/templates/pytorch:2.9
      mounts: workspace(pvc):/mnt

Good:
    apiVersion: cubec.io/v1
    kind: JobTemplate
    metadata:
      name: pytorch
    spec:
      category: training
      image: registry.example.com/templates/pytorch:2.9
      mounts: department1-public-dev1(pvc):/mnt
"""

from collections.abc import Iterator, Sequence

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model, Placement
from cubec.model.tenants import Mount
from cubec.near import near_miss

RULE = Rule("template-claim-unknown", Severity.WARNING, "a template mounts a claim that a group lacks", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    if not model.complete:
        return
    offered: dict[str, list[Placement]] = {}
    for placement in model.placements:
        for template in placement.templates:
            if template.mounts:
                offered.setdefault(template.name, []).append(placement)
    for name, placements in offered.items():
        for mount in model.templates[name].mounts:
            lacking = [item for item in placements if mount.kind == "claim" and not _has(item, mount)]
            if lacking:
                yield _report(mount, placements, lacking)


def _has(placement: Placement, mount: Mount) -> bool:
    return any(claim.name == mount.source for claim in placement.claims)


def _report(mount: Mount, placements: Sequence[Placement], lacking: Sequence[Placement]) -> Diagnostic:
    first = lacking[0]
    near = near_miss(mount.source, {claim.name for placement in placements for claim in placement.claims})
    more = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
    ways = f'did you mean "{near}"? else ' if near and len(lacking) == len(placements) else ""
    return RULE.at(
        mount.origin.at(),
        f'claim "{mount.source}" is not there for group "{first.group.name}" on cluster "{first.site.cluster.name}"{more}',
        hint=f"{ways}grant a volume as this claim, and list it in the group; or do not offer the template there",
    )
