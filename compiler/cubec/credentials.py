"""Short-lived tokens of people's ServiceAccounts, which can be taken back.

Each token is bound to a Secret of its person, the anchor: it counts for as long as that very Secret exists. The anchor is empty,
and its name follows from the person's, so issuing and revoking need no right to read anything.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cubec.cluster import Cluster, ClusterError, RefusedError, path

MANAGER = "cubec-kubeconfig"

_NOT_FOUND = 404


@dataclass(frozen=True, slots=True, repr=False)
class Token:
    """``text`` is the secret; it is left out of every representation of this value."""

    text: str
    until: datetime


def issue(cluster: Cluster, account: str, namespace: str, lasting: timedelta) -> Token:
    """A token of an account, for about as long as was asked: the server has the last word."""
    anchor = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": _anchor(account), "labels": {"cubec.io/user": account}},
        "type": "Opaque",
        "immutable": True,
    }
    try:
        cluster.create(path("v1", "secrets", namespace), anchor, manager=MANAGER)
    except RefusedError as error:
        if not error.conflict:  # an earlier token's anchor serves this one, too
            raise
    asked = {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenRequest",
        "spec": {
            "expirationSeconds": int(lasting.total_seconds()),
            "boundObjectRef": {"apiVersion": "v1", "kind": "Secret", "name": _anchor(account)},
        },
    }
    try:
        given = cluster.ask(path("v1", "serviceaccounts", namespace, account) + "/token", asked)["status"]
    except RefusedError as error:
        if error.status != _NOT_FOUND:
            raise
        message = f"the cluster has no ServiceAccount {namespace}/{account} yet: apply the folder platform/ of the output first"
        raise ClusterError(message) from error
    return Token(given["token"], datetime.fromisoformat(given["expirationTimestamp"]))


def revoke(cluster: Cluster, account: str, namespace: str) -> bool:
    """End every token that was issued for an account; False where there was none."""
    return cluster.delete(path("v1", "secrets", namespace, _anchor(account)))


def _anchor(account: str) -> str:
    return f"token--{account}"
