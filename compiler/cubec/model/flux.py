"""What Flux is told about a cluster: its source, and one Kustomization for each part of the output."""

import re
from typing import Any

from cubec.model.model import Site

NAMESPACE = "flux-system"
SOURCE = "cubec"
PLATFORM = "cubec-platform"
GIT_SECRET = "cubec-git"  # noqa: S105 - the name of a Secret, not one
AGE_SECRET = "sops-age"  # noqa: S105 - likewise

_SHORT = re.compile(r"git@([^:/]+)(?::([^/]+))?/(.*)", re.ASCII)


def url(repository: str) -> str:
    """Flux reads no short form: ``git@host:team/repository`` is ``ssh://git@host/team/repository``."""
    match = _SHORT.fullmatch(repository)
    if match is None:
        return repository
    host, first, rest = match.groups()
    return "/".join(("ssh:/", f"git@{host}", *([first] if first else []), rest))


def source(site: Site) -> dict[str, Any]:
    delivery = site.cluster.delivery
    address = url(delivery.repository)
    secret = {"secretRef": {"name": GIT_SECRET}} if address.startswith("ssh://") else {}
    return {"spec": {"interval": "1m", "url": address, "ref": {"branch": delivery.branch}, **secret}}


def kustomization(
    site: Site, folder: str, *, after: str = "", decrypt: bool = False, delete: bool = False
) -> dict[str, Any]:
    """One part of the output. ``delete`` says that what it applied goes when it goes; otherwise all of it stays."""
    delivery = site.cluster.delivery
    decryption = {"decryption": {"provider": "sops", "secretRef": {"name": AGE_SECRET}}} if decrypt else {}
    spec = {
        "interval": "10m",
        "retryInterval": "1m",
        "timeout": "5m",
        "path": f"./{delivery.path}/{site.cluster.name}/{folder}",
        "prune": True,
        "wait": True,
        "deletionPolicy": "Delete" if delete else "Orphan",
        **({"dependsOn": [{"name": after}]} if after else {}),
        **decryption,
        "sourceRef": {"kind": "GitRepository", "name": SOURCE},
    }
    return {"spec": spec}
