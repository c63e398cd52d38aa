"""The role presets of a cluster, bound by nobody but the RoleBindings of groups and the platform's own people."""

from collections.abc import Iterator

from cubec.manifest import Manifest
from cubec.model import names, roles
from cubec.model.model import Site
from cubec.model.types import PolicyRule

FILE = "platform/rbac.yaml"


def emit(site: Site) -> Iterator[Manifest]:
    asked = names.source(site.platform.origin)
    declared = {role.name: names.source(role.origin, "roles", role.name) for role in site.platform.roles}
    for role, rules in {**roles.presets(site), **roles.platform_presets(site), **roles.workload_presets(site)}.items():
        yield Manifest("ClusterRole", names.cluster_role(role), "", declared.get(role, asked), roles.written(rules))
    yield from _credentials(site, asked)


def _credentials(site: Site, asked: str) -> Iterator[Manifest]:
    """Platform admins hand out short-lived tokens, each bound to a Secret of its own, so that deleting that one revokes it."""
    admins = [user for user in site.users if user.platform_role == "admin"]
    if site.cluster.identity.mode != "serviceaccount" or not admins:
        return
    name, namespace = "cubec:credentials", site.platform.identity_namespace
    rules = (
        PolicyRule(("",), ("serviceaccounts/token",), ("create",)),
        PolicyRule(("",), ("secrets",), ("create", "delete")),
    )
    yield Manifest("Role", name, namespace, asked, roles.written(rules))
    body = {
        "roleRef": {"apiGroup": names.RBAC, "kind": "Role", "name": name},
        "subjects": [names.user_subject(site, user.name, user.subject) for user in admins],
    }
    yield Manifest("RoleBinding", name, namespace, asked, body)
