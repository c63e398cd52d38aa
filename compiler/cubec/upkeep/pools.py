"""What the compiler says of a cluster's pools: which nodes they have, and which labels and taints those carry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cubec.cluster import Object
from cubec.upkeep.plan import Told

_OWN = "cubec.node-restriction.kubernetes.io"
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


@dataclass(frozen=True, slots=True)
class Taint:
    key: str
    effect: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool; one without names and selector has no nodes."""

    name: str
    names: tuple[str, ...] = ()
    selector: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[Taint, ...] = ()

    def has(self, node: Object) -> bool:
        metadata = node["metadata"]
        live = metadata.get("labels") or {}
        selected = bool(self.selector) and all(live.get(key) == value for key, value in self.selector.items())
        return selected or metadata["name"] in self.names


def kubernetes_own(key: str) -> bool:
    """Whether a label or taint is Kubernetes' own, and so not ours to set or to remove."""
    domain = key.partition("/")[0] if "/" in key else ""
    if domain == _OWN:
        return False
    return any(domain == own or domain.endswith(f".{own}") for own in ("kubernetes.io", "k8s.io"))


def pools(told: Told) -> tuple[Pool, ...]:
    """Every pool, or an error of Python's own where the text has another shape than the compiler writes."""
    if not isinstance(told["pools"], list):
        raise TypeError("pools: a list is expected")
    return tuple(_pool(item) for item in told["pools"])


def _pool(item: Mapping[str, Any]) -> Pool:
    nodes, taints = item["nodes"], tuple(_taint(taint) for taint in item["taints"])
    found = Pool(_text(item["name"]), _names(nodes), _texts(nodes.get("selector", {})), _texts(item["labels"]), taints)
    if bool(found.names) == bool(found.selector):
        raise ValueError(f"pool {found.name}: names or a selector are expected")
    for key in (*found.labels, *(taint.key for taint in taints)):
        if not key or kubernetes_own(key):
            raise ValueError(f"pool {found.name}: the key {key!r} is not ours to set")
    return found


def _names(nodes: Mapping[str, Any]) -> tuple[str, ...]:
    names = nodes.get("names", [])
    if not isinstance(names, list):
        raise TypeError("names: a list is expected")
    return tuple(_text(name) for name in names)


def _taint(item: Mapping[str, Any]) -> Taint:
    if item["effect"] not in _EFFECTS:
        raise ValueError(f"no effect of a taint: {item['effect']!r}")
    return Taint(_text(item["key"]), item["effect"], _text(item.get("value", "")))


def _texts(value: Mapping[str, Any]) -> Mapping[str, str]:
    return {_text(key): _text(text) for key, text in value.items()}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"text is expected in place of {value!r}")
    return value
