"""A cluster on which the admission policies of ``platforms/admission.yaml`` are in force, and pods that are older than they."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.cluster.attempts import attempt, found, refusal, remove
from tests.cluster.client import Client, account_token
from tests.cluster.compiled import Output, compiled
from tests.cluster.pod_rows import NODE_NAME, on
from tests.cluster.pods import CLOUD, POOL, equal, exists, ids, job, long_running, named, pod

POLICY = "ValidatingAdmissionPolicy 'cubec-isolation' with binding 'cubec-isolation' denied request: "
NODES = [
    {"name": "worker01", "labels": {POOL: "gpu-t4"}},
    {"name": "worker02", "labels": {POOL: "gpu-t4"}},
    {
        "name": "big01",
        "labels": {POOL: "v100"},
        "taints": [equal("example.com/batch", "nightly"), equal("cubec.io/pool", "v100")],
    },
    {"name": "np-1", "labels": {CLOUD: "np-1"}, "taints": [equal("example.com/batch", "nightly")]},
    {"name": "secret01", "labels": {POOL: "secret"}, "taints": [equal("cubec.io/pool", "secret")]},
]
EVERYTHING_BUT_POLICIES = (
    "platform/namespaces.yaml",
    "platform/rbac.yaml",
    "platform/identities.yaml",
    "platform/priorities.yaml",
)
GROUPS = ("groups/*/namespace.yaml", "groups/*/rbac.yaml", "groups/*/quota.yaml")
STRANGE = {**ids(runAsUser=4242), "priorityClassName": "unlisted"}
OLDER = long_running("older", "dev1", {**STRANGE, **on("secret"), "tolerations": [exists("", "NoSchedule")]})
OLDER["metadata"]["finalizers"] = ["example.com/hold"]
OLDER_JOBS = [job(name, "dev1", {**STRANGE, **on("nowhere")}) for name in ("older-done", "older-gone")]


@dataclass(frozen=True)
class Site:
    cluster: Any
    admin: Client
    bob: Client  # a developer of dev1
    amy: Client  # an owner of dev1
    output: Output

    def eventually(self, holds: Any, what: str) -> Any:
        return self.cluster.eventually(holds, what)


def start(start_cluster: Any) -> Site:
    """A cluster with pods that are older than the policies, and with the policies in force."""
    cluster, output = start_cluster(nodes=[{**node, "taints": _taints(node)} for node in NODES]), compiled("admission")
    admin = Client(cluster.kubeconfig)
    cluster.apply(documents=output.text(*EVERYTHING_BUT_POLICIES))
    cluster.apply(documents=output.text(*GROUPS))
    unlisted = named("PriorityClass", "unlisted", version="scheduling.k8s.io/v1", value=5)
    # Refused until the namespace's account and its quota's status are there.
    for item in (unlisted, OLDER, *OLDER_JOBS):
        cluster.eventually(partial(_made, admin, item), f"{item['metadata']['name']} is made")
    for item in OLDER_JOBS:
        cluster.eventually(lambda item=item: pods_of(admin, item), "the older job has a pod")
    cluster.apply(documents=output.text("platform/admission.yaml"))
    people = (admin.user(account_token(admin, "cubec-users", name)) for name in ("bob", "amy"))
    made = Site(cluster, admin, *people, output)
    _wait_for_policies(made)
    return made


def _made(admin: Client, item: dict[str, Any]) -> bool:
    return not refusal(attempt(admin, item, dry=False))


def _taints(node: dict[str, Any]) -> list[dict[str, str]]:
    return [{key: value for key, value in taint.items() if key != "operator"} for taint in node.get("taints", [])]


def _wait_for_policies(site: Site) -> None:
    completed, placed = pod("probe", "dev1"), pod("probe", "dev1", {"nodeName": "worker01"})
    secret = named("Secret", "probe", "dev1", type="kubernetes.io/basic-auth", data={"password": ""})
    site.eventually(lambda: "nodeSelector" in attempt(site.admin, completed).body.get("spec", {}), "pods are completed")
    site.eventually(lambda: NODE_NAME in refusal(attempt(site.admin, placed)), "pods are judged")
    site.eventually(lambda: "Opaque" in refusal(attempt(site.amy, secret)), "Secrets are judged")
    site.eventually(lambda: refusal(remove(site.admin, named("Namespace", "dev1"), dry=True)), "namespaces are kept")


def pods_of(admin: Client, owner: dict[str, Any]) -> list[dict[str, Any]]:
    """The pods that a workload has made."""
    owner_name = owner["metadata"]["name"]
    pods = found(admin, pod("any", owner["metadata"]["namespace"]))
    return [one for one in pods if owner_name in {ref["name"] for ref in one["metadata"].get("ownerReferences", ())}]


def without_defaults(item: dict[str, Any]) -> list[dict[str, str]]:
    """A pod's tolerations but for the two that Kubernetes gives to every pod."""
    keys = {"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}
    defaults = [{**exists(key, "NoExecute"), "tolerationSeconds": 300} for key in keys]
    return [one for one in item["spec"]["tolerations"] if one not in defaults]
