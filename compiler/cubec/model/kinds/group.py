"""Group documents."""

from collections.abc import Mapping
from typing import Any

from cubec.model.kinds.nodepool import WORKLOADS
from cubec.model.reader import Reader, strings
from cubec.model.tenants import Group, GroupNamespace, Member, PlacementSpec, VolumeUse
from cubec.source.document import Origin


def read(reader: Reader) -> Group:
    spec, network = reader.spec, reader.spec.get("network", {})
    return Group(
        name=reader.name,
        description=spec.get("description", ""),
        owners=strings(spec, "owners"),
        gid=spec["gid"],
        previously=strings(spec, "previously"),
        state=spec.get("state", "active"),
        until=reader.date(spec, "spec", "until"),
        reason=spec.get("reason", ""),
        members=tuple(_member(reader, n, item) for n, item in enumerate(spec.get("members", ()))),
        namespaces=_namespaces(reader),
        placements=tuple(_placement(reader, n, item) for n, item in enumerate(spec.get("placements", ()))),
        envelope=reader.quota(spec["envelope"], "spec", "envelope") if "envelope" in spec else None,
        volumes=tuple(_volume(reader, n, item) for n, item in enumerate(spec.get("volumes", ()))),
        templates=strings(spec, "templates"),
        all_templates=spec.get("allTemplates", False),
        network_mode=network.get("mode", ""),
        allow_from=strings(network, "allowFrom"),
        allow_to=strings(network, "allowTo"),
        pod_security=spec.get("podSecurity", ""),
        origin=reader.origin,
    )


def _namespaces(reader: Reader) -> tuple[GroupNamespace, ...]:
    """A rename never moves data, so the default namespace keeps the oldest name that the group ever had."""
    items = reader.spec.get("namespaces")
    if not items:
        oldest = strings(reader.spec, "previously", (reader.name,))[0]
        return (GroupNamespace(oldest, WORKLOADS, None, reader.origin),)
    return tuple(
        GroupNamespace(
            name=item["name"],
            workloads=strings(item, "workloads", WORKLOADS),
            quota=reader.quota(item["quota"], "spec", "namespaces", n, "quota") if "quota" in item else None,
            origin=reader.origin.child("spec", "namespaces", n),
        )
        for n, item in enumerate(items)
    )


def _member(reader: Reader, n: int, item: Mapping[str, Any]) -> Member:
    return Member(
        user=item.get("user", ""),
        oidc_group=item.get("oidcGroup", ""),
        role=item["role"],
        expires=reader.date(item, "spec", "members", n, "expires"),
        origin=reader.origin.child("spec", "members", n),
    )


def _placement(reader: Reader, n: int, item: Mapping[str, Any]) -> PlacementSpec:
    pools = strings(item, "pools")
    return PlacementSpec(
        cluster=item["cluster"],
        pools=pools,
        default_pool=item.get("defaultPool", pools[0] if pools else ""),
        quota=reader.quota(item.get("quota", {}), "spec", "placements", n, "quota"),
        origin=Origin(reader.document, ("spec", "placements", n)),
    )


def _volume(reader: Reader, n: int, item: Mapping[str, Any]) -> VolumeUse:
    return VolumeUse(
        item["volume"], item.get("claim", ""), item.get("mount", ""), reader.origin.child("spec", "volumes", n)
    )
