"""The names that objects get, and how they name each other. Names of documents never hold ``--``, so joins with it are unique."""

import hashlib
import re
from functools import lru_cache

from cubec.model.model import Binding, Site
from cubec.name import is_name
from cubec.source.document import Origin
from cubec.yaml_text import Shared

RBAC = "rbac.authorization.k8s.io"
TENANTS = "tenants/"


def source(origin: Origin, *entry: str) -> str:
    """What ``cubec.io/source`` says: the document and the entry that asked for an object, by name, as a line would churn.

    ``groups/dev1.yaml#members/bob``; a document that shares its file with others comes first: ``users/people.yaml#bob``.
    """
    document = origin.document
    name = document.value["metadata"]["name"]
    path, alone = _file(document.path, name)
    steps = entry if alone else (name, *entry)
    return f"{path}#{'/'.join(steps)}" if steps else path


@lru_cache(maxsize=4096)
def _file(path: str, name: str) -> tuple[str, bool]:
    """The path below the tenants' folder, and whether the document has the file to itself."""
    short = path.removeprefix(TENANTS)
    return short, short == f"{name}.yaml" or short.endswith(f"/{name}.yaml")


def cluster_role(role: str) -> str:
    return f"cubec:{role}"


@lru_cache(maxsize=64)
def role_ref(role: str) -> Shared:
    return Shared({"apiGroup": RBAC, "kind": "ClusterRole", "name": cluster_role(role)})


def subject(site: Site, binding: Binding) -> dict[str, str] | None:
    """The RBAC subject of a membership; None where the cluster cannot know it, a provider's group without OIDC."""
    if binding.user is not None:
        return user_subject(site, binding.user.name, binding.user.subject)
    identity = site.cluster.identity
    if identity.mode != "oidc":
        return None
    return {"kind": "Group", "apiGroup": RBAC, "name": identity.groups_prefix + binding.member.oidc_group}


def user_subject(site: Site, name: str, oidc_subject: str) -> dict[str, str]:
    identity = site.cluster.identity
    if identity.mode == "oidc":
        return {"kind": "User", "apiGroup": RBAC, "name": identity.username_prefix + oidc_subject}
    return {"kind": "ServiceAccount", "name": name, "namespace": site.platform.identity_namespace}


def member(binding: Binding) -> str:
    """A name that no other member has; a provider's group that cannot be part of a name is hashed."""
    if binding.user is not None:
        return binding.user.name
    group = binding.member.oidc_group
    if is_name(group):
        return f"oidc--{group}"
    return f"oidc--x--{hashlib.sha256(group.encode()).hexdigest()[:16]}"


@lru_cache(maxsize=64)
def task(name: str) -> str:
    """The name of a task's objects: ``pullSecrets`` is ``upkeep-pull-secrets``."""
    return "upkeep-" + re.sub("[A-Z]", lambda capital: "-" + capital[0].lower(), name)


@lru_cache(maxsize=64)
def copier(name: str, registry: str) -> str:
    """The name of what lets a task copy one registry's login."""
    return f"{task(name)}--{registry}"


def bound(role: str) -> str:
    """The name of the platform's own binding to a role in a group's namespace."""
    return f"cubec--{role}"
