"""A running cluster as the tests use it, and the commands behind it."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest

COMMANDS = Path(__file__).parents[2] / "ci/cluster"
PATIENCE = 180  # seconds; what takes one on an idle machine may take many where four clusters start at once


class CommandError(Exception):
    """kubectl, or a command of ci/cluster, failed; the message is what it said."""


def run(command: list[object], documents: str | None = None) -> str:
    arguments = [str(part) for part in command]
    done = subprocess.run(arguments, input=documents, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CommandError(done.stderr.strip() or done.stdout.strip())
    return done.stdout


@dataclass(frozen=True)
class LiveCluster:
    """A running cluster, used through kubectl."""

    folder: Path
    remove: Callable[[], None] | None = None  # what ends it, where it is not one of ci/cluster
    Refused: ClassVar = CommandError  # what the methods raise; for pytest.raises(cluster.Refused, match=...)

    @property
    def kubeconfig(self) -> Path:
        return self.folder / "kubeconfig"

    @property
    def facts(self) -> dict[str, Any]:
        """What `up` wrote down: server, emulate, extras, git_url (repositories of the folder git/, with Argo CD)."""
        return json.loads((self.folder / "cluster.json").read_text())

    @property
    def foreign(self) -> bool:
        """Whether the cluster is one that the tests did not start, so that definitions of kinds cannot be added to it."""
        return bool(self.remove)

    def kubectl(self, *arguments: object, documents: str | None = None) -> str:
        """Run kubectl; CommandError carries the API server's words. `documents` go to its standard input."""
        beside = Path(sys.executable).with_name("kubectl")
        command = beside if beside.exists() else "kubectl"
        return run([command, "--kubeconfig", self.kubeconfig, *arguments], documents)

    def apply(self, *arguments: object, documents: str | None = None) -> str:
        """Apply on the server and strictly, as a GitOps engine would: `apply("-f", path)` or `apply(documents=text)`."""
        source = ("-f", "-") if documents is not None else ()
        flags = ("--server-side", "--field-manager=cubec", "--force-conflicts", "--validate=strict")
        return self.kubectl("apply", *flags, *source, *arguments, documents=documents)

    def get(self, *arguments: object) -> Any:
        return json.loads(self.kubectl("get", *arguments, "-o", "json"))

    def pods(self) -> str:
        """The newest pods as kubectl lists them: what a failure is read by when the cluster is gone."""
        try:
            listed = self.kubectl("get", "pods", "-A", "-o", "wide", "--sort-by=.metadata.creationTimestamp")
        except CommandError as error:
            return str(error)
        return "\n".join(listed.splitlines()[-30:])

    def down(self) -> None:
        """Take it down before the module ends: for modules that need clusters one after the other."""
        if self.remove:
            self.remove()
        else:
            run([sys.executable, COMMANDS / "down", self.folder])

    def eventually(self, holds: Callable[[], Any], what: str) -> Any:
        """Wait until something is true, and return it; what the API server refuses counts as not yet."""
        deadline = time.monotonic() + PATIENCE
        while True:
            said: object = "not so"
            try:
                if found := holds():
                    return found
            except CommandError as error:
                said = error
            if time.monotonic() > deadline:
                pytest.fail(f"{what}: {said} after {PATIENCE} s\n{self.pods()}")
            time.sleep(0.1)
