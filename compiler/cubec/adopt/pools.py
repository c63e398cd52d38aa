"""Nodes to pools: by the label that stands for the pool, by a flavor of Kueue, or by what machines they are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cubec.adopt import own
from cubec.adopt.naming import Names
from cubec.adopt.observed import GROUP, Object, Observed, labels, listed, name
from cubec.adopt.residue import Residue
from cubec.model import gpu
from cubec.model.quantity import QuantityError, parse
from cubec.model.taints import RESERVED
from cubec.name import is_name

Spec = dict[str, Any]

OWN_LABEL = "cubec.node-restriction.kubernetes.io/pool"
_CONTROL_PLANE = "node-role.kubernetes.io/control-plane"
_MODELS = ("gpu-type", "nvidia.com/gpu.product", "aliyun.accelerator/nvidia_name", "cloud.google.com/gke-accelerator")
_COMPONENTS = ("mysql", "redis", "kubeflow", "kubeflow-dashboard", "istio", "monitoring", "logging")
_WORKLOADS = ("train", "notebook", "service")
_AMOUNTS = {"cpu": "cpu", "memory": "memory", "ephemeralStorage": "ephemeral-storage", "pods": "pods"}
_SYSTEMS = ("kubernetes.io", "k8s.io")


@dataclass(frozen=True, slots=True)
class Pool:
    """A NodePool's spec, and what is asked of it later: its flavor, its cards."""

    name: str
    spec: Spec
    model: str = ""
    resource: str = ""
    cards: int = 0  # of all its nodes
    nodes: int = 0


_Key = tuple[str, str, str, str]  # label and value that stand for the pool, the name that is wished for, the machine


def pools(seen: Observed, cluster: str, residue: Residue) -> tuple[Pool, ...]:
    """Every pool, in order of name."""
    found: dict[_Key, list[Object]] = defaultdict(list)
    for node in seen.all("Node"):
        if _CONTROL_PLANE in labels(node):
            residue.left(node, "Node", "nodes of the control plane are in no pool")
        else:
            found[_key(seen, node)].append(node)
    names = Names()
    made = [_pool(seen, cluster, key, nodes, names=names, residue=residue) for key, nodes in sorted(found.items())]
    return tuple(sorted(made, key=lambda pool: pool.name))


def _key(seen: Observed, node: Object) -> _Key:
    own = labels(node).get(OWN_LABEL, "")
    if own:
        return OWN_LABEL, own, own, ""
    for flavor in seen.all("ResourceFlavor"):
        wanted = flavor["spec"].get("nodeLabels") or {}
        if len(wanted) == 1 and wanted.items() <= labels(node).items():
            (label, value), *_ = wanted.items()
            return label, value, name(flavor), ""
    resource, count = _cards(node)
    wish = f"gpu-{_model(labels(node))}".rstrip("-") if resource else "cpu"
    return "", "", wish, f"{count} {resource}"


def _pool(seen: Observed, cluster: str, key: _Key, nodes: list[Object], *, names: Names, residue: Residue) -> Pool:
    label, value, wish, _ = key
    called = names.give(wish)
    told = own.pools(seen).get(called, {})
    marks = [{**labels(node), **told.get("labels", {})} for node in nodes]
    selector = told.get("nodes", {}).get("selector")
    chosen = {"selector": selector, "count": len(nodes)} if selector else {"names": [name(node) for node in nodes]}
    spec: Spec = {"cluster": cluster, "nodes": chosen, "capacity": _capacity(nodes, residue)}
    resource, count = _cards(nodes[0])
    model = _model(marks[0])
    if resource:
        spec["accelerator"] = {"model": model or "GPU", "count": count}
        if resource != "nvidia.com/gpu":
            spec["accelerator"]["resource"] = resource
        if not model:
            residue.invent("NodePool", called, f"no node says which model its {resource} are", "accelerator.model")
    workloads = [work for work in _WORKLOADS if all(found.get(work) == "true" for found in marks)]
    if workloads:
        spec["workloads"] = workloads
    components = [part for part in _COMPONENTS if all(found.get(part) == "true" for found in marks)]
    if components:
        spec["components"] = components
    if label and (label, value) != (OWN_LABEL, called):
        spec["label"] = {label: value}
    for node in nodes if not label else ():
        residue.change(node, "Node", f"the upkeep job would label it as one of pool {called}", "metadata.labels")
    _taints(seen, called, nodes, spec, residue)
    return Pool(called, spec, model or "GPU" if resource else "", resource, count * len(nodes), len(nodes))


def _capacity(nodes: list[Object], residue: Residue) -> Spec:
    """What every node of the pool can give: the least, where they differ."""
    capacity: Spec = {}
    for field, resource in _AMOUNTS.items():
        amounts = [node["status"].get("allocatable", {}).get(resource) for node in nodes]
        try:
            told = [parse(amount) for amount in amounts if amount is not None]
        except QuantityError:
            continue
        if len(told) < len(nodes):
            continue
        for node, amount in zip(nodes, told, strict=True):
            if amount != min(told):
                residue.left(node, "Node", f"it has {amount}, and the least of its pool is {min(told)}", resource)
        least = str(min(told))
        capacity[field] = int(least) if field == "pods" and least.isdecimal() else least
    return {"cpu": "0", "memory": "0", **capacity}


def _cards(node: Object) -> tuple[str, int]:
    """The extended resource of a node's cards, and how many there are."""
    amounts: Mapping[str, str] = node["status"].get("allocatable", {})
    offered = {
        resource: int(amount)
        for resource, amount in amounts.items()
        if "/" in resource and not resource.partition("/")[0].endswith(_SYSTEMS) and str(amount).isdecimal()
    }
    # whole cards rather than memory or shares of them, which plugins offer beside
    return min(((r, n) for r, n in offered.items() if n), key=lambda item: (len(item[0]), item[0]), default=("", 0))


def _model(marks: Mapping[str, str]) -> str:
    told = next((marks[label] for label in _MODELS if label in marks), "")
    for maker in ("nvidia-", "tesla-"):
        told = told[len(maker) :] if told.lower().startswith(maker) else told
    try:
        return gpu.parse(f"1({told})").model if told else ""
    except gpu.GpuError:
        return ""


def _taints(seen: Observed, called: str, nodes: list[Object], spec: Spec, residue: Residue) -> None:
    tainted = [[_taint(taint) for taint in node["spec"].get("taints") or ()] for node in nodes]
    everywhere = [taint for taint in tainted[0] if all(taint in others for others in tainted)]
    kept = [taint for taint in everywhere if _own(taint["key"])]
    if any(taint["key"] == RESERVED for taint in everywhere):
        spec["groups"] = sorted(
            {group_of(item) for item in seen.namespaces if called in listed(item, "cubec.io/pools")}
        )
    if kept:
        spec["taints"] = kept
    for node, taints in zip(nodes, tainted, strict=True):
        for taint in taints:
            if taint not in kept and taint["key"] != RESERVED and _own(taint["key"]):
                why = f"other nodes of pool {called} have no such taint"
                residue.left(node, "Node", why, f"spec.taints[{taint['key']}]")


def _taint(taint: Mapping[str, str]) -> dict[str, str]:
    return {key: taint[key] for key in ("key", "value", "effect") if taint.get(key)}


def _own(key: str) -> bool:
    """Whether a key may be the platform's: Kubernetes, and the compiler, keep theirs."""
    prefix = key.partition("/")[0] if "/" in key else ""
    return not prefix.endswith((*_SYSTEMS, "cubec.io"))


def group_of(namespace: Object) -> str:
    """The group that a namespace says it belongs to, or would be called after it."""
    told = labels(namespace).get(GROUP, "")
    return told if is_name(told) else name(namespace)


def usable(found: Iterable[Pool], namespace: Object) -> tuple[Pool, ...]:
    """The pools that a namespace may use, in its order: those that its annotation lists, or all."""
    by_name = {pool.name: pool for pool in found}
    wanted = listed(namespace, "cubec.io/pools")
    if wanted and all(one in by_name for one in wanted):
        return tuple(by_name[one] for one in wanted)
    return tuple(
        pool for pool in by_name.values() if "groups" not in pool.spec or group_of(namespace) in pool.spec["groups"]
    )
