"""A cluster that these tests did not start: what it has, what must be left out on it, and its state afterwards: as before."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import urllib3
from tests.cluster.client import DISCOVERY
from tests.cluster.door import open_door
from tests.cluster.leftovers import Leftovers, StuckError
from tests.cluster.live import LiveCluster
from tests.cluster.renaming import EVERYWHERE, Renaming
from tests.cluster.upstream import UnreachableError, Upstream
from tests.cluster.words import names

WRITTEN_FOR = "1.36"
KUEUE, ARGOCD, FLUX = "kueue.x-k8s.io/v1beta2", "argoproj.io/v1alpha1", "kustomize.toolkit.fluxcd.io/v1"
CONTROLLERS = {  # where their version stands: the workload that runs them
    "Kueue": "kueue-controller-manager",
    "Argo CD": "argocd-application-controller",
    "Flux": "kustomize-controller",
}
ENGINES = frozenset({"flux-system"})  # where an engine is that takes orders from these tests
OF_ENGINES = ("argocd", "flux-system")  # with the prefix, so that what is applied there is seen by no engine
APIS = {"Kueue": KUEUE, "Argo CD": ARGOCD, "Flux": FLUX}


@dataclass(frozen=True)
class Foreign:
    """A cluster by its kubeconfig, and what it says of itself."""

    upstream: Upstream
    renaming: Renaming
    version: str  # `1.36`
    full_version: str
    served: frozenset[str]  # `GROUP/VERSION`
    components: dict[str, str]  # of CONTROLLERS, those that are there, and their version
    repository: str  # where Flux can read what these tests push

    def lacks(self, extras: str, emulate: str, engine: str) -> str:
        """Why a module that wants such a cluster is left out here; empty where it can run."""
        older = _number(self.version) < _number(WRITTEN_FOR)
        reasons = {
            f"the cluster has no Flux ({FLUX})": engine and FLUX not in self.served,
            "Flux needs a repository that it can read and this machine can write: name an empty one with --git": (
                engine and not self.repository
            ),
            f"it is about Kubernetes {emulate}, and this cluster is {self.version}": (
                not engine and emulate and emulate != self.version
            ),
            f"it needs Kubernetes {WRITTEN_FOR} or later, and this cluster is {self.version}": not emulate and older,
            "it commits to a repository in the folder of a cluster of its own, and kills its Argo CD": "argocd"
            in extras,
            f"the cluster has no Kueue ({KUEUE})": "kueue" in extras and KUEUE not in self.served,
        }
        return next((reason for reason, holds in reasons.items() if holds), "")

    @contextmanager
    def entered(self, folder: Path, engine: str) -> Iterator[LiveCluster]:
        """The cluster for one module, with namespaces for what tests expect everywhere; removed in the end, come what may."""
        leftovers = Leftovers(self.upstream, replace(self.renaming, engines=ENGINES))
        renaming = replace(self.renaming, engines=ENGINES & {engine})
        door = open_door(self.upstream, renaming, folder)
        try:
            facts = {"server": self.upstream.host, "version": self.version, "repository": self.repository}
            (folder / "cluster.json").write_text(json.dumps(facts | {"prefix": renaming.prefix}))
            cluster = LiveCluster(folder, remove=leftovers.remove)
            for name in (*EVERYWHERE, *OF_ENGINES):
                cluster.apply(
                    documents=json.dumps({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
                )
            yield cluster
        finally:
            door.close()
            leftovers.remove()


def reach(kubeconfig: Path, renaming: Renaming, repository: str) -> Foreign:
    """Look at the cluster, or end the run: where it cannot be reached, or has something by the prefix."""
    try:
        upstream = Upstream(kubeconfig)
        leftovers = Leftovers(upstream, replace(renaming, engines=ENGINES))
        version = leftovers.ask("GET", "/version")[1]
        there = leftovers.found()
    except (UnreachableError, StuckError, OSError, urllib3.exceptions.HTTPError) as error:
        pytest.exit(f"--kubeconfig: no way to the cluster: {error}", returncode=5)
    if "gitVersion" not in version:
        pytest.exit(f"--kubeconfig: {upstream.host}: {version.get('message', 'no answer')}", returncode=5)
    if there:
        pytest.exit(
            f"--kubeconfig: the cluster has objects whose names begin with {renaming.prefix!r}, such as {there[0]}: "
            f"name another prefix with --prefix, or, if a run left them, remove them with "
            f"python -m tests.cluster.leftovers {kubeconfig} {renaming.prefix}",
            returncode=5,
        )
    full = version["gitVersion"]
    short = ".".join(re.findall(r"\d+", full)[:2])
    if "emulationMinor" in version and version["emulationMinor"] != version["minor"]:
        short = f"{version['emulationMajor']}.{version['emulationMinor']}"
        full += f" emulating {short}"
    served = _served(leftovers)
    components = {name: "of a version that the cluster does not tell" for name, api in APIS.items() if api in served}
    renaming = replace(renaming, words=names())
    return Foreign(upstream, renaming, short, full, served, components | _components(leftovers), repository)


def _served(leftovers: Leftovers) -> frozenset[str]:
    groups = leftovers.ask("GET", "/apis", accept=DISCOVERY)[1]["items"]
    return frozenset(f"{one['metadata']['name']}/{version['version']}" for one in groups for version in one["versions"])


def _components(leftovers: Leftovers) -> dict[str, str]:
    found = {}
    for resource in ("deployments", "statefulsets"):
        for item in leftovers.ask("GET", f"/apis/apps/v1/{resource}")[1].get("items") or ():
            for component, name in CONTROLLERS.items():
                if item["metadata"]["name"] == name:
                    found[component] = _tag(item["spec"]["template"]["spec"]["containers"])
    return found


def _tag(containers: list[Any]) -> str:
    return containers[0]["image"].partition("@")[0].rpartition(":")[2]


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
