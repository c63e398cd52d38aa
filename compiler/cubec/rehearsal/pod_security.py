"""The levels of Pod Security, as Kubernetes documents them: what a pod states that its namespace's level does not allow."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cubec.rehearsal.kept import LISTS
from cubec.source.document import Pointer

Violation = tuple[Pointer, str]  # the field, and what about it
_BASELINE_CAPABILITIES = frozenset(
    {
        *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP"),
        *("SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
    }
)
_SELINUX_TYPES = frozenset({"container_init_t", "container_kvm_t", "container_t"})
_SYSCTLS = frozenset(
    {
        "kernel.shm_rmid_forced",
        *(f"net.ipv4.{name}" for name in ("ip_local_port_range", "ip_local_reserved_ports", "ping_group_range")),
        *(f"net.ipv4.tcp_{name}" for name in ("fin_timeout", "syncookies")),
        *(f"net.ipv4.tcp_keepalive_{name}" for name in ("intvl", "probes", "time")),
        "net.ipv4.ip_unprivileged_port_start",
    }
)
_VOLUMES = frozenset(
    {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)
_PROBES = (
    *((name,) for name in ("livenessProbe", "readinessProbe", "startupProbe")),
    *(("lifecycle", at) for at in ("postStart", "preStop")),
)
# What later versions allow, and the minor version that does so first.
_LATER = {"container_engine_t": 31, "net.ipv4.tcp_rmem": 32, "net.ipv4.tcp_wmem": 32}
_HOST_PROBES = 34  # the minor version whose levels look at them
_PROFILES = ("Localhost", "RuntimeDefault")
_APPARMOR = "container.apparmor.security.beta.kubernetes.io/"


def violations(pod: Mapping[str, Any], level: str, minor: int) -> Iterator[Violation]:
    """Everything that ``level`` (privileged, baseline or restricted) does not allow, in its version of that minor number."""
    if level == "privileged":
        return
    contexts = [(("spec", "securityContext"), pod["spec"].get("securityContext", {})), *_contexts(pod)]
    later = {name for name, first in _LATER.items() if minor >= first}
    yield from _of_host(pod)
    for at, context in contexts:
        yield from _baseline(at, context, _SELINUX_TYPES | later)
    yield from _sysctls(pod, _SYSCTLS | later)
    for at, container in _containers(pod):
        yield from _ports(at, container)
        if minor >= _HOST_PROBES:
            yield from _probes(at, container)
    if level == "restricted":
        yield from _restricted(pod)


def _containers(pod: Mapping[str, Any]) -> Iterator[tuple[Pointer, Mapping[str, Any]]]:
    for name in LISTS:
        for number, container in enumerate(pod["spec"].get(name, ())):
            yield ("spec", name, number), container


def _contexts(pod: Mapping[str, Any]) -> Iterator[tuple[Pointer, Mapping[str, Any]]]:
    return (((*at, "securityContext"), container.get("securityContext", {})) for at, container in _containers(pod))


def _of_host(pod: Mapping[str, Any]) -> Iterator[Violation]:
    spec = pod["spec"]
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(field):
            yield ("spec", field), f"{field} gives the pod what belongs to the node"
    for number, volume in enumerate(spec.get("volumes", ())):
        if "hostPath" in volume:
            yield ("spec", "volumes", number, "hostPath"), "a hostPath volume is a folder of the node"
    for key, profile in pod["metadata"].get("annotations", {}).items():
        if key.startswith(_APPARMOR) and not str(profile).startswith(("runtime/default", "localhost/")):
            yield (
                ("metadata", "annotations", key),
                "the AppArmor profile is neither the runtime's default nor a local one",
            )


def _sysctls(pod: Mapping[str, Any], safe: frozenset[str]) -> Iterator[Violation]:
    for number, sysctl in enumerate(pod["spec"].get("securityContext", {}).get("sysctls", ())):
        if sysctl.get("name") not in safe:
            yield ("spec", "securityContext", "sysctls", number), f"sysctl {sysctl.get('name')} is not a safe one"


def _baseline(at: Pointer, context: Mapping[str, Any], types: frozenset[str]) -> Iterator[Violation]:
    if context.get("privileged"):
        yield (*at, "privileged"), "privileged gives the container the node"
    if context.get("windowsOptions", {}).get("hostProcess"):
        yield (*at, "windowsOptions", "hostProcess"), "hostProcess gives the container the node"
    added = [name for name in context.get("capabilities", {}).get("add", ()) if name not in _BASELINE_CAPABILITIES]
    if added:
        yield (*at, "capabilities", "add"), f"capabilities {', '.join(map(str, added))} may not be added"
    for field in ("seccompProfile", "appArmorProfile"):
        if context.get(field, {}).get("type", _PROFILES[0]) not in _PROFILES:
            yield (*at, field, "type"), f"{field} must be RuntimeDefault or Localhost"
    selinux = context.get("seLinuxOptions", {})
    if selinux.get("user") or selinux.get("role") or selinux.get("type", "container_t") not in types:
        yield (*at, "seLinuxOptions"), "seLinuxOptions may name a type of containers, and no user or role"
    if context.get("procMount", "Default") != "Default":
        yield (*at, "procMount"), "procMount must be Default"


def _ports(at: Pointer, container: Mapping[str, Any]) -> Iterator[Violation]:
    for number, port in enumerate(container.get("ports", ())):
        if port.get("hostPort"):
            yield (*at, "ports", number, "hostPort"), "hostPort takes a port of the node"


def _probes(at: Pointer, container: Mapping[str, Any]) -> Iterator[Violation]:
    for path in _PROBES:
        handler: Any = container
        for step in path:
            handler = handler.get(step, {})
        for kind in ("httpGet", "tcpSocket"):
            if handler.get(kind, {}).get("host"):
                yield (*at, *path, kind, "host"), "a probe may not name a host"


def _restricted(pod: Mapping[str, Any]) -> Iterator[Violation]:
    whole = pod["spec"].get("securityContext", {})
    for number, volume in enumerate(pod["spec"].get("volumes", ())):
        kinds = [kind for kind in volume if kind not in {"name", "hostPath"} and kind not in _VOLUMES]
        if kinds:
            yield ("spec", "volumes", number, kinds[0]), f"volumes of type {kinds[0]} are not allowed"
    yield from _root(("spec", "securityContext"), whole)
    for at, context in _contexts(pod):
        yield from _root(at, context)
        if context.get("allowPrivilegeEscalation") is not False:
            yield (*at, "allowPrivilegeEscalation"), "allowPrivilegeEscalation must be false"
        capabilities = context.get("capabilities", {})
        if "ALL" not in capabilities.get("drop", ()) or _more(capabilities.get("add", ())):
            yield (*at, "capabilities"), "capabilities must drop ALL, and may add NET_BIND_SERVICE alone"
        if not (context.get("runAsNonRoot", whole.get("runAsNonRoot"))):
            yield (*at, "runAsNonRoot"), "runAsNonRoot must be true"
        if context.get("seccompProfile", whole.get("seccompProfile", {})).get("type") not in _PROFILES:
            yield (*at, "seccompProfile", "type"), "seccompProfile must be RuntimeDefault or Localhost"


def _root(at: Pointer, context: Mapping[str, Any]) -> Iterator[Violation]:
    if context.get("runAsUser") == 0:
        yield (*at, "runAsUser"), "runAsUser may not be root, 0"


def _more(added: Iterable[Any]) -> bool:
    return any(name != "NET_BIND_SERVICE" for name in added)
