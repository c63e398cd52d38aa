"""An account for each upkeep task, and no more than that task needs.

What a task may do in the namespaces of groups is bound in each group's own folder, so these files do not change with
groups. Which namespaces there are, a task has to find out for itself.
"""

from collections.abc import Iterator
from typing import Any

from cubec.manifest import Manifest
from cubec.model import names, roles, upkeep
from cubec.model.model import Site
from cubec.model.types import PolicyRule, Task

FILE = "upkeep/accounts.yaml"

_FIND = "cubec:upkeep"


def emit(site: Site) -> Iterator[Manifest]:
    tasks = upkeep.tasks(site)
    for task in tasks:
        yield from _account(site, task)
    visitors = [task for task in tasks if not upkeep.of_nodes(task)]
    if visitors:
        asked = names.source(site.platform.origin, "upkeep")
        find = PolicyRule(("",), ("namespaces",), ("list",))
        yield Manifest("ClusterRole", _FIND, "", asked, roles.written((find,)))
        yield Manifest("ClusterRoleBinding", _FIND, "", asked, _binding("ClusterRole", _FIND, site, visitors))
    if any(task.name == "pullSecrets" for task in tasks):
        yield from _originals(site, [task for task in tasks if task.name == "pullSecrets"])


def _account(site: Site, task: Task) -> Iterator[Manifest]:
    name, system = names.task(task.name), site.platform.system_namespace
    role, asked = names.cluster_role(name), names.source(site.platform.origin, "upkeep", task.name)
    yield Manifest("ServiceAccount", name, system, asked, {"automountServiceAccountToken": False})
    if upkeep.of_registries(task):
        yield from _copiers(site, task, asked)
    else:
        yield Manifest("ClusterRole", role, "", asked, roles.written(upkeep.cluster_rules(site, task)))
    if upkeep.of_nodes(task):
        yield Manifest("ClusterRoleBinding", role, "", asked, _binding("ClusterRole", role, site, [task]))
    yield Manifest("Role", name, system, asked, roles.written(upkeep.system_rules(task)))
    yield Manifest("RoleBinding", name, system, asked, _binding("Role", name, site, [task]))


def _copiers(site: Site, task: Task, asked: str) -> Iterator[Manifest]:
    for registry in site.registries:
        name = names.cluster_role(names.copier(task.name, registry.name))
        yield Manifest("ClusterRole", name, "", asked, roles.written(upkeep.registry_rules(task, registry)))


def _originals(site: Site, tasks: list[Task]) -> Iterator[Manifest]:
    """The registries' Secrets that are copied from, and nothing else that is kept beside them."""
    secrets = tuple(dict.fromkeys(registry.secret_name for registry in site.registries))
    if not secrets or site.cluster.secrets is None:
        return  # a rule without names would allow all of them
    name, asked = "cubec:registries", names.source(site.cluster.origin, "secrets")
    namespace = site.cluster.secrets.namespace
    read = PolicyRule(("",), ("secrets",), ("get",), secrets)
    yield Manifest("Role", name, namespace, asked, roles.written((read,)))
    yield Manifest("RoleBinding", name, namespace, asked, _binding("Role", name, site, tasks))


def _binding(kind: str, role: str, site: Site, tasks: list[Task]) -> dict[str, Any]:
    system = site.platform.system_namespace
    return {
        "roleRef": {"apiGroup": names.RBAC, "kind": kind, "name": role},
        "subjects": [{"kind": "ServiceAccount", "name": names.task(task.name), "namespace": system} for task in tasks],
    }
