"""Flux's own controllers on a cluster that has them, asked as the stand-in is: ``reconcile(revision)``.

What they need is a repository that they can read and this machine can write; what is committed there has the names of that
cluster, with the prefix. Not tried: none of these controllers can be built here.
"""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from tests.cluster.client import MERGE, Client
from tests.cluster.flux_standin import KUSTOMIZATIONS
from tests.cluster.renaming import Renaming
from tests.cluster.repository import Repository, run

SOURCE = "/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/gitrepositories/cubec"
REQUEST = "reconcile.fluxcd.io/requestedAt"
Object = dict[str, Any]


class RealFlux:
    """The controllers behind the Kustomizations of a cluster."""

    def __init__(self, client: Client, seconds: float = 300) -> None:
        self._client, self._seconds = client, seconds

    def reconcile(self, revision: str) -> dict[str, str]:
        """Ask until nothing changes any more; what each Kustomization says in the end, empty if it is ready."""
        self._ask(SOURCE, _request())
        self._until(f"{revision} is fetched", lambda: _revision(self._client.get(SOURCE)).endswith(revision))
        said: dict[str, str] = {}
        while True:
            before, said = said, self._round(revision)
            if said == before:
                return said

    def _round(self, revision: str) -> dict[str, str]:
        request = _request()
        for item in self._all():
            self._ask(f"{KUSTOMIZATIONS}/{item['metadata']['name']}", request)
        self._until("all are done", lambda: all(map(_handled, self._all())))
        return {item["metadata"]["name"]: _said(item, revision) for item in self._all()}

    def _all(self) -> list[Object]:
        return self._client.get(KUSTOMIZATIONS)["items"]

    def _ask(self, path: str, request: str) -> None:
        """Set the annotation that makes a controller look now, and not after its interval."""
        self._client.must("PATCH", path, {"metadata": {"annotations": {REQUEST: request}}}, MERGE)

    def _until(self, what: str, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + self._seconds
        while not holds():
            states = {item["metadata"]["name"]: item.get("status", {}).get("conditions") for item in self._all()}
            assert time.monotonic() < deadline, f"{what}: not after {self._seconds:g} s: {states}"
            time.sleep(0.5)


def _request() -> str:
    return str(time.time_ns())


def _revision(source: Object) -> str:
    return source.get("status", {}).get("artifact", {}).get("revision", "")


def _ready(item: Object) -> Object:
    conditions = item.get("status", {}).get("conditions") or []
    return next((one for one in conditions if one["type"] == "Ready"), {})


def _handled(item: Object) -> bool:
    """Whether a controller has made up its mind since it was asked, if it was: one that has just come was not."""
    metadata, status = item["metadata"], item.get("status", {})
    request = metadata.get("annotations", {}).get(REQUEST, "")
    current = status.get("observedGeneration") == metadata["generation"]
    answered = current and status.get("lastHandledReconcileAt", "") == request
    return "deletionTimestamp" not in metadata and answered and _ready(item).get("status") in ("True", "False")


def _said(item: Object, revision: str) -> str:
    ready = _ready(item)
    applied = item.get("status", {}).get("lastAppliedRevision", "")
    return "" if ready.get("status") == "True" and applied.endswith(revision) else ready.get("message", "going")


class Published(Repository):
    """A platform's repository whose output is pushed elsewhere, too, under the names that it has on that cluster."""

    def __init__(self, work: Path, bare: Path, address: str, renaming: Renaming) -> None:
        super().__init__(work, bare, address)
        self._renaming, self._copy = renaming, work.with_name(f"{work.name}-renamed")
        assert not run("git", "ls-remote", "--heads", address).strip(), (
            f"{address} has branches: name an empty repository"
        )
        run("git", "init", "--quiet", "--initial-branch=main", self._copy)
        run("git", "-C", self._copy, "remote", "add", "origin", address)

    def commit(self, message: str) -> str:
        """Commit all that there is, push its renamed copy, and return the revision that the cluster will see."""
        super().commit(message)
        shutil.rmtree(self._copy / "output", ignore_errors=True)
        for path in sorted(path for path in (self.work / "output").rglob("*") if path.is_file()):
            target = self._copy / self._renaming.text(path.relative_to(self.work).as_posix())
            target.parent.mkdir(parents=True, exist_ok=True)
            items = yaml.load_all(path.read_text(), Loader=yaml.CSafeLoader) if path.suffix == ".yaml" else ()
            target.write_text(yaml.safe_dump_all([self._renaming.item(item) for item in items if item]))
        git = ("git", "-C", self._copy)
        run(*git, "add", "--all")
        author = ("-c", "user.name=cubec", "-c", "user.email=cubec@example.com")
        run(*git, *author, "commit", "--quiet", "--allow-empty", "-m", message)
        run(*git, "push", "--quiet", "origin", "main")
        return run(*git, "rev-parse", "HEAD").strip()
