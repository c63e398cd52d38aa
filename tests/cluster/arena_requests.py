"""The requests that the Arena command line sends, command by command and in its order, from Arena 0.15.5's source.

A step carries the status that a member gets. 404 is an answer to somebody who may ask: the kind or the object is not there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.cluster.client import JSON_PATCH, MERGE
from tests.cluster.pods import named

JOB = "tf-git"
INSTALLED = ("tfjobs.kubeflow.org", "pytorchjobs.kubeflow.org")
MISSING = (
    *("mpijobs.kubeflow.org", "trainingjobs.kai.alibabacloud.com", "jobs.batch.volcano.sh"),
    *("sparkapplications.sparkoperator.k8s.io", "rayjobs.ray.io"),
)


@dataclass(frozen=True)
class Step:
    """One request. ``member`` is the status that a member of the namespace's group gets."""

    method: str
    path: str
    member: int
    body: Any = None
    kind: str = ""

    @property
    def about_group(self) -> bool:
        """Whether it is about the group's namespace; else every user of the platform may send it."""
        return "/namespaces/dev1" in self.path

    def in_namespace(self, name: str) -> str:
        return self.path.replace("/namespaces/dev1", f"/namespaces/{name}")


def start(token: str) -> Iterator[Step]:
    """What every command does first: who am I, is there my namespace, what is configured, which kinds are installed."""
    review = named("TokenReview", "", version="authentication.k8s.io/v1", spec={"token": token})
    yield Step("POST", "/apis/authentication.k8s.io/v1/tokenreviews", 201, review)
    yield Step("GET", "/api/v1/namespaces/dev1", 200)
    yield Step("GET", "/api/v1/namespaces/arena-system/configmaps/arena-config", 200)
    root = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    yield from (Step("GET", f"{root}/{name}", 200) for name in INSTALLED)
    yield from (Step("GET", f"{root}/{name}", 404) for name in MISSING)


CORE, APPS, BATCH = "/api/v1/namespaces/dev1", "/apis/apps/v1/namespaces/dev1", "/apis/batch/v1/namespaces/dev1"
TRAINING = "/apis/kubeflow.org/v1/namespaces/dev1"
TFJOB, NOTES = f"{TRAINING}/tfjobs/{JOB}", f"{CORE}/configmaps/{JOB}-tfjob"
_LABELS = {"createdBy": "arena"}
_TFJOB = named("TFJob", JOB, "dev1", "kubeflow.org/v1", spec={"tfReplicaSpecs": {"Chief": {"replicas": 1}}})
_NOTES = named("ConfigMap", f"{JOB}-tfjob", "dev1", data={"app": f"tfjob.kubeflow.org/{JOB}", "tfjob": "0.7.0"})
_NOTES["metadata"]["labels"] = _LABELS
_OWNED = [{"op": "add", "path": "/metadata/labels/owner", "value": JOB}]
_EVALUATE = named("Job", "evaluate", "dev1", "batch/v1")
_EVALUATE["spec"] = {
    "template": {
        "spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": "registry.example.com/e"}]}
    }
}
_LIST = [
    *(Step("GET", f"{TRAINING}/{name}", 200) for name in ("tfjobs", "pytorchjobs")),
    *(Step("GET", f"{CORE}/{name}", 200) for name in ("pods", "services?labelSelector=role%3Dtensorboard")),
    Step("GET", f"{BATCH}/jobs", 200),
]
_GET = [
    *(Step("GET", TFJOB, 200), Step("GET", f"{CORE}/pods?labelSelector=release%3D{JOB}", 200)),
    *(Step("GET", f"{BATCH}/jobs", 200), Step("GET", f"{APPS}/statefulsets", 200), Step("GET", f"{CORE}/events", 200)),
]

# In this order: what one command makes the next ones look at.
COMMANDS: Mapping[str, list[Step]] = {
    "whoami": [],
    "submit tf": [
        Step("GET", "/apis/scheduling.k8s.io/v1/priorityclasses/normal", 200),
        *(Step("GET", path, 404) for path in (TFJOB, NOTES, TFJOB)),
        *(
            Step("GET", path, 404)
            for path in (f"{APPS}/deployments/{JOB}-tensorboard", f"{CORE}/services/{JOB}-tensorboard")
        ),
        Step("POST", f"{CORE}/configmaps", 201, _NOTES),
        *(Step("DELETE", TFJOB, 404), Step("GET", TFJOB, 404), Step("POST", f"{TRAINING}/tfjobs", 201, _TFJOB)),
        Step("PATCH", TFJOB, 200, {"metadata": {"labels": {"modelName": "mnist"}}}, MERGE),
        *(Step("GET", TFJOB, 200), Step("PATCH", NOTES, 200, _OWNED, JSON_PATCH)),
    ],
    "list": _LIST,
    "get": _GET,
    "top job": _LIST,
    "logs": [*_GET, Step("GET", f"{CORE}/pods/{JOB}-chief-0", 200), Step("GET", f"{CORE}/pods/{JOB}-chief-0/log", 0)],
    "attach": [*_GET, Step("POST", f"{CORE}/pods/{JOB}-chief-0/exec?command=sh", 0)],
    "data list": [Step("GET", f"{CORE}/persistentvolumeclaims", 200)],
    "serve list": [
        *(
            Step("GET", f"{APPS}/deployments", 200),
            Step("GET", f"{CORE}/pods", 200),
            Step("GET", f"{CORE}/services", 200),
        ),
        Step("GET", "/apis/serving.kserve.io/v1beta1/namespaces/dev1/inferenceservices", 404),
        Step("GET", "/apis/leaderworkerset.x-k8s.io/v1/namespaces/dev1/leaderworkersets", 404),
    ],
    "cron list": [Step("GET", "/apis/apps.kubedl.io/v1alpha1/namespaces/dev1/crons", 404)],
    "evaluate": [
        Step("POST", f"{BATCH}/jobs", 201, _EVALUATE),
        Step("PATCH", f"{BATCH}/jobs/evaluate", 200, {"metadata": {"labels": _LABELS}}, MERGE),
        Step("DELETE", f"{BATCH}/jobs/evaluate", 200),
    ],
    "delete": [
        *(Step("GET", NOTES, 200), Step("GET", TFJOB, 200), Step("DELETE", TFJOB, 200), Step("DELETE", NOTES, 200))
    ],
    "prune": _LIST,
}

# What some commands ask of the whole cluster: it would show every group's work, so that members are refused. Arena goes on
# without most of it; the fixed ports of the wrapper make up for the two lists that ``submit tf`` picks ports from.
EVERYBODYS = {
    "top node: nodes": "/api/v1/nodes",
    "top node, submit tf without ports: pods": "/api/v1/pods",
    "submit tf without ports, model, Prometheus: services": "/api/v1/services",
    "top node: config maps of kube-system": "/api/v1/namespaces/kube-system/configmaps",
    "data list without a namespace: claims": "/api/v1/persistentvolumeclaims",
}
