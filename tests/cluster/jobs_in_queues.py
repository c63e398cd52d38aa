"""Jobs that Kueue holds back and lets go: submitted, watched and ended by hand, so that a test need not wait for time to pass."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.cluster.attempts import attempt, change, collection, condition, found, live, refusal, remove
from tests.cluster.client import QUOTA_IN_USE, Client
from tests.cluster.pods import GPU, container, job, named

Object = Mapping[str, Any]
KUEUE = "kueue.x-k8s.io/v1beta2"
FOREVER = "1h"


def cards(number: int = 1, **more: str) -> dict[str, Any]:
    """A pod's spec that asks for cards."""
    return {"containers": [container(resources={"limits": {GPU: str(number), **more}})]}


@dataclass(frozen=True)
class Queues:
    """The queues of a cluster, as an administrator sees them."""

    cluster: Any
    admin: Client

    def eventually(self, holds: Any, what: str) -> Any:
        return self.cluster.eventually(holds, what)

    def submit(self, name: str, namespace: str, spec: Any = None, **fields: Any) -> dict[str, Any]:
        """A job that ends when the test says so, or when ``run_for`` is over."""
        item = job(name, namespace, spec, **{"run_for": FOREVER, **fields})
        assert not refusal(attempt(self.admin, item, dry=False))
        return item

    def pods(self, item: Object) -> list[dict[str, Any]]:
        pods = named("Pod", "any", item["metadata"]["namespace"])
        return found(self.admin, pods, job_name=item["metadata"]["name"])

    def workload(self, item: Object) -> dict[str, Any]:
        """What Kueue keeps of a job; empty where it keeps nothing yet."""
        name, namespace = item["metadata"]["name"], item["metadata"]["namespace"]
        for one in found(self.admin, named("Workload", "any", namespace, KUEUE)):
            if name in {reference["name"] for reference in one["metadata"].get("ownerReferences", ())}:
                return one
        return {}

    def runs(self, item: Object) -> None:
        """Wait until all of a job's pods run."""
        wanted = item["spec"].get("parallelism", 1)
        name = item["metadata"]["name"]
        self.eventually(lambda: self.running(item) == wanted, f"job {name} runs")

    def running(self, item: Object) -> int:
        """How many of a job's pods run; where there are no nodes for them, how many there are: Kueue lets no other be made."""
        phases = {"Running", "Pending"} if self.cluster.foreign else {"Running"}
        return len([one for one in self.pods(item) if one["status"]["phase"] in phases])

    def waits(self, item: Object, words: str = "") -> None:
        """Wait until Kueue says that a job must wait, and why; it has no pods then."""
        name = item["metadata"]["name"]
        self.eventually(lambda: (said := self.said(item)) and words in said, f"job {name} waits: {words}")
        assert live(self.admin, item)["spec"]["suspend"] is True
        assert [one for one in self.pods(item) if "deletionTimestamp" not in one["metadata"]] == []

    def said(self, item: Object) -> str:
        """Why a job has no quota; empty where it has, or where Kueue has not looked yet."""
        reserved = condition(self.workload(item), "QuotaReserved")
        return str(reserved["message"]) if reserved.get("status") == "False" else ""

    def ends(self, item: Object) -> None:
        """End a running job as its kubelets would, and wait until it is complete."""
        for one in self.pods(item):
            pod = named("Pod", one["metadata"]["name"], one["metadata"]["namespace"])
            assert not refusal(change(self.admin, pod, {"status": {"phase": "Succeeded"}}, "status"))
        self.completes(item)

    def completes(self, item: Object) -> None:
        name = item["metadata"]["name"]
        self.eventually(
            lambda: condition(live(self.admin, item), "Complete").get("status") == "True", f"job {name} ends"
        )

    def clear(self, *namespaces: str) -> None:
        """Remove all jobs and pods, and wait until the queues are empty."""
        for namespace in namespaces:
            for kind, version in (("Job", "batch/v1"), ("Pod", "v1"), ("Workload", KUEUE)):
                for one in found(self.admin, named(kind, "any", namespace, version)):
                    remove(self.admin, named(kind, one["metadata"]["name"], namespace, version))
        for namespace in namespaces:
            for kind, version in (("Pod", "v1"), ("Workload", KUEUE)):
                anything = named(kind, "any", namespace, version)
                self.eventually(
                    lambda anything=anything: not found(self.admin, anything), f"no {kind} is left in {namespace}"
                )
            self.admin.must("DELETE", collection(self.admin, named("Event", "any", namespace)))

    def failures(self, namespace: str) -> list[str]:
        """What controllers could not create, and why; not where they only had to try again."""
        events = found(self.admin, named("Event", "any", namespace))
        refused = [one["message"] for one in events if one["reason"] in {"FailedCreate", "ReplicaFailure"}]
        return [message for message in refused if QUOTA_IN_USE not in message]
