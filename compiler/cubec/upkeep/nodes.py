"""Labels and taints of declared pools on their nodes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cubec.cluster import Cluster, Object, path
from cubec.upkeep.plan import Action, Finding, Plan, Told

NAME = "nodes"


def observe(cluster: Cluster, told: Told) -> tuple[Object, ...]:
    return cluster.list(path("v1", "nodes"))


def plan(told: Told, seen: Sequence[Object], now: datetime) -> Plan:
    """A thin beginning: labels that are missing or other; taints and removals are to come."""
    actions, findings = [], []
    known = {node["metadata"]["name"]: node for node in seen}
    for pool in told["pools"]:
        for name in pool["nodes"].get("names", ()):
            if name not in known:
                findings.append(
                    Finding(f"node {name}", f"declared in pool {pool['name']}, and not in the cluster", warning=True)
                )
            elif action := _labels(known[name], pool["labels"]):
                actions.append(action)
    return Plan(tuple(actions), tuple(findings))


def _labels(node: Object, wanted: Mapping[str, str]) -> Action | None:
    metadata: Mapping[str, Any] = node["metadata"]
    wrong = [key for key, value in wanted.items() if metadata.get("labels", {}).get(key) != value]
    if not wrong:
        return None
    body = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": metadata["name"], "labels": dict(wanted)}}
    return Action(
        "apply",
        path("v1", "nodes", "", metadata["name"]),
        f"node {metadata['name']}",
        f"labels {', '.join(wrong)}",
        body,
    )
