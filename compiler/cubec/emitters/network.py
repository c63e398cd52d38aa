"""Who may reach a group's namespaces, and what they may reach: one NetworkPolicy in each, none where the mode is open.

Namespaces are named one by one: an empty selector, or one on labels that somebody else sets, would let everybody in.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from cubec.manifest import Manifest
from cubec.model import names
from cubec.model.model import Placement

FILE = "network.yaml"

_DNS = {
    "to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}],
    "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}],
}


def emit(placement: Placement) -> Iterator[Manifest]:
    group, site = placement.group, placement.site
    mode = group.network_mode or site.platform.network
    if mode == "open":
        return
    spec: dict[str, Any] = {
        "podSelector": {},
        "policyTypes": ["Ingress"],
        "ingress": [{"from": [_may_reach(placement)]}],
    }
    if mode == "strict":
        spec["policyTypes"] = ["Ingress", "Egress"]
        spec["egress"] = list(_reached(placement))
    stated = bool(group.network_mode or group.allow_from or group.allow_to)
    asked = (
        names.source(group.origin, "network") if stated else names.source(site.platform.origin, "defaults", "network")
    )
    for namespace in placement.namespaces:
        yield Manifest("NetworkPolicy", "isolation", namespace.name, asked, {"spec": spec})


def _may_reach(placement: Placement) -> dict[str, Any]:
    cluster = placement.site.cluster
    return _namespaces(
        _own(placement), cluster.ingress_namespaces, cluster.monitoring_namespaces, placement.group.allow_from
    )


def _reached(placement: Placement) -> Iterator[dict[str, Any]]:
    peers = placement.group.allow_to
    yield {"to": [_namespaces(_own(placement), (peer for peer in peers if not _is_range(peer)))]}
    yield _DNS
    ranges = sorted(peer for peer in peers if _is_range(peer))
    if ranges:
        yield {"to": [{"ipBlock": {"cidr": peer}} for peer in ranges]}


def _own(placement: Placement) -> Iterable[str]:
    return (namespace.name for namespace in placement.namespaces)


def _is_range(peer: str) -> bool:
    return "/" in peer


def _namespaces(*parts: Iterable[str]) -> dict[str, Any]:
    values = sorted({name for part in parts for name in part})
    expression = {"key": "kubernetes.io/metadata.name", "operator": "In", "values": values}
    return {"namespaceSelector": {"matchExpressions": [expression]}}
