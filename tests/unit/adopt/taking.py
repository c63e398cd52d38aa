"""Objects to documents without a server: what the tests of single concerns begin with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.unit.cluster.twin import node

from cubec import pipeline
from cubec.adopt.documents import Draft, documents, files, repaired
from cubec.adopt.observed import Observed, choose, observe
from cubec.adopt.residue import Left, Residue
from cubec.cli.import_ import _ANY_DAY

Object = dict[str, Any]
RBAC = "rbac.authorization.k8s.io"


@dataclass(frozen=True)
class Taken:
    draft: Draft
    entries: tuple[Left, ...]

    def spec(self, kind: str, name: str) -> Any:
        return self.draft.others[kind, name]

    def names(self, kind: str) -> set[str]:
        return {name for found, name in self.draft.others if found == kind}

    def why(self, kind: str, name: str) -> str:
        return " ".join(entry.why for entry in self.entries if (entry.kind, entry.name) == (kind, name))

    def fields(self, kind: str, name: str) -> set[str]:
        return {entry.field for entry in self.entries if (entry.kind, entry.name) == (kind, name)}


def seen(*items: Object, served: tuple[str, ...] = (), version: str = "1.36") -> Observed:
    kinds: dict[str, list[Object]] = {}
    for item in items:
        kinds.setdefault(item["kind"], []).append(item)
    chosen = choose(kinds.get("Namespace", ()))
    return observe(kinds, server="https://10.0.0.1:6443", version=version, served=served, chosen=chosen)


def take(*items: Object, served: tuple[str, ...] = (), version: str = "1.36") -> Taken:
    """Documents that compile, of these objects and one node with a card."""
    residue = Residue()
    nodes = () if any(item["kind"] == "Node" for item in items) else (node("worker01", **{"nvidia.com/gpu": "8"}),)
    found = seen(*items, *nodes, served=served, version=version)
    draft = documents(found, residue, platform="lab", cluster="lab", server=found.server)
    return Taken(repaired(draft, judge, residue), tuple(residue.found))


def judge(written: Mapping[str, bytes]) -> Any:
    return pipeline.analyse(sorted(written.items()), [], _ANY_DAY).diagnostics


def text(taken: Taken) -> str:
    return "\n".join(data.decode() for data in files(taken.draft).values())


def item(kind: str, name: str, namespace: str = "", /, *, made: str = "", **body: Any) -> Object:
    """An object; ``made`` is the source that the compiler wrote on one of its own."""
    metadata: Object = {"name": name, **({"namespace": namespace} if namespace else {})}
    if made:
        metadata["labels"] = {"app.kubernetes.io/managed-by": "cubec", "app.kubernetes.io/part-of": "lab"}
        metadata["annotations"] = {"cubec.io/source": made}
    return {"kind": kind, "metadata": metadata, **body}


def space(name: str, *, labels: Mapping[str, str] | None = None, **annotations: str) -> Object:
    found = item("Namespace", name)
    found["metadata"] |= {
        "labels": dict(labels or {}),
        "annotations": {f"cubec.io/{k}": v for k, v in annotations.items()},
    }
    return found


def account(name: str, namespace: str) -> Object:
    return {"kind": "ServiceAccount", "name": name, "namespace": namespace}


def user(name: str, kind: str = "User") -> Object:
    return {"kind": kind, "apiGroup": RBAC, "name": name}


def bound(name: str, namespace: str, role: str, *subjects: Object, kind: str = "ClusterRole", made: str = "") -> Object:
    ref = {"apiGroup": RBAC, "kind": kind, "name": role}
    return item("RoleBinding", name, namespace, made=made, roleRef=ref, subjects=list(subjects))


def quota(namespace: str, name: str = "quota", **hard: str) -> Object:
    return item("ResourceQuota", name, namespace, spec={"hard": {key.replace("__", "."): v for key, v in hard.items()}})


def claim(name: str, namespace: str, volume: str = "", /, size: str = "1Gi", **annotations: str) -> Object:
    spec = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": size}}, "storageClassName": "nas"}
    found = item("PersistentVolumeClaim", name, namespace, spec={**spec, **({"volumeName": volume} if volume else {})})
    found["metadata"]["annotations"] = annotations
    return found


def volume(name: str, **spec: Any) -> Object:
    whole = {
        "capacity": {"storage": "1Gi"},
        "accessModes": ["ReadWriteMany"],
        "persistentVolumeReclaimPolicy": "Retain",
    }
    return item("PersistentVolume", name, spec={**whole, **spec})


def nfs(path: str, **more: Any) -> Object:
    return {"nfs": {"server": "nas", "path": path, **more}}
