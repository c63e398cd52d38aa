"""Kubernetes itself: etcd, the API server, the controllers and the scheduler."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from testcluster.certificates import Authority
from testcluster.cluster import LOOPBACK, Cluster
from testcluster.ports import free_ports

SERVICE_RANGE = "10.96.0.0/16"
API_NAMES = (LOOPBACK, "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "10.96.0.1")
Report = Callable[[str], None]


def start(cluster: Cluster, binaries: Mapping[str, Path], report: Report) -> None:
    """Start everything; return when the controllers have made the first ServiceAccount, and so are at work."""
    etcd, peer, api, controllers, scheduler = free_ports(5)
    cluster.facts.server = f"https://{LOOPBACK}:{api}"
    cluster.remember()
    _issue_certificates(cluster)
    report("certificates issued")
    _start_etcd(cluster, binaries["etcd"], etcd, peer)
    report("etcd is healthy")
    _start_api_server(cluster, binaries["kube-apiserver"], api, etcd)
    report("kube-apiserver is ready")
    _start_clients(cluster, binaries, controllers, scheduler)
    account = "/api/v1/namespaces/default/serviceaccounts/default"
    cluster.api().wait(account, bool, "the controllers have made the ServiceAccount 'default'")
    report("kube-controller-manager and kube-scheduler are at work")


def _issue_certificates(cluster: Cluster) -> None:
    """One identity each: controllers and scheduler have their real names, so that their own rights count."""
    authority = Authority(cluster.pki)
    authority.service_account_key()
    authority.issue("etcd", "etcd", hosts=[LOOPBACK])
    authority.issue("etcd-client", "kube-apiserver")
    authority.issue("apiserver", "kube-apiserver", hosts=API_NAMES)
    authority.issue("serving", "test-cluster", hosts=[LOOPBACK, "localhost"])
    authority.issue("admin", "kubernetes-admin", organizations=["system:masters"])
    for user in ("kube-controller-manager", "kube-scheduler"):
        authority.issue(user, f"system:{user}")
        cluster.write_kubeconfig(cluster.folder / f"{user}.kubeconfig", user)
    cluster.write_kubeconfig(cluster.kubeconfig, "admin")


def _start_etcd(cluster: Cluster, binary: Path, port: int, peer_port: int) -> None:
    client, peer = f"https://{LOOPBACK}:{port}", f"http://{LOOPBACK}:{peer_port}"
    flags = {
        "name": "test",
        "data-dir": cluster.folder / "etcd",
        "listen-client-urls": client,
        "advertise-client-urls": client,
        "listen-peer-urls": peer,  # without it etcd takes its well-known port, and a second cluster could not start
        "initial-advertise-peer-urls": peer,
        "initial-cluster": f"test={peer}",
        "cert-file": cluster.pki / "etcd.crt",
        "key-file": cluster.pki / "etcd.key",
        "trusted-ca-file": cluster.pki / "ca.crt",
        "client-cert-auth": "true",
        "unsafe-no-fsync": "true",  # the data need not outlive the process
        "log-level": "warn",
    }
    cluster.processes.start("etcd", _command(binary, flags))
    cluster.wait_ready("etcd", f"{client}/health", certificate="etcd-client")


def _start_api_server(cluster: Cluster, binary: Path, port: int, etcd_port: int) -> None:
    pki = cluster.pki
    flags = {
        "bind-address": LOOPBACK,
        "secure-port": port,
        "advertise-address": LOOPBACK,
        "endpoint-reconciler-type": "none",  # a loopback address cannot be an endpoint
        "etcd-servers": f"https://{LOOPBACK}:{etcd_port}",
        "etcd-cafile": pki / "ca.crt",
        "etcd-certfile": pki / "etcd-client.crt",
        "etcd-keyfile": pki / "etcd-client.key",
        "tls-cert-file": pki / "apiserver.crt",
        "tls-private-key-file": pki / "apiserver.key",
        "client-ca-file": pki / "ca.crt",
        "authentication-config": _authentication(cluster.folder / "authentication.yaml"),
        "authorization-mode": "Node,RBAC",
        "enable-admission-plugins": "NodeRestriction",  # on top of those that are on by default
        "allow-privileged": "true",
        "service-cluster-ip-range": SERVICE_RANGE,
        "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
        "service-account-key-file": pki / "sa.pub",
        "service-account-signing-key-file": pki / "sa.key",
        # Without a front proxy's authority the controllers ask for it, and log that they miss it, for ever.
        "requestheader-client-ca-file": pki / "ca.crt",
        "requestheader-allowed-names": "front-proxy-client",
        "requestheader-username-headers": "X-Remote-User",
        "requestheader-group-headers": "X-Remote-Group",
        "requestheader-extra-headers-prefix": "X-Remote-Extra-",
    }
    command = _command(binary, flags | _emulation(cluster))
    cluster.processes.start("kube-apiserver", command, abrupt=True)
    cluster.wait_ready("kube-apiserver", f"{cluster.facts.server}/readyz")


def _authentication(path: Path) -> Path:
    """Who may come: nobody anonymous but to ask for health. The server reads the file again when a test changes it."""
    health = [{"path": allowed} for allowed in ("/livez", "/readyz", "/healthz")]
    content = {
        "apiVersion": "apiserver.config.k8s.io/v1",
        "kind": "AuthenticationConfiguration",
        "anonymous": {"enabled": True, "conditions": health},
        "jwt": [],
    }
    path.write_text(json.dumps(content, indent=1))
    return path


def _start_clients(cluster: Cluster, binaries: Mapping[str, Path], controllers_port: int, scheduler_port: int) -> None:
    pki = cluster.pki
    controllers = {
        "controllers": "*,bootstrapsigner,tokencleaner",
        "use-service-account-credentials": "true",
        "service-account-private-key-file": pki / "sa.key",
        "root-ca-file": pki / "ca.crt",
        "cluster-signing-cert-file": pki / "ca.crt",
        "cluster-signing-key-file": pki / "ca.key",
        # A quota that counts objects of a kind just defined refuses all of them until the next full round.
        "resource-quota-sync-period": "15s",
    }
    started = {
        "kube-controller-manager": (controllers_port, controllers, "healthz"),
        "kube-scheduler": (scheduler_port, {}, "readyz"),
    }
    for name, (port, own, _) in started.items():
        flags = _client_flags(cluster, name, port) | own | _emulation(cluster)
        cluster.processes.start(name, _command(binaries[name], flags))
    for name, (port, _, path) in started.items():
        cluster.wait_ready(name, f"https://{LOOPBACK}:{port}/{path}")


def _client_flags(cluster: Cluster, name: str, port: int) -> dict[str, object]:
    kubeconfig = cluster.folder / f"{name}.kubeconfig"
    return {
        "kubeconfig": kubeconfig,
        "authentication-kubeconfig": kubeconfig,
        "authorization-kubeconfig": kubeconfig,
        "bind-address": LOOPBACK,
        "secure-port": port,
        "tls-cert-file": cluster.pki / "serving.crt",
        "tls-private-key-file": cluster.pki / "serving.key",
        "leader-elect": "false",
        "kube-api-qps": 300,  # the defaults cost four seconds of the start
        "kube-api-burst": 600,
    }


def _emulation(cluster: Cluster) -> dict[str, object]:
    """All three must agree: a scheduler that knows of newer kinds waits for them for ever."""
    return {"emulated-version": f"kube={cluster.facts.emulate}"} if cluster.facts.emulate else {}


def _command(binary: Path, flags: Mapping[str, object]) -> list[object]:
    return [binary, *(f"--{name}={value}" for name, value in flags.items())]
