"""A cluster with the upkeep job's accounts and roles on it, and the job run with their tokens."""

import base64
import contextlib
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from tests.cluster.client import MERGE, Client, account_token
from tests.cluster.compiled import Output, compiled

from cubec import cli
from cubec.model import names

Object = dict[str, Any]
SYSTEM, REGISTRIES = "cubec-system", "registries"
POOL = "cubec.node-restriction.kubernetes.io/pool"
SECRETS = {"hub": "hubsecret", "lab": "pull-lab"}
LISTED = {"dev1": "hub,lab", "dev2": "hub", "dev3": "lab"}
KEY = ".dockerconfigjson"
WORKERS = ["worker01", "worker02", "worker03", "vision01", "vision02", "stray"]
NODES = [*({"name": name} for name in WORKERS), {"name": "batch01", "labels": {"example.com/zone": "b"}}]
PARTS = (
    "platform/namespaces.yaml",
    "platform/rbac.yaml",
    "platform/identities.yaml",
    "platform/priorities.yaml",
    "platform/admission.yaml",
)
GROUPS = ("groups/*/namespace.yaml", "groups/*/rbac.yaml")


@dataclass(frozen=True)
class Done:
    """What a run said, and the status that it ended with."""

    status: int
    log: list[Object]

    @property
    def end(self) -> Object:
        return self.log[-1]

    def says(self, level: str) -> list[str]:
        return [f"{one.get('about', '')}: {one.get('error', one['text'])}" for one in self.log if one["level"] == level]


@dataclass(frozen=True)
class UpkeepSite:
    cluster: Any
    admin: Client
    output: Output
    folder: Path

    def kubeconfig(self, account: str) -> Path:
        """A kubeconfig of one of the job's accounts, with a token as its pod gets one."""
        file = self.folder / f"{account}.json"
        if not file.exists():
            config = yaml.safe_load(self.cluster.kubeconfig.read_text())
            token = account_token(self.admin, SYSTEM, account)
            config["users"] = [{"name": config["users"][0]["name"], "user": {"token": token}}]
            file.write_text(json.dumps(config))
        return file

    def run(self, task: str, *options: str) -> Done:
        """One run of a task as its own account; it does what it finds unless the options say otherwise."""
        out = io.StringIO()
        arguments = ["reconcile", task, "--kubeconfig", str(self.kubeconfig(names.task(task)))]
        with contextlib.redirect_stdout(out):
            status = cli.main([*arguments, *(options or ("--apply",))])
        return Done(status, [json.loads(line) for line in out.getvalue().splitlines()])

    def get(self, path: str) -> Object:
        answer = self.admin.ask("GET", path)
        return answer.body if answer.status == 200 else {}

    def node(self, name: str) -> Object:
        return self.get(f"/api/v1/nodes/{name}")

    def secret(self, namespace: str, registry: str) -> Object:
        return self.get(f"/api/v1/namespaces/{namespace}/secrets/{SECRETS[registry]}")

    def patch(self, path: str, body: object, manager: str = "somebody") -> None:
        self.admin.must("PATCH", f"{path}?fieldManager={manager}", body, MERGE)

    def tell(self, task: str, change: Callable[[Object], None]) -> None:
        """Tell a task something else than the compiler does; ``restore`` takes it back."""
        told = self.told(task)
        change(told)
        body = {"data": {f"{task}.json": json.dumps(told)}}
        self.patch(f"/api/v1/namespaces/{SYSTEM}/configmaps/desired-state", body)

    def told(self, task: str) -> Object:
        (state,) = (item for item in self.output.objects("upkeep/desired-state.yaml") if item["kind"] == "ConfigMap")
        return json.loads(state["data"][f"{task}.json"])

    def restore(self) -> None:
        self.cluster.apply(documents=self.output.text("upkeep/*", *GROUPS))

    def original(self, registry: str, password: str) -> None:
        """The registry's login, new or changed."""
        auths = {"auths": {"registry.example.com": {"username": "robot", "password": password}}}
        data = {KEY: base64.b64encode(json.dumps(auths).encode()).decode()}
        self.put_secret(REGISTRIES, registry, data)

    def put_secret(
        self, namespace: str, registry: str, data: Mapping[str, str], kind: str = "kubernetes.io/dockerconfigjson"
    ) -> None:
        self.drop_secret(namespace, registry)
        body = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": SECRETS[registry]},
            "type": kind,
            "data": data,
        }
        self.admin.must("POST", f"/api/v1/namespaces/{namespace}/secrets", body)

    def drop_secret(self, namespace: str, registry: str) -> None:
        self.admin.ask("DELETE", f"/api/v1/namespaces/{namespace}/secrets/{SECRETS[registry]}")

    def list_registries(self, namespace: str, names: str) -> None:
        """What a namespace's annotation lists; the bindings stay as they are."""
        self.patch(f"/api/v1/namespaces/{namespace}", {"metadata": {"annotations": {"cubec.io/pull-secrets": names}}})

    def strip_nodes(self) -> None:
        """Nodes as they are before the job has ever looked after them."""
        for name in (*WORKERS, "batch01"):
            body = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}}
            query = "fieldManager=cubec-upkeep&force=true"
            self.admin.must("PATCH", f"/api/v1/nodes/{name}?{query}", body, "application/apply-patch+yaml")
            self.patch(
                f"/api/v1/nodes/{name}",
                {"metadata": {"annotations": {"cubec.io/taints": None}}, "spec": {"taints": None}},
            )

    def drop_copies(self) -> None:
        for namespace in LISTED:
            for registry in SECRETS:
                self.drop_secret(namespace, registry)


def upkeep_site(start_cluster: Any, folder: Path) -> UpkeepSite:
    cluster, output = start_cluster(nodes=NODES), compiled("upkeep")
    admin = Client(cluster.kubeconfig)
    cluster.kubectl("create", "namespace", REGISTRIES)
    cluster.apply(documents=output.text(*PARTS))
    cluster.apply(documents=output.text(*GROUPS, "upkeep/*"))
    site = UpkeepSite(cluster, admin, output, folder)
    for registry in SECRETS:
        site.original(registry, "first")
    return site
