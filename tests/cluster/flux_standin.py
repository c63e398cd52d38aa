"""A stand-in for Flux, not Flux: its documented rules of order, pruning and substitution, by server-side apply.

It reads the Kustomizations that are in the cluster, as kustomize-controller does, and keeps inventories in their status.
What it takes over: a path that is missing is a failure and an empty one is not; without a kustomization.yaml every YAML
file counts; dependencies must have applied the same revision; definitions and namespaces come first, then classes, then
the rest, each stage tried in a dry run before any of it is applied; what is no longer there is pruned after that, unless
the live object says no; a Kustomization that goes does with its objects what its deletionPolicy says; substitution only
where spec.postBuild asks for it and the object does not refuse; health of claims and namespaces alone.
"""

import http.client
import re
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import yaml
from tests.cluster.client import APPLY, MERGE, Client
from tests.cluster.live import PATIENCE

Object = dict[str, Any]
GROUP = "kustomize.toolkit.fluxcd.io"
KUSTOMIZATIONS = f"/apis/{GROUP}/v1/namespaces/flux-system/kustomizations"
FINALIZER = "finalizers.fluxcd.io"
HEALTHY = {"Namespace": "Active", "PersistentVolumeClaim": "Bound"}
VARIABLE = re.compile(r"\$\{(\w+)\}")


class FailedError(Exception):
    """A Kustomization cannot be applied; the message says why."""


class FluxStandIn:
    """One source for all Kustomizations: the work tree at ``source``, at the revision that ``reconcile`` is told."""

    def __init__(self, client: Client, source: Path) -> None:
        self.client, self.source = client, source

    def reconcile(self, revision: str) -> dict[str, str]:
        """Go round until nothing changes any more; what each Kustomization says in the end, empty if it is ready.

        One that is ready is left alone until it is changed, as Flux leaves it until its next interval.
        """
        said: dict[str, str] = {}
        done: dict[str, Object] = {}
        while True:
            before, items = said, {item["metadata"]["name"]: item for item in self._kustomizations()}
            said = {
                name: "" if _wanted(item) == done.get(name) else self._one(item, revision)
                for name, item in items.items()
            }
            if said == before:
                return said
            done = {name: _wanted(item) for name, item in items.items() if not said[name]}

    def _kustomizations(self) -> list[Object]:
        return self.client.get(KUSTOMIZATIONS)["items"]

    def _one(self, kustomization: Object, revision: str) -> str:
        metadata, status = kustomization["metadata"], kustomization.get("status", {})
        path = f"{KUSTOMIZATIONS}/{metadata['name']}"
        if metadata.get("deletionTimestamp"):
            if kustomization["spec"].get("deletionPolicy", "MirrorPrune") in ("Delete", "MirrorPrune"):
                self._delete(metadata["name"], status.get("inventory", []))
            self.client.must("PATCH", path, {"metadata": {"finalizers": None}}, MERGE)
            return "going"
        self.client.must("PATCH", path, {"metadata": {"finalizers": [FINALIZER]}}, MERGE)
        try:
            self._depend(kustomization, revision)
            objects = self._build(kustomization)
            self._apply(objects)
            inventory = [_identity(item) for item in objects]
            self.client.must("PATCH", path, {"status": {"inventory": inventory}}, MERGE)
            if kustomization["spec"]["prune"]:
                stale = [entry for entry in status.get("inventory", []) if not _among(entry, inventory)]
                self._delete(metadata["name"], stale)
            self._wait(objects)
        except FailedError as failure:
            self.client.must("PATCH", path, {"status": {"ready": False, "message": str(failure)}}, MERGE)
            return str(failure)
        done = {"ready": True, "message": "", "lastAppliedRevision": revision}
        self.client.must("PATCH", path, {"status": done}, MERGE)
        return ""

    def _depend(self, kustomization: Object, revision: str) -> None:
        for wanted in kustomization["spec"].get("dependsOn", ()):
            other = self.client.ask("GET", f"{KUSTOMIZATIONS}/{wanted['name']}")
            status = other.body.get("status", {})
            if not status.get("ready") or status.get("lastAppliedRevision") != revision:
                raise FailedError(f"dependency {wanted['name']} is not ready")

    def _build(self, kustomization: Object) -> list[Object]:
        name, spec = kustomization["metadata"]["name"], kustomization["spec"]
        folder = self.source / spec["path"]
        if not folder.is_dir():
            raise FailedError(f"kustomization path not found: {spec['path']}")
        texts = [path.read_text() for path in sorted(folder.rglob("*.yaml"))]
        objects = [item for text in texts for item in yaml.load_all(text, Loader=yaml.CSafeLoader) if item]
        if "postBuild" in spec:
            objects = [substituted(item, spec["postBuild"].get("substitute", {})) for item in objects]
        for item in objects:
            item["metadata"].setdefault("labels", {}).update(_owner(name))
        return objects

    def _apply(self, objects: list[Object]) -> None:
        stages: list[list[Object]] = [[], [], []]
        for item in objects:
            stages[_stage(item["kind"])].append(item)
        for stage in stages:
            for dry in (True, False):
                for item in stage:
                    self._send(item, dry)

    def _send(self, item: Object, dry: bool) -> None:
        query = {"fieldManager": "kustomize-controller", "fieldValidation": "Strict", "force": "true"}
        query |= {"dryRun": "All"} if dry else {}
        if not self.client.knows(item):
            raise FailedError(f"{item['kind']} {item['metadata']['name']}: no such kind on the cluster")
        answer = self.client.ask("PATCH", f"{self.client.path(item)}?{urlencode(query)}", item, APPLY)
        if answer.status >= http.client.BAD_REQUEST:
            raise FailedError(f"{item['kind']} {item['metadata']['name']}: {answer.body['message']}")

    def _delete(self, owner: str, entries: Iterable[Object]) -> None:
        """Objects of an inventory, the last first: those that still belong to the Kustomization and do not refuse."""
        for entry in reversed(list(entries)):
            live = self.client.ask("GET", self.client.path(entry))
            if live.status == http.client.NOT_FOUND:
                continue
            metadata = live.body["metadata"]
            notes = metadata.get("labels", {}) | metadata.get("annotations", {})
            mine = _owner(owner).items() <= metadata.get("labels", {}).items()
            if mine and "disabled" not in (notes.get(f"{GROUP}/prune"), notes.get(f"{GROUP}/reconcile")):
                answer = self.client.delete(entry)
                if answer.status >= http.client.BAD_REQUEST:
                    raise FailedError(f"{entry['kind']} {metadata['name']}: {answer.body['message']}")

    def _wait(self, objects: Iterable[Object]) -> None:
        deadline = time.monotonic() + PATIENCE
        for item in (item for item in objects if item["kind"] in HEALTHY):
            while self.client.get(self.client.path(item))["status"].get("phase") != HEALTHY[item["kind"]]:
                if time.monotonic() > deadline:
                    raise FailedError(f"{item['kind']} {item['metadata']['name']} is not {HEALTHY[item['kind']]}")
                time.sleep(0.05)


def substituted(item: Object, values: Mapping[str, str]) -> Object:
    """An object with its variables replaced, those without a value by nothing; or as it is, where it says so."""
    metadata = item["metadata"]
    notes = metadata.get("labels", {}) | metadata.get("annotations", {})
    if notes.get(f"{GROUP}/substitute") == "disabled":
        return item
    text = VARIABLE.sub(lambda match: values.get(match[1], ""), yaml.safe_dump(item))
    return yaml.safe_load(text)


def _wanted(kustomization: Object) -> Object:
    """What a Kustomization is, but for what was written into it about how it went."""
    metadata = kustomization["metadata"]
    return {"uid": metadata["uid"], "going": "deletionTimestamp" in metadata, "spec": kustomization["spec"]}


def _owner(name: str) -> dict[str, str]:
    return {f"{GROUP}/name": name, f"{GROUP}/namespace": "flux-system"}


def _stage(kind: str) -> int:
    return 0 if kind in ("CustomResourceDefinition", "Namespace") else 1 if kind.endswith("Class") else 2


def _identity(item: Object) -> Object:
    metadata = {key: item["metadata"][key] for key in ("name", "namespace") if key in item["metadata"]}
    return {"apiVersion": item["apiVersion"], "kind": item["kind"], "metadata": metadata}


def _among(entry: Object, entries: list[Object]) -> bool:
    return any((entry["kind"], entry["metadata"]) == (other["kind"], other["metadata"]) for other in entries)
