"""Jobs and what their queue makes of them where nothing is in use: ``platforms/queues.yaml``, here and on a live Kueue."""

from dataclasses import dataclass, field
from typing import Any

from tests.cluster.pods import POOL, container, job

from cubec.rehearsal.findings import Outcome
from cubec.rehearsal.queue import LABEL

Spec = dict[str, Any]
PASSED, STUCK = Outcome.PASSED, Outcome.STUCK


@dataclass(frozen=True)
class Row:
    """A job, whether its queue lets it go, and the pool that its pods are in then."""

    name: str
    namespace: str
    outcome: Outcome
    pool: str = ""
    spec: Spec = field(default_factory=dict)
    fields: Spec = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)

    @property
    def job(self) -> Spec:
        item = job(self.name, self.namespace, self.spec, run_for="1h", **self.fields)
        item["metadata"]["labels"] = self.labels
        return item


def _cards(number: int, **more: Any) -> Spec:
    return {"containers": [container(cards=number)], **more}


def _asking(**amounts: str) -> Spec:
    return {"containers": [container(resources={"requests": amounts, "limits": amounts})]}


def _on(pool: str) -> Spec:
    return {"nodeSelector": {POOL: pool}}


ROWS = [
    Row("nothing-stated", "dev1", PASSED, "gpu-t4"),
    Row("one-card", "dev1", PASSED, "gpu-t4", _cards(1)),
    Row("borrowed", "dev1", PASSED, "gpu-t4", _cards(1), {"parallelism": 2}),
    Row("more-than-borrowed", "dev1", STUCK, spec=_cards(1), fields={"parallelism": 3}),
    Row("never-in-one-pod", "dev1", STUCK, spec=_cards(3)),
    Row("together-too-many", "dev2", STUCK, spec=_cards(1), fields={"parallelism": 2}),
    Row("one-after-the-other", "dev2", PASSED, "gpu-t4", _cards(1), {"parallelism": 1, "completions": 3}),
    Row("own-cpu", "dev2", PASSED, "gpu-t4", _asking(cpu="4")),
    Row("cpu-of-two", "dev2", PASSED, "gpu-t4", _asking(cpu="4"), {"parallelism": 2}),
    Row("cpu-of-three", "dev2", STUCK, spec=_asking(cpu="4"), fields={"parallelism": 3}),
    Row("foreign-cards", "dev1", STUCK, spec={"containers": [container(resources={"limits": {"amd.com/gpu": "1"}})]}),
    Row("first-of-two-pools", "mixed", PASSED, "gpu-t4", _cards(1)),
    Row("named-pool", "mixed", PASSED, "v100", _cards(1, **_on("v100"))),
    Row("own-pool-without-cards", "mixed", PASSED, "v100", _on("v100")),
    Row("two-cards-of-a-pool-with-one", "mixed", STUCK, spec=_cards(2)),
    Row("through-taints", "team-train", PASSED, "v100", _cards(2)),
    Row("as-many-pods", "team-train", PASSED, "v100", fields={"parallelism": 8}),
    Row("too-many-pods", "team-train", STUCK, fields={"parallelism": 9}),
    Row("only-borrowed", "team-notebook", PASSED, "v100", _cards(1)),
    Row("not-as-many-borrowed", "team-notebook", STUCK, spec=_cards(2)),
    Row("default-queue", "dev1", PASSED, "gpu-t4", _cards(1), labels={LABEL: "default"}),
    Row("unknown-queue", "dev1", STUCK, spec=_cards(1), labels={LABEL: "nowhere"}),
    Row("pool-without-own-cards", "dev1", STUCK, spec=_cards(1, **_on("v100"))),
    Row("no-cards-at-all", "sleepy", STUCK, spec=_cards(1)),
    Row("a-request-without-cards", "sleepy", PASSED, "gpu-t4", _asking(cpu="2", memory="1Gi")),
]
