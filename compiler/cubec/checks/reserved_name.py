"""A name has a meaning of its own already.

The compiler, Kubernetes and the machines that people log in to have names of their own. A role called `owner` would be
mixed up with the built-in one, Kubernetes refuses a priority class `system-…`, and a group `docker` or a user `root` would
be that of the machine, where the members could do everything.

Bad:
    apiVersion: cubec.io/v1
    kind: User
    metadata: {name: root}
    spec: {uid: 20003, platformRole: viewer}

Good:
    apiVersion: cubec.io/v1
    kind: User
    metadata: {name: amy}
    spec: {uid: 20003, platformRole: viewer}
"""

from collections.abc import Iterator, Mapping

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model
from cubec.model.roles import MEMBER_ROLES, WORKFLOW_STEP
from cubec.source.document import Origin

RULE = Rule("reserved-name", Severity.ERROR, "a name has a meaning of its own already", __doc__ or "")

_COMPILER = "the compiler keeps such names for its own objects"
_MACHINE = "machines have a system account of that name"
_MACHINE_GROUP = "machines have a group of that name, whose members may do more than others"
_OURS = dict.fromkeys(("cubec", "platform", "system", "upkeep"), _COMPILER)
_USERS = {
    "default": "Kubernetes makes an account of that name in every namespace",
    **_OURS,
    **dict.fromkeys(("root", "adm", "bin", "daemon", "dbus", "halt", "mail", "man", "messagebus", "nobody"), _MACHINE),
    **dict.fromkeys(
        ("backup", "operator", "polkitd", "proxy", "shutdown", "sshd", "sync", "sys", "www-data"), _MACHINE
    ),
}
_GROUPS = {
    "default": "Argo CD has a project of that name, which may do everything",
    **_OURS,
    **dict.fromkeys(("root", "adm", "admin", "bin", "daemon", "disk", "docker", "kmem", "kvm"), _MACHINE_GROUP),
    **dict.fromkeys(("libvirt", "lxd", "nogroup", "shadow", "staff", "sudo", "sys", "tty", "wheel"), _MACHINE_GROUP),
}
_ROLES = {
    **_OURS,
    **dict.fromkeys(("arena-client", "credentials", WORKFLOW_STEP), _COMPILER),
    **dict.fromkeys(MEMBER_ROLES, "it is a built-in role"),
}
_OUR_BEGINNINGS = tuple(f"{name}-" for name in _OURS)
_SYSTEM = "system-"


def check(model: Model) -> Iterator[Diagnostic]:
    for user in model.users.values():
        yield from _held("user", user.name, _USERS, user.origin, "metadata")
    for group in model.groups.values():
        yield from _held("group", group.name, _GROUPS, group.origin, "metadata")
    for role in model.platform.roles:
        yield from _held("role", role.name, _ROLES, role.origin)
    for priority in model.platform.priorities:
        if priority.name.startswith(_SYSTEM):
            reason = f'Kubernetes keeps names that begin with "{_SYSTEM}" for itself'
            yield _refused("priority", priority.name, reason, priority.origin)


def _held(kind: str, name: str, held: Mapping[str, str], origin: Origin, *where: str) -> Iterator[Diagnostic]:
    reason = held.get(name) or (_COMPILER if name.startswith(_OUR_BEGINNINGS) else "")
    if reason:
        yield _refused(kind, name, reason, origin, *where)


def _refused(kind: str, name: str, reason: str, origin: Origin, *where: str) -> Diagnostic:
    return RULE.at(origin.at(*where, "name"), f'{kind} name "{name}" is reserved: {reason}', hint="write another name")
