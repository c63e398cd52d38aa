"""A cluster takes names from the identity provider without a prefix that keeps them apart.

The API server puts a prefix, such as `oidc:`, before each name that the identity provider sends. Without one, or with one
that begins as "system:" does, whoever can make a group at the provider can name it so that Kubernetes takes it for
system:masters, who may do everything, or for the account of a controller.

Bad:
    apiVersion: cubec.io/v1
    kind: Cluster
    metadata: {name: dev}
    spec:
      kubernetes: "1.36"
      server: https://dev.example.com:6443
      identity:
        mode: oidc
        issuer: https://login.example.com
        clientID: kubernetes
        groupsPrefix: ""

Good:
    apiVersion: cubec.io/v1
    kind: Cluster
    metadata: {name: dev}
    spec:
      kubernetes: "1.36"
      server: https://dev.example.com:6443
      identity:
        mode: oidc
        issuer: https://login.example.com
        clientID: kubernetes
        groupsPrefix: "oidc:"
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model
from cubec.model.subjects import folded

RULE = Rule(
    "unsafe-oidc-prefix", Severity.ERROR, "names of the identity provider are not kept apart by a prefix", __doc__ or ""
)

_OWN = "system:"


def check(model: Model) -> Iterator[Diagnostic]:
    for cluster in model.clusters.values():
        identity = cluster.identity
        prefixes = {"usernamePrefix": identity.username_prefix, "groupsPrefix": identity.groups_prefix}
        for field, prefix in prefixes.items() if identity.mode == "oidc" else ():
            reason = _reason(prefix)
            if reason:
                place = cluster.origin.at("spec", "identity", field)
                message = f'{field} "{prefix}" {reason}'
                yield RULE.at(place, message, hint='write "oidc:", and tell the API server the same')


def _reason(prefix: str) -> str:
    plain = folded(prefix)
    if plain in ("", "-"):
        return "means none: the provider could name Kubernetes' own users and groups"
    if plain.startswith(_OWN) or _OWN.startswith(plain):
        return 'begins as Kubernetes\' own names do, with "system:"'
    return ""
