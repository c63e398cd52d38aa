"""Who may do what in a group's namespaces, and the accounts that its pods run as."""

from collections.abc import Iterator

from cubec.manifest import Manifest
from cubec.model import names, roles, upkeep
from cubec.model.model import Placement

FILE = "rbac.yaml"
ACCOUNTS = ("default", "workload")


def emit(placement: Placement) -> Iterator[Manifest]:
    for namespace in placement.namespaces:
        yield from _accounts(placement, namespace.name)
        yield from _bindings(placement, namespace.name)
        yield from _upkeep(placement, namespace.name)
        yield from _workflows(placement, namespace.name)


def _accounts(placement: Placement, namespace: str) -> Iterator[Manifest]:
    """No pod gets a token that it did not ask for; what a token could do here is nothing."""
    pull = [{"name": registry.secret_name} for registry in placement.registries]
    for account in ACCOUNTS:
        body = {"automountServiceAccountToken": False, **({"imagePullSecrets": pull} if pull else {})}
        yield Manifest("ServiceAccount", account, namespace, names.source(placement.group.origin), body)


def _bindings(placement: Placement, namespace: str) -> Iterator[Manifest]:
    for binding in placement.bindings:
        subject = names.subject(placement.site, binding)
        if subject is None:
            continue
        role = binding.member.role
        asked = names.source(placement.group.origin, "members", binding.member.user or binding.member.oidc_group)
        # a roleRef never changes, so the role is part of the name: another role is another binding
        body = {"roleRef": names.role_ref(role), "subjects": [subject]}
        yield Manifest("RoleBinding", f"{role}--{names.member(binding)}", namespace, asked, body)


def _upkeep(placement: Placement, namespace: str) -> Iterator[Manifest]:
    """What the upkeep job needs here; it stands in this folder, so that a new group touches no shared file."""
    for task in upkeep.tasks(placement.site):
        if upkeep.of_nodes(task):
            continue
        name, system = names.task(task.name), placement.site.platform.system_namespace
        account = {"kind": "ServiceAccount", "name": name, "namespace": system}
        body = {"roleRef": names.role_ref(name), "subjects": [account]}
        yield Manifest("RoleBinding", f"cubec--{name}", namespace, names.source(task.origin, "upkeep", task.name), body)


def _workflows(placement: Placement, namespace: str) -> Iterator[Manifest]:
    """A step of an Argo workflow reports its result by itself, through the account that it runs as, and can do no more."""
    if "argo-workflows" in placement.site.cluster.capabilities:
        accounts = [{"kind": "ServiceAccount", "name": name, "namespace": namespace} for name in ACCOUNTS]
        body = {"roleRef": names.role_ref(roles.WORKFLOW_STEP), "subjects": accounts}
        asked = names.source(placement.site.cluster.origin, "capabilities", "argo-workflows")
        yield Manifest("RoleBinding", f"cubec--{roles.WORKFLOW_STEP}", namespace, asked, body)
