"""Labels and taints of declared pools on their nodes.

Labels are applied under our own field manager, so the API server knows which of them are ours, and takes away what we no
longer state, on nodes that left all pools, too. The list of taints has one owner only, so it is read and written back whole, unless
the node changed in between; which taints are ours stands in an annotation that is written in the same request.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from cubec.cluster import Cluster, Object, path
from cubec.upkeep import managed, taints
from cubec.upkeep.plan import Action, Finding, Plan, Told, capped, read
from cubec.upkeep.pools import Pool, pools

NAME = "nodes"

_FEW, _SHARE = 3, 10  # one run takes marks off three nodes, or off every tenth node that has some


def observe(cluster: Cluster, told: Told) -> tuple[Object, ...]:
    read(told, pools)  # before anything is asked: what the compiler did not write is not acted on
    return cluster.list(path("v1", "nodes"), keep=_needed)


def _needed(node: Object) -> dict[str, Any]:
    """What the plan looks at; most of a node is its status."""
    kept = ("name", "uid", "resourceVersion", "deletionTimestamp", "labels", "annotations", "managedFields")
    metadata = {key: node["metadata"][key] for key in kept if key in node["metadata"]}
    metadata["managedFields"] = [entry for entry in metadata.get("managedFields") or () if not entry.get("subresource")]
    return {"metadata": metadata, "spec": {"taints": (node.get("spec") or {}).get("taints")}}


def plan(told: Told, seen: Sequence[Object], now: datetime) -> Plan:
    declared = read(told, pools)
    nodes = {node["metadata"]["name"]: node for node in seen if not node["metadata"].get("deletionTimestamp")}
    findings = list(_absent(declared, nodes))
    actions: list[Action] = []
    removals: list[Action] = []
    for name, node in sorted(nodes.items()):
        found = [pool for pool in declared if pool.has(node)]
        if len(found) > 1:
            between = " and ".join(pool.name for pool in found)
            findings.append(
                Finding(
                    f"node {name}",
                    f"is in the pools {between}, and left alone: take it out of all but one",
                    warning=True,
                )
            )
            continue
        pool = found[0] if found else Pool("")
        # the taint first: whom it keeps off must not come by the label
        for action, removes in (*taints.actions(node, pool), *_labels(node, pool)):
            (removals if removes else actions).append(action)
    marked = sum(1 for node in nodes.values() if managed.labels(node) or taints.ours(node))
    limited = capped(removals, max(_FEW, marked // _SHARE), "removals from nodes")
    return Plan((*actions, *limited.actions), (*findings, *limited.findings))


def _absent(declared: Sequence[Pool], nodes: Mapping[str, Object]) -> Iterator[Finding]:
    for pool in declared:
        for name in pool.names:
            if name not in nodes:
                yield Finding(f"node {name}", f"is declared in pool {pool.name}, and not in the cluster", warning=True)


def _labels(node: Object, pool: Pool) -> Iterator[tuple[Action, bool]]:
    """The request that makes our labels those of the pool, if it takes one, and whether it removes any."""
    metadata = node["metadata"]
    owned, live = managed.labels(node), metadata.get("labels") or {}
    wrong = [key for key, value in pool.labels.items() if live.get(key) != value or key not in owned]
    gone = sorted(owned - pool.labels.keys())
    if not wrong and not gone:
        return
    words = [_word(node, key, pool.labels[key]) for key in wrong] + [f"no longer {key}" for key in gone]
    # with the uid, a node that is gone is not made anew by an apply
    wanted = {"name": metadata["name"], "uid": metadata["uid"], "labels": dict(pool.labels)}
    body = {"apiVersion": "v1", "kind": "Node", "metadata": wanted}
    where = path("v1", "nodes", "", metadata["name"])
    yield Action("apply", where, f"node {metadata['name']}", f"labels: {', '.join(words)}", body), bool(gone)


def _word(node: Object, key: str, value: str) -> str:
    """What is done to one label; who had given it another value is named, since that value is now overwritten."""
    live = (node["metadata"].get("labels") or {}).get(key)
    if live is None or live == value:
        return f"{key}={value}"
    others = ", ".join(managed.owners(node, key)) or "nobody"
    return f"{key}={value} (was {live!r}, by {others})"
