"""Everything on a cluster that has the prefix: found before the tests, where there must be nothing, and removed after them.

    python -m tests.cluster.leftovers KUBECONFIG [PREFIX]

removes what a run left that was killed.
"""

import json
import sys
import time
from collections.abc import Iterator
from http.client import BAD_REQUEST, METHOD_NOT_ALLOWED, NOT_FOUND, SERVICE_UNAVAILABLE, TOO_MANY_REQUESTS
from pathlib import Path
from typing import Any

from tests.cluster.client import DISCOVERY, MERGE
from tests.cluster.renaming import Renaming
from tests.cluster.upstream import Upstream

ONLY_NAMES = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
FIRST = (  # engines would make again what goes, and policies keep namespaces from going
    *("kustomizations", "gitrepositories", "validatingadmissionpolicybindings", "mutatingadmissionpolicybindings"),
)
TRIES = 100
PATIENCE = 5  # seconds until finalizers of what is ours are taken off


class StuckError(Exception):
    """Something of ours does not go; the message says what."""


class Leftovers:
    """A cluster, seen past the door: by its own names."""

    def __init__(self, upstream: Upstream, renaming: Renaming) -> None:
        self._upstream, self._renaming = upstream, renaming

    def ask(self, method: str, path: str, body: object = None, kind: str = "", accept: str = "") -> tuple[int, Any]:
        headers = {"Accept": accept or "application/json", "Content-Type": kind or "application/json"}
        text = b"" if body is None else json.dumps(body).encode()
        for _ in range(TRIES):
            answer = self._upstream.send(method, path, text, headers, trusted=True)
            try:
                data = answer.data
            finally:
                answer.release_conn()
            if answer.status != TOO_MANY_REQUESTS:  # which a server says of kinds that it has just heard of, too
                break
            time.sleep(0.3)
        return answer.status, json.loads(data) if data.startswith(b"{") else {}

    def found(self) -> list[str]:
        """The paths of all objects of the whole cluster, and of engines' namespaces, whose name has the prefix."""
        paths = []
        for collection, namespaced in self.collections():
            root, _, resource = collection.rpartition("/")
            if namespaced:
                folders = [f"{root}/namespaces/{engine}/{resource}" for engine in self._renaming.engines]
            else:
                folders = [collection]
            paths += [f"{folder}/{name}" for folder in folders for name in self._names(folder) if self._ours(name)]
        return sorted(set(paths))

    def remove(self, seconds: float = 120) -> None:
        """Delete all of it, and wait until it is gone."""
        started = time.monotonic()
        while left := self.found():
            if time.monotonic() - started > seconds:
                raise StuckError(f"still there after {seconds:g} s: {', '.join(left)}")
            first = [path for path in left if path.split("/")[-2] in FIRST]
            for path in first or left:
                self.ask("DELETE", f"{path}?propagationPolicy=Background&gracePeriodSeconds=0")
            if time.monotonic() - started > PATIENCE:
                self._release(left)
            time.sleep(0.3)

    def _release(self, left: list[str]) -> None:
        """Take finalizers off in namespaces of ours: the tests have made some that nobody else would take off."""
        for namespace in (path for path in left if path.startswith("/api/v1/namespaces/")):
            for collection, namespaced in self.collections():
                root, _, resource = collection.rpartition("/")
                folder = f"{root}/{namespace.removeprefix('/api/v1/')}/{resource}"
                for item in self.items(folder) if namespaced else ():
                    if item["metadata"].get("finalizers"):
                        path = f"{folder}/{item['metadata']['name']}"
                        self.ask("PATCH", path, {"metadata": {"finalizers": None}}, MERGE)

    def collections(self) -> Iterator[tuple[str, bool]]:
        """Where lists of objects are that can be deleted, and whether they stand in namespaces."""
        for root in ("/api", "/apis"):
            for group in self.ask("GET", root, accept=DISCOVERY)[1].get("items", ()):
                name = group["metadata"].get("name", "")
                for version in group["versions"][:1]:
                    place = f"/apis/{name}/{version['version']}" if name else f"/api/{version['version']}"
                    for one in version.get("resources", ()):
                        if {"list", "delete"} <= set(one["verbs"]):
                            yield f"{place}/{one['resource']}", one["scope"] == "Namespaced"

    def _names(self, folder: str) -> list[str]:
        return [item["metadata"]["name"] for item in self.items(folder)]

    def items(self, folder: str) -> list[Any]:
        status, answer = self.ask("GET", folder, accept=ONLY_NAMES)
        if status in (NOT_FOUND, METHOD_NOT_ALLOWED, SERVICE_UNAVAILABLE):  # the last: an addition whose server is down
            return []
        if status >= BAD_REQUEST:
            raise StuckError(f"{folder}: {answer.get('message', status)}")
        return answer.get("items") or []

    def _ours(self, name: str) -> bool:
        return self._renaming.ours(name)


if __name__ == "__main__":
    _, file, *rest = sys.argv
    Leftovers(Upstream(Path(file)), Renaming(*rest[:1])).remove()
