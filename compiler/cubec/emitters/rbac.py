"""Who may do what in a group's namespaces, and the accounts that its pods run as."""

from collections.abc import Iterator
from functools import lru_cache

from cubec.manifest import Manifest
from cubec.model import names, roles, upkeep
from cubec.model.model import Placement
from cubec.yaml_text import Shared

FILE = "rbac.yaml"
ACCOUNTS = ("default", "workload")


def emit(placement: Placement) -> Iterator[Manifest]:
    for namespace in placement.namespaces:
        yield from _accounts(placement, namespace.name)
        yield from _bindings(placement, namespace.name)
        yield from _upkeep(placement, namespace.name)
        yield from _workflows(placement, namespace.name)


def _accounts(placement: Placement, namespace: str) -> Iterator[Manifest]:
    body = _account(tuple(registry.secret_name for registry in placement.registries))
    for account in ACCOUNTS:
        yield Manifest("ServiceAccount", account, namespace, names.source(placement.group.origin), body)


@lru_cache(maxsize=64)
def _account(pull: tuple[str, ...]) -> Shared:
    """No pod gets a token that it did not ask for; what a token could do here is nothing."""
    secrets = {"imagePullSecrets": [{"name": name} for name in pull]} if pull else {}
    return Shared({"automountServiceAccountToken": False, **secrets})


def _bindings(placement: Placement, namespace: str) -> Iterator[Manifest]:
    listed = names.source(placement.group.origin, "members")
    for binding in placement.bindings:
        subject = names.subject(placement.site, binding)
        if subject is None:
            continue
        role = binding.member.role
        asked = f"{listed}/{binding.member.user or binding.member.oidc_group}"
        # a roleRef never changes, so the role is part of the name: another role is another binding
        body = {"roleRef": names.role_ref(role), "subjects": [subject]}
        yield Manifest("RoleBinding", f"{role}--{names.member(binding)}", namespace, asked, body)


def _upkeep(placement: Placement, namespace: str) -> Iterator[Manifest]:
    """What the upkeep job needs here; it stands in this folder, so that a new group touches no shared file."""
    system = placement.site.platform.system_namespace
    for task in upkeep.tasks(placement.site):
        if upkeep.of_nodes(task):
            continue
        listed = [names.copier(task.name, registry.name) for registry in placement.registries]
        asked = names.source(task.origin, "upkeep", task.name)
        for role in listed if upkeep.of_registries(task) else [names.task(task.name)]:
            yield Manifest(
                "RoleBinding", names.bound(role), namespace, asked, _bound(role, names.task(task.name), system)
            )


@lru_cache(maxsize=64)
def _bound(role: str, account: str, system: str) -> Shared:
    subject = {"kind": "ServiceAccount", "name": account, "namespace": system}
    return Shared({"roleRef": names.role_ref(role), "subjects": [subject]})


def _workflows(placement: Placement, namespace: str) -> Iterator[Manifest]:
    """A step of an Argo workflow reports its result by itself, through the account that it runs as, and can do no more."""
    if "argo-workflows" in placement.site.cluster.capabilities:
        accounts = [{"kind": "ServiceAccount", "name": name, "namespace": namespace} for name in ACCOUNTS]
        body = {"roleRef": names.role_ref(roles.WORKFLOW_STEP), "subjects": accounts}
        asked = names.source(placement.site.cluster.origin, "capabilities", "argo-workflows")
        yield Manifest("RoleBinding", f"cubec--{roles.WORKFLOW_STEP}", namespace, asked, body)
