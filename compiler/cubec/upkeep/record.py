"""What a task keeps from one run to the next: a ConfigMap beside the desired state, where no tenant writes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cubec.cluster import Cluster, Object, path
from cubec.upkeep.plan import Action, Told


@dataclass(frozen=True, slots=True)
class Place:
    namespace: str
    name: str


def place(told: Told) -> Place:
    """Where the compiler says that it is; KeyError where it does not."""
    return Place(str(told["namespace"]), str(told["record"]))


def read(cluster: Cluster, at: Place) -> Object | None:
    return cluster.get(path("v1", "configmaps", at.namespace, at.name))


def data(record: Object | None) -> Mapping[str, str]:
    found: Mapping[str, str] = (record or {}).get("data") or {}
    return found


def written(at: Place, before: Object | None, kept: Mapping[str, str], why: str) -> Iterator[Action]:
    """What it takes to keep ``kept`` and nothing else; nothing where that is what is there."""
    if kept == data(before):
        return
    where, about = path("v1", "configmaps", at.namespace), f"ConfigMap {at.namespace}/{at.name}"
    metadata: dict[str, Any] = {"name": at.name}
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": dict(kept)}
    if before is None:
        yield Action("create", where, about, why, body)
        return
    metadata["resourceVersion"] = before["metadata"]["resourceVersion"]
    yield Action("replace", f"{where}/{at.name}", about, why, body)
