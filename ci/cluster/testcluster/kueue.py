"""Kueue beside the cluster instead of in it: the API server calls its webhooks by address."""

import base64
import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from testcluster.api import documents
from testcluster.binaries import module_folder
from testcluster.cluster import LOOPBACK, Cluster
from testcluster.namespaces import unshare
from testcluster.ports import free_ports

NAMESPACE = "kueue-system"
OWN_GROUP = "kueue.x-k8s.io"
FRAMEWORKS = {"batch/job": ("batch", "jobs"), "pod": ("", "pods")}
GROUP_NAMESPACES = {"matchExpressions": [{"key": "cubec.io/group", "operator": "Exists"}]}


def start(cluster: Cluster, binaries: Mapping[str, Path]) -> None:
    """Install the definitions, start Kueue, register its webhooks once it answers."""
    api, manifests = cluster.api(), module_folder("sigs.k8s.io/kueue") / "config/components"
    api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    api.install_definitions(documents(sorted((manifests / "crd/bases").glob("*.yaml"))))
    webhook, health, metrics = free_ports(3)
    certificates = _certificates(cluster)
    configuration = cluster.folder / "kueue.yaml"
    configuration.write_text(yaml.safe_dump(_configuration(certificates, webhook, health, metrics)))
    command = _command(cluster, binaries["kueue"], configuration, certificates)
    cluster.processes.start("kueue", command, os.environ | {"KUBECONFIG": str(cluster.kubeconfig)})
    cluster.wait_ready("kueue", f"http://{LOOPBACK}:{health}/readyz")
    authority = base64.b64encode((cluster.pki / "ca.crt").read_bytes()).decode()
    for registration in documents([manifests / "webhook/manifests.yaml"]):
        api.apply(_reachable(registration, f"https://{LOOPBACK}:{webhook}", authority))


def _configuration(certificates: Path, webhook: int, health: int, metrics: int) -> dict[str, Any]:
    return {
        "apiVersion": f"config.{OWN_GROUP}/v1beta2",
        "kind": "Configuration",
        "namespace": NAMESPACE,
        "health": {"healthProbeBindAddress": f"{LOOPBACK}:{health}"},
        "metrics": {"bindAddress": f"{LOOPBACK}:{metrics}"},
        "webhook": {"host": LOOPBACK, "port": webhook, "certDir": str(certificates)},
        "internalCertManagement": {"enable": False},
        "leaderElection": {"leaderElect": False},
        "clientConnection": {"qps": 300, "burst": 500},
        "integrations": {"frameworks": list(FRAMEWORKS)},
        "manageJobsWithoutQueueName": True,
        "managedJobsNamespaceSelector": GROUP_NAMESPACES,
        "featureGates": {"VisibilityOnDemand": False},  # else it opens an API server of its own, on a fixed port
    }


def _certificates(cluster: Cluster) -> Path:
    folder = cluster.folder / "kueue-certificates"
    folder.mkdir()
    for kind in ("crt", "key"):
        (folder / f"tls.{kind}").symlink_to(cluster.pki / f"serving.{kind}")
    return folder


def _command(cluster: Cluster, binary: Path, configuration: Path, certificates: Path) -> list[str]:
    """Kueue with an /etc of its own: whatever its configuration says, it wants a certificate for metrics there."""
    layers = cluster.folder / "kueue-etc"
    layers.mkdir()
    script = f"""
        set -e
        mount -t tmpfs none {shlex.quote(str(layers))}
        cd {shlex.quote(str(layers))}
        mkdir upper work
        mount -t overlay overlay -o lowerdir=/etc,upperdir=upper,workdir=work /etc
        mkdir -p /etc/kueue/metrics
        ln -s {shlex.quote(str(certificates))} /etc/kueue/metrics/certs
        exec {shlex.quote(str(binary))} --config {shlex.quote(str(configuration))} --zap-log-level=2
    """
    return [*unshare("mount"), "sh", "-c", script]


def _reachable(registration: dict[str, Any], server: str, authority: str) -> dict[str, Any]:
    """The registration of the webhooks that run here: by address, not Service, and for group namespaces only."""
    kept = []
    for webhook in registration["webhooks"]:
        rule = webhook["rules"][0]
        group, resource = rule["apiGroups"][0], rule["resources"][0]
        if group != OWN_GROUP:
            if (group, resource) not in FRAMEWORKS.values():
                continue
            webhook["namespaceSelector"] = GROUP_NAMESPACES
        path = webhook["clientConfig"]["service"]["path"]
        webhook["clientConfig"] = {"url": server + path, "caBundle": authority}
        kept.append(webhook)
    name = f"kueue-{registration['metadata']['name']}"
    return registration | {"metadata": {"name": name}, "webhooks": kept}
