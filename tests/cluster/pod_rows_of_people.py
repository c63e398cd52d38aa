"""As whom, ahead of whom and with how many cards a pod of a group may run; the platform is that of ``pod_rows``."""

from typing import Any

from tests.cluster.pod_rows import Row, Spec, main, on
from tests.cluster.pods import GPU, container, ids

SYSTEM = "the priority classes system-* are for the cluster's own pods: leave priorityClassName out"
CARDS = f"one pod of namespace dev1 may have at most 2 of {GPU}: ask for fewer, or spread the work over several pods"


def init(**parts: Any) -> Spec:
    return {"initContainers": [container("first", **parts)]}


SIDECAR = {"restartPolicy": "Always"}


def uid(who: str, namespace: str = "dev1") -> str:
    own = {"dev1": "20001 or 20003", "dev2": "20002"}[namespace]
    return f"runAsUser {who} is not the uid of a member of namespace {namespace}; write {own}, or leave it out"


def gid(which: str, namespace: str = "dev1") -> str:
    own = {"dev1": "10001", "dev2": "10002"}[namespace]
    groups = "runAsGroup, fsGroup or supplementalGroups"
    return f"{groups} {which} is not the gid of namespace {namespace}; write {own}, or leave it out"


ALLOWED = [
    Row("the default priority by name", {"priorityClassName": "normal"}),
    Row("another priority on offer", {"priorityClassName": "urgent"}),
    Row("the uid of a member", ids(runAsUser=20001)),
    Row("the uid of another member", ids(runAsUser=20003)),
    Row("uid and gid", ids(runAsUser=20001, runAsGroup=10001, fsGroup=10001, supplementalGroups=[10001])),
    Row("uid of a container", main(**ids(runAsUser=20001, runAsGroup=10001))),
    Row("uid of an init container", init(**ids(runAsUser=20001))),
    Row("not root, whoever", ids(runAsNonRoot=True)),
    Row("an empty security context", ids()),
    Row("no supplemental group", ids(supplementalGroups=[])),
    Row("the uid of dev2's own member", ids(runAsUser=20002, fsGroup=10002), "dev2"),
    Row("as many cards as one pod may have", main(cards=2)),
    Row("cards of two containers", {"containers": [container(cards=1), container("other", cards=1)]}),
    Row(
        "cards of init containers one after the other",
        {"initContainers": [container("a", cards=2), container("b", cards=2)], **main(cards=2)},
    ),
    Row("cards without a bound in dev2", main(cards=4), "dev2"),
    Row("waiting to be let in", {"schedulingGates": [{"name": "example.com/gate"}]}),
    Row("a service, not a job", {"restartPolicy": "Always"}),
]

TOO_IMPORTANT = [
    Row(
        "a class that the platform does not offer",
        {"priorityClassName": "unlisted"},
        refused="the platform does not offer the priority class unlisted; leave priorityClassName out, or choose normal, urgent",
    ),
    Row("the cluster's own class", {"priorityClassName": "system-cluster-critical"}, refused=SYSTEM),
    Row("the nodes' own class", {"priorityClassName": "system-node-critical"}, refused=SYSTEM),
    Row(
        "a class that is not there",
        {"priorityClassName": "nowhere"},
        refused="no PriorityClass with name nowhere was found",
        by_kubernetes=True,
    ),
    Row(
        "a number",
        {"priority": 2000000},
        refused="the integer value of priority (2000000) must not be provided in pod spec",
        by_kubernetes=True,
    ),
]

STRANGERS = [
    Row("somebody's uid", ids(runAsUser=1000), refused=uid("1000")),
    Row("root", ids(runAsUser=0), refused=uid("0")),
    Row("the uid of dev2's member", ids(runAsUser=20002), refused=uid("20002")),
    Row("the group's gid as uid", ids(runAsUser=10001), refused=uid("10001")),
    Row("root in a container", main(**ids(runAsUser=0)), refused=uid("0")),
    Row("a stranger in a container", main(**ids(runAsUser=20002)), refused=uid("20002")),
    Row(
        "a member's pod, a stranger's container",
        {**ids(runAsUser=20001), **main(**ids(runAsUser=20002))},
        refused=uid("20002"),
    ),
    Row("root in an init container", init(**ids(runAsUser=0)), refused=uid("0")),
    Row("root in a sidecar", init(**SIDECAR, **ids(runAsUser=0)), refused=uid("0")),
    Row(
        "strangers everywhere",
        {**ids(runAsUser=1), **main(**ids(runAsUser=2)), **init(**ids(runAsUser=3))},
        refused=uid("1, 2, 3"),
    ),
    Row("a stranger's group", ids(runAsGroup=10002), refused=gid("10002")),
    Row("root's group", ids(runAsGroup=0), refused=gid("0")),
    Row("a stranger's group in a container", main(**ids(runAsGroup=10002)), refused=gid("10002")),
    Row("a stranger's group in an init container", init(**ids(runAsGroup=10002)), refused=gid("10002")),
    Row("files of a stranger's group", ids(fsGroup=10002), refused=gid("10002")),
    Row("files of root's group", ids(fsGroup=0), refused=gid("0")),
    Row("one supplemental group too many", ids(supplementalGroups=[10001, 10002]), refused=gid("10002")),
    Row("root's as supplemental group", ids(supplementalGroups=[0]), refused=gid("0")),
    Row("the uid as group", ids(runAsUser=20001, runAsGroup=20001), refused=gid("20001")),
    Row("dev1's member in dev2", ids(runAsUser=20001), "dev2", refused=uid("20001", "dev2")),
    Row("dev1's group in dev2", ids(fsGroup=10001), "dev2", refused=gid("10001", "dev2")),
]

TOO_MANY_CARDS = [
    Row("three cards", main(cards=3), refused=CARDS),
    Row(
        "three cards in two containers",
        {"containers": [container(cards=2), container("other", cards=1)]},
        refused=CARDS,
    ),
    Row("three cards with a sidecar", {**init(cards=1, **SIDECAR), **main(cards=2)}, refused=CARDS),
    Row("three cards in an init container", init(cards=3), refused=CARDS),
    Row(
        "three cards in two sidecars",
        {"initContainers": [container("a", cards=2, **SIDECAR), container("b", cards=1, **SIDECAR)]},
        refused=CARDS,
    ),
    Row("cards of an own pool, too many", {**on("v100"), **main(cards=4)}, refused=CARDS),
    Row(
        "cards that are only requested",
        main(resources={"requests": {GPU: "3"}}),
        refused="Limit must be set for non overcommitable resources",
        by_kubernetes=True,
    ),
    Row(
        "cards of the pod as a whole",
        {"resources": {"limits": {GPU: "3"}}},
        refused=f'Unsupported value: "{GPU}"',
        by_kubernetes=True,
    ),
]

ROWS = [*ALLOWED, *TOO_IMPORTANT, *STRANGERS, *TOO_MANY_CARDS]
