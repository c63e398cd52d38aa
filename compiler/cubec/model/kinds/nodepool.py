"""NodePool documents."""

from collections.abc import Mapping
from typing import Any

from cubec.model.reader import Reader, strings
from cubec.model.types import Accelerator, NodePool, Taint

POOL_LABEL = "cubec.node-restriction.kubernetes.io/pool"
WORKLOADS = ("train", "notebook", "service")


def read(reader: Reader) -> NodePool:
    spec = reader.spec
    nodes, capacity, overcommit = spec["nodes"], spec["capacity"], spec.get("overcommit", {})
    label_key, label_value = next(iter(spec.get("label", {POOL_LABEL: reader.name}).items()))
    groups = strings(spec, "groups") if "groups" in spec else None
    return NodePool(
        name=reader.name,
        description=spec.get("description", ""),
        cluster=spec["cluster"],
        node_names=strings(nodes, "names"),
        node_selector=nodes.get("selector", {}),
        count=len(nodes["names"]) if "names" in nodes else nodes["count"],
        cpu=reader.quantity(capacity["cpu"], "spec", "capacity", "cpu"),
        memory=reader.quantity(capacity["memory"], "spec", "capacity", "memory"),
        ephemeral_storage=reader.optional_quantity(capacity, "ephemeralStorage", ("spec", "capacity")),
        pods=capacity.get("pods"),
        accelerator=_accelerator(spec["accelerator"]) if "accelerator" in spec else None,
        workloads=strings(spec, "workloads", WORKLOADS),
        label_key=label_key,
        label_value=label_value,
        own_label="label" not in spec,
        groups=groups,
        reserved=spec.get("reserved", groups is not None),
        overcommit_gpu=_share({"gpu": "100%", **overcommit}, "gpu") or 0,
        overcommit_cpu=_share(overcommit, "cpu"),
        overcommit_memory=_share(overcommit, "memory"),
        components=strings(spec, "components"),
        labels=spec.get("labels", {}),
        taints=tuple(Taint(item["key"], item.get("value", ""), item["effect"]) for item in spec.get("taints", ())),
        origin=reader.origin,
    )


def _accelerator(values: Mapping[str, Any]) -> Accelerator:
    slices = values.get("slices", {})
    return Accelerator(
        model=values["model"].upper(),
        count=values["count"],
        resource=values.get("resource", "nvidia.com/gpu"),
        slice_resource=slices.get("resource", ""),
        per_card=slices.get("perCard", 0),
    )


def _share(values: Mapping[str, Any], key: str) -> int | None:
    return int(values[key].rstrip("%")) if key in values else None
