"""Pods and the level of Pod Security that lets them pass: one field each. Rehearsal and live cluster are judged by this table."""

from dataclasses import dataclass, field
from typing import Any

from tests.cluster.pods import container

Spec = dict[str, Any]
NOBODY, BASELINE, RESTRICTED = "privileged", "baseline", "restricted"
PROFILE = {"type": "RuntimeDefault"}
CONTEXT = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
WHOLE = {"runAsNonRoot": True, "seccompProfile": PROFILE}


@dataclass(frozen=True)
class Row:
    """``passes``: the strictest level that allows the pod."""

    name: str
    passes: str
    whole: Spec = field(default_factory=dict)  # of the pod's securityContext
    context: Spec = field(default_factory=dict)  # of the container's
    spec: Spec = field(default_factory=dict)
    parts: Spec = field(default_factory=dict)  # of the container
    notes: dict[str, str] = field(default_factory=dict)
    since: int = 0  # the minor version whose levels know of it

    @property
    def pod(self) -> Spec:
        """A pod that level restricted allows, but for what the row is about; None takes a field away."""
        context, whole = _without({**CONTEXT, **self.context}), _without({**WHOLE, **self.whole})
        main = container(securityContext=context, **self.parts)
        return {"securityContext": whole, "containers": [main], **self.spec}


def _without(fields: Spec) -> Spec:
    return {name: value for name, value in fields.items() if value is not None}


def _volume(kind: str, **fields: Any) -> Spec:
    return {"volumes": [{"name": "data", kind: fields}]}


def _init(**context: Any) -> Spec:
    return {"initContainers": [container("first", securityContext=_without({**CONTEXT, **context}))]}


def _probe(kind: str, **fields: Any) -> Spec:
    return {"livenessProbe": {kind: {"port": 80, **fields}}}


ROWS = [
    Row("as it should be", RESTRICTED),
    Row("the node's network", NOBODY, spec={"hostNetwork": True}),
    Row("the node's network, not", RESTRICTED, spec={"hostNetwork": False}),
    Row("the node's processes", NOBODY, spec={"hostPID": True}),
    Row("the node's memory", NOBODY, spec={"hostIPC": True}),
    Row("privileged", NOBODY, context={"privileged": True, "allowPrivilegeEscalation": None}),
    Row("privileged, not", RESTRICTED, context={"privileged": False}),
    Row("privileged before the work", NOBODY, spec=_init(privileged=True, allowPrivilegeEscalation=None)),
    Row("an init container as it should be", RESTRICTED, spec=_init()),
    Row("a capability of the usual ones", BASELINE, context={"capabilities": {"add": ["CHOWN"], "drop": ["ALL"]}}),
    Row("a capability of nobody's", NOBODY, context={"capabilities": {"add": ["SYS_ADMIN"], "drop": ["ALL"]}}),
    Row("ports below 1024", RESTRICTED, context={"capabilities": {"add": ["NET_BIND_SERVICE"], "drop": ["ALL"]}}),
    Row("all capabilities", NOBODY, context={"capabilities": {"add": ["ALL"], "drop": ["ALL"]}}),
    Row("capabilities that are kept", BASELINE, context={"capabilities": None}),
    Row("some capabilities that are dropped", BASELINE, context={"capabilities": {"drop": ["NET_RAW"]}}),
    Row("a folder of the node", NOBODY, spec=_volume("hostPath", path="/etc")),
    Row("a claim", RESTRICTED, spec=_volume("persistentVolumeClaim", claimName="data")),
    Row("memory", RESTRICTED, spec=_volume("emptyDir", medium="Memory")),
    Row("a server by its name", BASELINE, spec=_volume("nfs", server="nas.example.com", path="/")),
    Row("a config map", RESTRICTED, spec=_volume("configMap", name="x")),
    Row("a secret", RESTRICTED, spec=_volume("secret", secretName="x")),
    Row("a port of the node", NOBODY, parts={"ports": [{"containerPort": 80, "hostPort": 80}]}),
    Row("a port", RESTRICTED, parts={"ports": [{"containerPort": 80}]}),
    Row("no seccomp at all", NOBODY, whole={"seccompProfile": {"type": "Unconfined"}}),
    Row("no seccomp for a container", NOBODY, context={"seccompProfile": {"type": "Unconfined"}}),
    Row("seccomp that is not stated", BASELINE, whole={"seccompProfile": None}),
    Row(
        "seccomp of the container alone",
        RESTRICTED,
        whole={"seccompProfile": None},
        context={"seccompProfile": PROFILE},
    ),
    Row(
        "seccomp of the node", RESTRICTED, whole={"seccompProfile": {"type": "Localhost", "localhostProfile": "x.json"}}
    ),
    Row("no AppArmor", NOBODY, whole={"appArmorProfile": {"type": "Unconfined"}}),
    Row("AppArmor of the runtime", RESTRICTED, context={"appArmorProfile": PROFILE}),
    Row(
        "no AppArmor, in the older way",
        NOBODY,
        notes={"container.apparmor.security.beta.kubernetes.io/main": "unconfined"},
    ),
    Row(
        "AppArmor of the runtime, in the older way",
        RESTRICTED,
        notes={"container.apparmor.security.beta.kubernetes.io/main": "runtime/default"},
    ),
    Row("a type of SELinux", RESTRICTED, whole={"seLinuxOptions": {"type": "container_t"}}),
    Row("a type of nobody's", NOBODY, whole={"seLinuxOptions": {"type": "spc_t"}}),
    Row("a user of SELinux", NOBODY, context={"seLinuxOptions": {"user": "root"}}),
    Row("a role of SELinux", NOBODY, whole={"seLinuxOptions": {"role": "x"}}),
    Row("a level of SELinux", RESTRICTED, whole={"seLinuxOptions": {"level": "s0:c1"}}),
    Row("a safe sysctl", RESTRICTED, whole={"sysctls": [{"name": "net.ipv4.tcp_syncookies", "value": "1"}]}),
    Row(
        "a safe sysctl of later", RESTRICTED, whole={"sysctls": [{"name": "net.ipv4.tcp_keepalive_time", "value": "9"}]}
    ),
    Row("a safe sysctl of last year", RESTRICTED, whole={"sysctls": [{"name": "net.ipv4.tcp_rmem", "value": "4096"}]}),
    Row("a type of SELinux of last year", RESTRICTED, whole={"seLinuxOptions": {"type": "container_engine_t"}}),
    Row("an unsafe sysctl", NOBODY, whole={"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}),
    Row("root's uid", BASELINE, whole={"runAsUser": 0}),
    Row("root's uid in a container", BASELINE, context={"runAsUser": 0}),
    Row("root, perhaps", BASELINE, whole={"runAsNonRoot": None}),
    Row("root, perhaps, in a container", BASELINE, context={"runAsNonRoot": False}),
    Row("not root, said by the container", RESTRICTED, whole={"runAsNonRoot": None}, context={"runAsNonRoot": True}),
    Row("more rights on the way", BASELINE, context={"allowPrivilegeEscalation": None}),
    Row("more rights on the way, said so", BASELINE, context={"allowPrivilegeEscalation": True}),
    Row("a probe of another host", NOBODY, parts=_probe("httpGet", host="example.com"), since=34),
    Row("a probe of another host by TCP", NOBODY, parts=_probe("tcpSocket", host="example.com"), since=34),
    Row("a probe", RESTRICTED, parts=_probe("httpGet")),
    Row(
        "a call of another host at the start",
        NOBODY,
        parts={"lifecycle": {"postStart": {"httpGet": {"port": 80, "host": "example.com"}}}},
        since=34,
    ),
    Row(
        "a Windows process of the node",
        NOBODY,
        context={"windowsOptions": {"hostProcess": True}},
        spec={"hostNetwork": True},  # without it, the server does not even look at the level
    ),
]
ORDER = (NOBODY, BASELINE, RESTRICTED)


def allowed(row: Row, level: str, minor: int = 99) -> bool:
    """Whether a level allows the row's pod, in a version that knows what the row is about or in an older one."""
    return minor < row.since or ORDER.index(level) <= ORDER.index(row.passes)
