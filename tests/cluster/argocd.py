"""Argo CD as its users see it: applications that follow a repository, and how long a commit takes to be live."""

import http.client
import os
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from ci.cluster.testcluster.processes import Processes
from tests.cluster.client import MERGE, Client
from tests.cluster.live import PATIENCE
from tests.cluster.repository import TODAY, Repository

from cubec.manifest import CLUSTERED, NAMESPACED

APPLICATIONS = "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications"
CONTROLLER = "argocd-application-controller"


class ArgoCd:
    """The repository that Argo CD reads, and the cluster that it writes."""

    def __init__(self, folder: Path, client: Client, repository: Repository) -> None:
        self.folder, self.client, self.repository = folder, client, repository
        self.committed = 0.0
        self.timings: list[str] = []
        self._command: list[str] = []
        self._environment: dict[str, str] = {}
        self._again: subprocess.Popen[bytes] | None = None

    def publish(self, message: str, *, as_of: date = TODAY, build: bool = True) -> str:
        """Compile, commit, and tell Argo CD as a git server's webhook would; without ``build`` the output as it is."""
        if build:
            self.repository.build(as_of)
        revision = self.repository.commit(message)
        self.committed = time.monotonic()
        note = {"metadata": {"annotations": {"argocd.argoproj.io/refresh": "normal"}}}
        for name in self.applications():
            self.client.ask("PATCH", f"{APPLICATIONS}/{name}", note, MERGE)
        return revision

    def applications(self) -> dict[str, Any]:
        return {item["metadata"]["name"]: item for item in self.client.get(APPLICATIONS)["items"]}

    def find(self, kind: str, name: str, namespace: str = "") -> Any:
        """An object of a kind that the compiler writes, or None."""
        version = CLUSTERED.get(kind) or NAMESPACED[kind]
        metadata = {"name": name, "namespace": namespace}
        answer = self.client.ask("GET", self.client.path({"apiVersion": version, "kind": kind, "metadata": metadata}))
        if answer.status == http.client.NOT_FOUND:
            return None
        assert answer.status == http.client.OK, answer
        return answer.body

    def live(self, what: str, holds: Callable[[], Any]) -> Any:
        """Wait until what was published holds, and note how long it took."""
        found = self.until(what, holds)
        self.note(what, time.monotonic() - self.committed)
        return found

    def until(self, what: str, holds: Callable[[], Any]) -> Any:
        """Wait until something is true, and return it; what is not there yet is not true yet."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                if found := holds():
                    return found
            except (KeyError, TypeError):
                pass  # an object, or a part of it, is missing
            time.sleep(0.3)  # lists of applications are large, and Argo CD is to have the processors
        raise AssertionError(f"{what}: not after {PATIENCE} s\n{self.states()}")

    def note(self, what: str, seconds: float) -> None:
        self.timings.append(f"{seconds:6.1f} s  {what}")

    def synced(self, revision: str, *names: str) -> bool:
        """Whether applications are as this revision says, and at rest."""
        found = self.applications()
        return all(_synced(found[name]["status"], revision) for name in names)

    def says(self, name: str, words: str) -> bool:
        """Whether an application complains, in its conditions or about its last operation."""
        status = self.applications()[name]["status"]
        told = [item["message"] for item in status.get("conditions") or ()]
        return any(words in text for text in (*told, status.get("operationState", {}).get("message", "")))

    def states(self) -> str:
        """What every application says of itself, for the message of a test that fails."""
        return "\n".join(f"{name}: {_state(item)}" for name, item in self.applications().items())

    def kill_controller(self) -> None:
        """End the controller without a warning."""
        running = next(process for process in Processes(self.folder).all if process.name == CONTROLLER)
        self._command = Path(f"/proc/{running.pid}/cmdline").read_text().split("\0")[:-1]
        settings = Path(f"/proc/{running.pid}/environ").read_text().split("\0")
        self._environment = dict(setting.split("=", 1) for setting in settings if setting)
        os.killpg(running.pid, signal.SIGKILL)
        self.until("the controller has ended", lambda: not running.alive)

    def start_controller(self) -> None:
        """Start the controller that was killed, as it was."""
        with Processes(self.folder).log(CONTROLLER).open("ab") as log:
            self._again = subprocess.Popen(self._command, env=self._environment, stdout=log, stderr=log)

    def stop_controller(self) -> None:
        """End what was started here: the cluster does not know of it."""
        if self._again:
            self._again.terminate()
            self._again.wait()


def _synced(status: Any, revision: str) -> bool:
    phase = status.get("operationState", {}).get("phase")
    return phase != "Running" and (status["sync"]["status"], status["sync"]["revision"]) == ("Synced", revision)


def _state(application: Any) -> str:
    status = application.get("status", {})
    operation = status.get("operationState", {})
    told = [item["message"][:200] for item in status.get("conditions") or ()]
    words = [status.get(part, {}).get("status", "") for part in ("sync", "health")]
    return " | ".join([*words, operation.get("phase", ""), operation.get("message", "")[:300], *told])
