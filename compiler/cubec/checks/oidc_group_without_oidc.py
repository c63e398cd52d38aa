"""A member is a group of the identity provider, on a cluster that does not know the provider.

`oidcGroup` lets all people of a group at the identity provider in. A cluster of identity mode `serviceaccount` never asks
the provider, so that there the entry gives nobody anything. Name the people as users, where they shall have access.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      members: [{oidcGroup: ml-engineers, role: viewer}, {user: bob, role: developer}]
      placements: [{cluster: ack, pools: [gpu-t4]}]

Good:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      members: [{user: tom, role: viewer}, {user: bob, role: developer}]
      placements: [{cluster: ack, pools: [gpu-t4]}]
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model import reference
from cubec.model.model import Model
from cubec.source.quoting import quoted

RULE = Rule(
    "oidc-group-without-oidc",
    Severity.WARNING,
    "a member is a group of an identity provider that the cluster does not know",
    __doc__ or "",
)


def check(model: Model) -> Iterator[Diagnostic]:
    without = {name: item for name, item in model.clusters.items() if item.identity.mode != "oidc"}
    for group in model.groups.values() if without else ():
        for member in group.members:
            deaf = [p.cluster for p in group.placements if p.cluster in without] if member.oidc_group else []
            if deaf:
                named = reference.listing(dict.fromkeys(deaf), "and")
                yield RULE.at(
                    member.origin.at("oidcGroup"),
                    f"{quoted(member.oidc_group)} gives nobody access on {named}: no identity provider is known there",
                    hint="list its people as users, or set the cluster's identity to mode oidc",
                    related=[
                        Related(without[name].origin.at("spec", "identity"), f'cluster "{name}" is declared')
                        for name in dict.fromkeys(deaf)
                    ],
                )
