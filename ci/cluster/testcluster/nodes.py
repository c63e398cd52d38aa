"""The cluster's nodes: objects of the shape asked for, and kwok, which plays all their kubelets."""

import re
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from testcluster.binaries import kubernetes_version
from testcluster.cluster import Cluster
from testcluster.processes import ClusterError

CAPACITY = {"cpu": "4", "memory": "30Gi", "pods": "110", "nvidia.com/gpu": "1"}
STAGES = Path(__file__).with_name("kwok.yaml")


@dataclass(frozen=True)
class Node:
    """A node to make; without a capacity of its own it has four cores, 30 GiB and one GPU."""

    name: str
    labels: dict[str, str] = field(default_factory=dict)
    taints: list[dict[str, str]] = field(default_factory=list)
    capacity: dict[str, str] = field(default_factory=lambda: dict(CAPACITY))

    def manifest(self) -> dict[str, Any]:
        """The object with its status: the API server keeps the status of a Node that is created with one."""
        labels = {"kubernetes.io/hostname": self.name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}
        capacity = {"pods": CAPACITY["pods"]} | {name: str(amount) for name, amount in self.capacity.items()}
        information = dict.fromkeys(
            ("bootID", "kernelVersion", "kubeProxyVersion", "machineID", "osImage", "systemUUID"), ""
        ) | {
            "architecture": "amd64",
            "containerRuntimeVersion": "kwok",
            "kubeletVersion": kubernetes_version(),
            "operatingSystem": "linux",
        }
        return {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": self.name, "labels": labels | self.labels},
            "spec": {"taints": self.taints},
            "status": {"capacity": capacity, "allocatable": capacity, "nodeInfo": information},
        }


DEFAULT = tuple(Node(f"worker{number:02}") for number in (1, 2, 3))


def read_nodes(path: Path) -> list[Node]:
    """Nodes from a YAML list of mappings with name and, if wanted, labels, taints and capacity."""
    entries = yaml.safe_load(path.read_text())
    if not isinstance(entries, list):
        raise ClusterError(f"{path}: a list of nodes is expected")
    nodes = []
    for entry in entries:
        try:
            node = Node(**entry)
        except TypeError:
            raise ClusterError(
                f"{path}: a node has a name and may have labels, taints, capacity; found {entry!r}"
            ) from None
        if not re.fullmatch(r"[a-z0-9]([-.a-z0-9]*[a-z0-9])?", str(node.name)):
            raise ClusterError(f"{path}: {node.name!r} cannot be the name of a node")
        nodes.append(node)
    return nodes


def start(cluster: Cluster, kwok: Path, nodes: list[Node]) -> None:
    """Start kwok, make the nodes, wait until each is ready and free of the taints that say it is not."""
    cluster.processes.start("kwok", [kwok, "--kubeconfig", cluster.kubeconfig, "--config", STAGES])
    api = cluster.api()
    for node in nodes:
        api.request("POST", "/api/v1/nodes?fieldValidation=Strict", node.manifest())
    for node in nodes:
        usable = partial(_usable, taints=len(node.taints))
        api.wait(f"/api/v1/nodes/{node.name}", usable, f"node {node.name} is ready")
    cluster.processes.check("kwok")


def _usable(node: dict[str, Any], taints: int) -> bool:
    conditions = node["status"].get("conditions") or []
    ready = any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)
    return ready and len(node["spec"].get("taints") or []) == taints
