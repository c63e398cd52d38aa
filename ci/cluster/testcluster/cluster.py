"""One cluster: its folder, its certificates, its kubeconfigs and how to wait for its parts."""

import base64
import json
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass, field
from pathlib import Path

from testcluster.api import PATIENCE, Api
from testcluster.processes import ClusterError, Processes

LOOPBACK = "127.0.0.1"


@dataclass
class Facts:
    """What a cluster is, for the commands and tests that come after its start."""

    server: str = ""
    emulate: str | None = None
    extras: list[str] = field(default_factory=list)
    git_url: str | None = None  # with Argo CD: where the repositories of the folder "git" are served


class Cluster:
    """A cluster in a folder, running or not."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pki = folder / "pki"
        self.kubeconfig = folder / "kubeconfig"
        self.processes = Processes(folder)
        self._file = folder / "cluster.json"
        self.facts = Facts(**json.loads(self._file.read_text())) if self._file.exists() else Facts()

    @property
    def exists(self) -> bool:
        return self._file.exists()

    def remember(self) -> None:
        self._file.write_text(json.dumps(asdict(self.facts), indent=1))

    def api(self) -> Api:
        """The API server, asked as the cluster's administrator."""
        return Api(self.facts.server, self.pki / "ca.crt", self.pki / "admin.crt", self.pki / "admin.key")

    def write_kubeconfig(self, path: Path, user: str, namespace: str = "default") -> Path:
        """A kubeconfig for one of the certificates, complete in itself."""

        def inline(name: str) -> str:
            return base64.b64encode((self.pki / name).read_bytes()).decode()

        authority = {"server": self.facts.server, "certificate-authority-data": inline("ca.crt")}
        credentials = {"client-certificate-data": inline(f"{user}.crt"), "client-key-data": inline(f"{user}.key")}
        name = "test-cluster"
        content = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": name,
            "clusters": [{"name": name, "cluster": authority}],
            "users": [{"name": user, "user": credentials}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": user, "namespace": namespace}}],
        }
        path.touch(mode=0o600)
        path.write_text(json.dumps(content, indent=1))  # JSON is YAML
        return path

    def wait_ready(self, name: str, url: str, *, certificate: str | None = None) -> None:
        """Wait until a process answers 200; one that ended instead is reported with the end of its log."""
        context = ssl.create_default_context(cafile=self.pki / "ca.crt")
        if certificate:
            context.load_cert_chain(self.pki / f"{certificate}.crt", self.pki / f"{certificate}.key")
        direct = urllib.request.ProxyHandler({})  # a proxy of the environment is not for the loopback address
        opener = urllib.request.build_opener(direct, urllib.request.HTTPSHandler(context=context))
        deadline = time.monotonic() + PATIENCE
        while True:
            self.processes.check(name)
            try:
                with opener.open(url, timeout=2):
                    return
            except (urllib.error.URLError, OSError) as error:
                if time.monotonic() > deadline:
                    raise ClusterError(
                        f"{name} is not ready after {PATIENCE} s: {error}\n{self.processes.tail(name)}"
                    ) from error
            time.sleep(0.05)
