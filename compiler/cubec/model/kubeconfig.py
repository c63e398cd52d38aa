"""The way into a cluster, as kubectl's configuration: where it is, how to log in, and which namespaces there are to work in."""

import base64
from collections.abc import Iterable, Mapping
from typing import Any

from cubec.model.types import Cluster, Identity

# Scopes that OpenID Connect itself defines, by the claim that they bring.
_SCOPES = {"email": "email", "name": "profile", "nickname": "profile", "preferred_username": "profile"}


def config(cluster: Cluster, namespaces: Iterable[str], user: Mapping[str, Any]) -> dict[str, Any]:
    """A context for each namespace, the first one current; one without a namespace where there is none."""
    contexts = [
        {
            "name": f"{namespace}@{cluster.name}",
            "context": {"cluster": cluster.name, "user": cluster.name, "namespace": namespace},
        }
        for namespace in namespaces
    ] or [{"name": cluster.name, "context": {"cluster": cluster.name, "user": cluster.name}}]
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": contexts[0]["name"],
        "clusters": [{"name": cluster.name, "cluster": _cluster(cluster)}],
        "contexts": contexts,
        "users": [{"name": cluster.name, "user": dict(user)}],
    }


def _cluster(cluster: Cluster) -> dict[str, Any]:
    authority = cluster.certificate_authority
    encoded = base64.b64encode(authority.encode()).decode()
    return {"server": cluster.server, **({"certificate-authority-data": encoded} if authority else {})}


def oidc_login(identity: Identity) -> dict[str, Any]:
    """A plugin logs the person in, so there is no credential. Nothing in the command is a tenant's."""
    scopes = sorted({_SCOPES[c] for c in (identity.username_claim, identity.groups_claim) if c in _SCOPES})
    asked = [
        f"--oidc-issuer-url={identity.issuer}",
        f"--oidc-client-id={identity.client_id}",
        *(f"--oidc-extra-scope={scope}" for scope in scopes),
    ]
    return {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": "kubectl",
            "args": ["oidc-login", "get-token", *asked],
            "interactiveMode": "IfAvailable",
            "provideClusterInfo": False,
        }
    }
