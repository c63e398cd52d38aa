"""Argo CD beside the cluster instead of in it: its controller, repository server and cache, and a git server."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from testcluster.api import Api, documents
from testcluster.binaries import HERE, module_folder
from testcluster.cluster import LOOPBACK, Cluster
from testcluster.ports import free_ports

NAMESPACE = "argocd"
DEFINITIONS = ("application", "appproject", "applicationset")
SETTINGS = (
    "argocd-cmd-params-cm",
    "argocd-gpg-keys-cm",
    "argocd-rbac-cm",
    "argocd-ssh-known-hosts-cm",
    "argocd-tls-certs-cm",
)
RESYNC = 5  # seconds


def start(cluster: Cluster, binaries: Mapping[str, Path]) -> None:
    """Install the definitions and settings, then start the components and wait until they answer."""
    manifests = module_folder("github.com/argoproj/argo-cd/v3") / "manifests/crds"
    api = cluster.api()
    api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    api.install_definitions(documents(manifests / f"{kind}-crd.yaml" for kind in DEFINITIONS))
    _settings(api)
    git, redis, repository, repository_metrics, metrics = free_ports(5)
    _start_git_server(cluster, git)
    cluster.processes.start("redis", [binaries["redis"], redis])
    environment = _environment(cluster)
    repository_server = [
        *(binaries["argocd"], "--address", LOOPBACK, "--port", repository, "--redis", f"{LOOPBACK}:{redis}"),
        *("--metrics-address", LOOPBACK, "--metrics-port", repository_metrics),
        *("--disable-tls", "--client-ca-path", ""),  # the path has a default that does not go with the flag before it
        *("--revision-cache-expiration", "1s"),  # three minutes by default: a new commit would not be seen
    ]
    component = {"ARGOCD_BINARY_NAME": "argocd-repo-server"}
    cluster.processes.start("argocd-repo-server", repository_server, environment | component)
    _start_controller(cluster, binaries["argocd"], environment, [redis, repository, metrics])
    cluster.wait_ready("argocd-repo-server", f"http://{LOOPBACK}:{repository_metrics}/healthz")
    cluster.processes.check("argocd-application-controller")


def _settings(api: Api) -> None:
    metadata = {"namespace": NAMESPACE, "labels": {"app.kubernetes.io/part-of": "argocd"}}
    general = {"timeout.reconciliation": f"{RESYNC}s", "timeout.reconciliation.jitter": "0s"}
    for name, data in (("argocd-cm", general), *((name, {}) for name in SETTINGS)):
        api.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata | {"name": name}, "data": data})
    metadata, key = metadata | {"name": "argocd-secret"}, {"server.secretkey": "nobody logs in here"}
    api.apply({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": key})


def _start_git_server(cluster: Cluster, port: int) -> None:
    repositories = cluster.folder / "git"
    repositories.mkdir()
    command = [sys.executable, "-m", "testcluster.git_server", repositories, port]
    cluster.processes.start("git-server", command, os.environ | {"PYTHONPATH": str(HERE)})
    cluster.facts.git_url = f"http://{LOOPBACK}:{port}"
    cluster.remember()
    cluster.wait_ready("git-server", f"{cluster.facts.git_url}/healthz")


def _start_controller(cluster: Cluster, binary: Path, environment: dict[str, str], ports: list[int]) -> None:
    """In a network of its own, because its metrics are served on every address and no flag changes that."""
    redis, repository, metrics = ports
    api = urlsplit(cluster.facts.server).port
    command = [
        *(sys.executable, "-m", "testcluster.isolated", f"{api},{redis},{repository}", binary),
        *("--namespace", NAMESPACE, "--redis", f"{LOOPBACK}:{redis}"),
        *("--repo-server", f"{LOOPBACK}:{repository}", "--repo-server-plaintext", "--metrics-port", metrics),
        *("--app-resync", RESYNC, "--app-resync-jitter", 0),
    ]
    component = {"ARGOCD_BINARY_NAME": "argocd-application-controller", "HOSTNAME": "argocd-application-controller-0"}
    own = environment | component | {"PYTHONPATH": str(HERE)}
    cluster.processes.start("argocd-application-controller", command, own)


def _environment(cluster: Cluster) -> dict[str, str]:
    """Everything that the container images have at fixed paths, in the cluster's folder."""
    base = cluster.folder / "argocd"
    folders = {name: base / name for name in ("bin", "gpg-keys", "gpg-source", "home", "plugins", "ssh", "tls", "tmp")}
    for folder in folders.values():
        folder.mkdir(mode=0o700, parents=True)
    (folders["ssh"] / "ssh_known_hosts").touch()
    # The repository server calls this script of its image on every commit; ours are unsigned, so it has nothing to say.
    verifier = folders["bin"] / "git-verify-wrapper.sh"
    verifier.write_text("#!/bin/sh\nexit 0\n")
    verifier.chmod(0o755)
    return {
        "PATH": f"{folders['bin']}:{os.environ['PATH']}",
        "HOME": str(folders["home"]),
        "TMPDIR": str(folders["tmp"]),
        "KUBECONFIG": str(cluster.write_kubeconfig(base / "kubeconfig", "admin", NAMESPACE)),
        "ARGOCD_FAKE_IN_CLUSTER": "true",  # its name for the cluster it runs in then means this one
        "ARGOCD_TLS_DATA_PATH": str(folders["tls"]),
        "ARGOCD_SSH_DATA_PATH": str(folders["ssh"]),
        "ARGOCD_GPG_ENABLED": "false",
        "ARGOCD_GNUPGHOME": str(folders["gpg-keys"]),
        "ARGOCD_GPG_DATA_PATH": str(folders["gpg-source"]),
        "ARGOCD_PLUGINSOCKFILEPATH": str(folders["plugins"]),
        "ARGOCD_RECONCILIATION_JITTER": "0",
    }
