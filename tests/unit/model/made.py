"""Typed values of documents for tests of the model: what is not said is as small as it may be."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from cubec.model import build
from cubec.model.kinds import nodepool
from cubec.model.model import Model, Placement
from cubec.model.reader import Reader
from cubec.model.types import NodePool
from cubec.source.document import Document, mark


def document(kind: str, name: str, spec: dict[str, Any]) -> Document:
    value = {"apiVersion": "cubec.io/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}
    return Document(f"tenants/{name}.yaml", value, mark(1, 1))


def pool_spec(*, nodes: int = 1, model: str = "", count: int = 1, per_card: int = 0, **more: Any) -> dict[str, Any]:
    spec = {
        "cluster": "ack",
        "nodes": {"selector": {"example.com/pool": "any"}, "count": nodes},
        "capacity": {"cpu": 4, "memory": "30Gi"},
        **more,
    }
    if model:
        spec["accelerator"] = {"model": model, "count": count}
    if per_card:
        spec["accelerator"]["slices"] = {"resource": "nvidia.com/vgpu", "perCard": per_card}
    return spec


def pool(name: str, **fields: Any) -> NodePool:
    reader = Reader(document("NodePool", name, pool_spec(**fields)))
    found = nodepool.read(reader)
    assert not reader.diagnostics
    return found


def model(group: dict[str, Any], extra: Sequence[Document] = (), **pools: dict[str, Any]) -> Model:
    """A platform with cluster ``ack``, pools by name, a group ``dev1``, and further documents."""
    documents = [
        document("Platform", "research", {}),
        document(
            "Cluster", "ack", {"kubernetes": "1.36", "server": "https://ack.example.com", "capabilities": ["kueue"]}
        ),
        *(document("NodePool", name, spec) for name, spec in pools.items()),
        document("Group", "dev1", {"gid": 10001, **group}),
        *extra,
    ]
    found, diagnostics = build.build(documents, as_of=date(2026, 11, 22), complete=True)
    assert found is not None
    assert not diagnostics
    return found


def placement(group: dict[str, Any], **pools: dict[str, Any]) -> Placement:
    (found,) = model(group, **pools).placements
    return found
