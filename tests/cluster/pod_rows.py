"""Where a pod of a group may run: completed exactly so, or refused with words that name the way out.

The platform is ``platforms/admission.yaml``: dev1 may use gpu-t4 (its default), v100 (reserved for it) and cpu, one pod
may have two cards; dev2 may use hidden (its default), secret (both reserved for it) and gpu-t4.
"""

from dataclasses import dataclass, field
from typing import Any

from tests.cluster.pods import CLOUD, GPU, POOL, container, equal, exists

Spec = dict[str, Any]
HIDDEN = "cloud.example.com/hidden"
BATCH = "example.com/batch"
RESERVED = "cubec.io/pool"
NIGHTLY, WEEKLY = equal(BATCH, "nightly"), equal(BATCH, "weekly")
V100, SECRET, HIDDEN_POOL = (equal(RESERVED, pool) for pool in ("v100", "secret", "hidden"))
OWN = {"dev1": [NIGHTLY, V100], "dev2": [HIDDEN_POOL, SECRET, WEEKLY]}
DEFAULT = {"dev1": {POOL: "gpu-t4"}, "dev2": {HIDDEN: "yes"}}


@dataclass(frozen=True)
class Row:
    """A pod, and what it becomes: ``selector`` and the tolerations ``added`` to its own, or ``refused`` with this message."""

    name: str
    spec: Spec = field(default_factory=dict)
    namespace: str = "dev1"
    selector: dict[str, str] | None = None  # None: what it has, and the default pool
    added: list[dict[str, str]] | None = None  # None: those of all the namespace's pools
    refused: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    by_kubernetes: bool = False  # refused by Kubernetes itself, before or beside the policy


def on(pool: str, **more: str) -> Spec:
    return {"nodeSelector": {POOL: pool, **more}}


def tolerating(*tolerations: dict[str, Any], **spec: Any) -> Spec:
    return {"tolerations": list(tolerations), **spec}


def affinity(strength: str, key: str, value: str) -> Spec:
    term = {"matchExpressions": [{"key": key, "operator": "In", "values": [value]}]}
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}
    preferred = {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "preference": term}]}
    return {"affinity": {"nodeAffinity": required if strength == "required" else preferred}}


def main(**parts: Any) -> Spec:
    return {"containers": [container(**parts)]}


_WAYS = {
    "dev1": f'{CLOUD}: "np-1" or {POOL}: "gpu-t4" or {POOL}: "v100"',
    "dev2": f'{POOL}: "gpu-t4" or {HIDDEN}: "yes" or {POOL}: "secret"',
}
_LEAVE_OUT = "; leave tolerations out: those of the namespace's pools are added by themselves"
NODE_NAME = "spec.nodeName is for the scheduler alone: leave it out, and choose a pool with spec.nodeSelector"


def ways(namespace: str) -> str:
    return f"; write under nodeSelector of the pod or of its template: {_WAYS[namespace]}"


def no_pool(namespace: str = "dev1") -> str:
    return f"the pod names no pool that the cluster has{ways(namespace)}"


def foreign(pools: str, namespace: str = "dev1") -> str:
    return f"namespace {namespace} may not use pool {pools}{ways(namespace)}"


def wide(what: str) -> str:
    return f"the pod may not tolerate {what}{_LEAVE_OUT}"


PLACED = [
    Row("nothing is stated"),
    Row("nothing is stated in dev2", namespace="dev2"),
    Row("another selector is kept", {"nodeSelector": {"disk": "ssd"}}, selector={"disk": "ssd", POOL: "gpu-t4"}),
    Row("another selector in dev2", {"nodeSelector": {"disk": "ssd"}}, "dev2", {"disk": "ssd", HIDDEN: "yes"}),
    Row(
        "a host's name is added to",
        {"nodeSelector": {"kubernetes.io/hostname": "worker01"}},
        selector={"kubernetes.io/hostname": "worker01", POOL: "gpu-t4"},
    ),
    Row(
        "a foreign host's name leads nowhere",
        {"nodeSelector": {"kubernetes.io/hostname": "secret01"}},
        selector={"kubernetes.io/hostname": "secret01", POOL: "gpu-t4"},
    ),
    Row("an empty selector", {"nodeSelector": {}}),
    Row("the default pool is named", on("gpu-t4")),
    Row("another own pool is named", on("v100"), selector={POOL: "v100"}),
    Row("a pool under a cloud's label", {"nodeSelector": {CLOUD: "np-1"}}, selector={CLOUD: "np-1"}),
    Row("own pool and more", on("v100", disk="ssd"), selector={POOL: "v100", "disk": "ssd"}),
    Row(
        "two own pools at once", {"nodeSelector": {POOL: "v100", CLOUD: "np-1"}}, selector={POOL: "v100", CLOUD: "np-1"}
    ),
    Row(
        "an own pool and a value that no pool has",
        {"nodeSelector": {POOL: "v100", CLOUD: "np-9"}},
        selector={POOL: "v100", CLOUD: "np-9"},
    ),
    Row("dev2 names its reserved pool", on("secret"), "dev2", {POOL: "secret"}),
    Row("dev2 names the open pool", on("gpu-t4"), "dev2", {POOL: "gpu-t4"}),
    Row("affinity to a foreign pool only narrows", affinity("required", POOL, "secret")),
    Row("affinity to a foreign pool of another key", affinity("required", HIDDEN, "yes")),
    Row("preferring a foreign pool", affinity("preferred", POOL, "secret")),
    Row("affinity to an own pool that is not the default one", affinity("required", POOL, "v100")),
]

TOLERATED = [
    Row("an empty list of tolerations", tolerating()),
    Row("one of two is there", tolerating(NIGHTLY), added=[V100]),
    Row("both are there", tolerating(V100, NIGHTLY), added=[]),
    Row("one of three in dev2", tolerating(SECRET), "dev2", added=[HIDDEN_POOL, WEEKLY]),
    Row("without effect it covers", tolerating(equal(BATCH, "nightly", "")), added=[V100]),
    Row(
        "without operator it is Equal",
        tolerating({"key": BATCH, "value": "nightly", "effect": "NoSchedule"}),
        added=[V100],
    ),
    Row("any value of a key of one's own", tolerating(exists(BATCH)), added=[V100]),
    Row("any value, one effect", tolerating(exists(BATCH, "NoSchedule")), added=[V100]),
    Row("another effect does not cover", tolerating(equal(BATCH, "nightly", "NoExecute"))),
    Row(
        "a short stay on nodes that fail",
        tolerating({**exists("node.kubernetes.io/not-ready", "NoExecute"), "tolerationSeconds": 5}),
    ),
    Row("what daemons tolerate", tolerating(exists("node.kubernetes.io/disk-pressure", "NoSchedule"))),
    Row("nodes with cards", tolerating(exists(GPU))),
    Row("nodes with cards, one value", tolerating(equal(GPU, "present"))),
    Row("tolerations beside a pool", tolerating(V100, **on("v100")), selector={POOL: "v100"}, added=[NIGHTLY]),
]

MISPLACED = [
    Row("a foreign pool", on("secret"), refused=foreign("secret")),
    Row("a foreign pool of another key", {"nodeSelector": {HIDDEN: "yes"}}, refused=foreign("hidden")),
    Row(
        "a foreign pool beside an own one", {"nodeSelector": {HIDDEN: "yes", POOL: "gpu-t4"}}, refused=foreign("hidden")
    ),
    Row("two foreign pools", {"nodeSelector": {HIDDEN: "yes", POOL: "secret"}}, refused=foreign("hidden, secret")),
    Row("dev1's pool in dev2", on("v100"), "dev2", refused=foreign("v100", "dev2")),
    Row("dev1's cloud pool in dev2", {"nodeSelector": {CLOUD: "np-1"}}, "dev2", refused=foreign("cpu", "dev2")),
    Row("a pool that is not there", on("nowhere"), refused=no_pool()),
    Row("a pool without a name", on(""), refused=no_pool()),
    Row("another value of a cloud's label", {"nodeSelector": {CLOUD: "np-9"}}, refused=no_pool()),
    Row("a pool's name, spelt otherwise", on("V100"), refused=no_pool()),
    Row("names in one value", on("gpu-t4.v100"), refused=no_pool()),
    Row("no pool in dev2 that the cluster has", on("nowhere"), "dev2", refused=no_pool("dev2")),
    Row("a node by name", {"nodeName": "worker01"}, refused=NODE_NAME),
    Row("a node of a foreign pool by name", {"nodeName": "secret01", **on("gpu-t4")}, refused=NODE_NAME),
    Row("a node that is not there", {"nodeName": "nowhere"}, refused=NODE_NAME),
    Row(
        "a pod that says a kubelet made it",
        {"nodeName": "worker01", "serviceAccountName": ""},
        refused=NODE_NAME,
        metadata={"annotations": {"kubernetes.io/config.mirror": "x"}},
    ),
]

TOO_WIDE = [
    Row("every taint", tolerating(exists()), refused=wide("every taint (a toleration without key)")),
    Row(
        "every taint of one effect",
        tolerating(exists("", "NoSchedule")),
        refused=wide("every taint (a toleration without key)"),
    ),
    Row("every reserved pool", tolerating(exists(RESERVED)), refused=wide(RESERVED)),
    Row("every reserved pool, one effect", tolerating(exists(RESERVED, "NoSchedule")), refused=wide(RESERVED)),
    Row("a foreign reserved pool", tolerating(SECRET), refused=wide(f"{RESERVED}=secret")),
    Row("a foreign pool, every effect", tolerating(equal(RESERVED, "secret", "")), refused=wide(f"{RESERVED}=secret")),
    Row(
        "a foreign pool, no operator",
        tolerating({"key": RESERVED, "value": "secret"}),
        refused=wide(f"{RESERVED}=secret"),
    ),
    Row("a reserved pool without a name", tolerating({"key": RESERVED}), refused=wide(RESERVED)),
    Row("the foreign value of an own key", tolerating(WEEKLY), refused=wide(f"{BATCH}=weekly")),
    Row("an own one and a foreign one", tolerating(V100, SECRET), refused=wide(f"{RESERVED}=secret")),
    Row("two foreign ones", tolerating(SECRET, WEEKLY), refused=wide(f"{RESERVED}=secret, {BATCH}=weekly")),
    Row(
        "nodes of the control plane",
        tolerating(exists("node-role.kubernetes.io/control-plane")),
        refused=wide("node-role.kubernetes.io/control-plane"),
    ),
    Row("a key that no pool has", tolerating(equal("example.com/other", "x")), refused=wide("example.com/other=x")),
    Row(
        "a key that only looks like Kubernetes' own",
        tolerating(exists("my-node.kubernetes.io/x")),
        refused=wide("my-node.kubernetes.io/x"),
    ),
    Row("the taint of dev1's pool in dev2", tolerating(V100), "dev2", refused=wide(f"{RESERVED}=v100")),
    Row(
        "a comparison",
        tolerating({"key": RESERVED, "operator": "Gt", "value": "0", "effect": "NoSchedule"}),
        refused="Unsupported value",
        by_kubernetes=True,
    ),
]

ROWS = [*PLACED, *TOLERATED, *MISPLACED, *TOO_WIDE]
