"""The task ``nodes``: what it plans for the nodes that it sees, and what it leaves alone."""

from datetime import UTC, datetime
from typing import Any

import pytest

from cubec.upkeep import nodes, pools, taints
from cubec.upkeep.plan import MANAGER, JobError, Plan

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OWN = "cubec.node-restriction.kubernetes.io/pool"
TAINT = {"key": "cubec.io/pool", "value": "gpu", "effect": "NoSchedule"}
FOREIGN = {"key": "node.kubernetes.io/not-ready", "effect": "NoExecute", "timeAdded": "2026-11-22T12:00:00Z"}


def pool(name: str = "gpu", *, labels: Any = None, taints: Any = (), **selected: Any) -> dict[str, Any]:
    found = selected or {"names": ["n1"]}
    return {"name": name, "nodes": found, "labels": {OWN: name} if labels is None else labels, "taints": list(taints)}


def node(
    name: str = "n1", *, labels: Any = None, ours: Any = (), record: str = "", taints: Any = None, **more: Any
) -> Any:
    """A node; ``ours`` are the labels that our applies state, ``more`` the labels of other managers."""
    entries = [_entry(MANAGER, "Apply", ours), *(_entry(manager, "Update", [key]) for manager, key in more.items())]
    metadata = {"name": name, "uid": f"u-{name}", "resourceVersion": "7", "labels": labels, "managedFields": entries}
    annotations = {"annotations": {taints_record(): record}} if record else {}
    return {"metadata": {**metadata, **annotations}, "spec": {"taints": taints} if taints else {}}


def taints_record() -> str:
    return taints.RECORD


def _entry(manager: str, operation: str, keys: Any) -> dict[str, Any]:
    fields = {"f:metadata": {"f:labels": {".": {}, **{f"f:{key}": {} for key in keys}}}}
    return {"manager": manager, "operation": operation, "fieldsV1": fields if keys else {}}


def plan(declared: Any, *seen: Any) -> Plan:
    return nodes.plan({"pools": declared}, seen, NOW)


def words(found: Plan) -> list[str]:
    return [f"{action.verb} {action.about}: {action.why}" for action in found.actions]


def test_a_new_node():
    """Taints first, under the version that was seen; then labels, under the uid."""
    found = plan([pool(taints=[TAINT])], node(taints=[FOREIGN]))

    assert words(found) == [
        "patch node n1: taints: cubec.io/pool=gpu:NoSchedule",
        f"apply node n1: labels: {OWN}=gpu",
    ]
    assert found.actions[0].body == {
        "metadata": {
            "uid": "u-n1",
            "resourceVersion": "7",
            "annotations": {"cubec.io/taints": "cubec.io/pool:NoSchedule"},
        },
        "spec": {"taints": [FOREIGN, TAINT]},
    }
    assert found.actions[1].body == {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": "n1", "uid": "u-n1", "labels": {OWN: "gpu"}},
    }
    assert found.findings == ()


def test_nothing_to_do():
    """A node that has all, as ours, needs no request; one of no pool that never had any, neither."""
    marked = node(labels={OWN: "gpu"}, ours=[OWN], record="cubec.io/pool:NoSchedule", taints=[TAINT])

    assert plan([pool(taints=[TAINT])], marked, node("n2", labels={"rack": "r1"})) == Plan()


def test_a_label_of_the_right_value_becomes_ours_too():
    """Somebody else's label of the same value is stated by us as well, so that it stays if they drop it."""
    assert words(plan([pool()], node(labels={OWN: "gpu"}))) == [f"apply node n1: labels: {OWN}=gpu"]


def test_who_wrote_over_a_label_is_named():
    """Another value is overwritten; the log names who set it, or that nobody is known to have."""
    by = node(labels={OWN: "x"}, cloud=OWN)
    nobody = node(labels={OWN: "x"})

    assert words(plan([pool()], by)) == [f"apply node n1: labels: {OWN}=gpu (was 'x', by cloud)"]
    assert words(plan([pool()], nobody)) == [f"apply node n1: labels: {OWN}=gpu (was 'x', by nobody)"]


def test_a_node_that_left_all_pools():
    """What was ours goes; taints of others stay, those of Kubernetes even where the record was forged to name them."""
    forged = "cubec.io/pool:NoSchedule,node.kubernetes.io/not-ready:NoExecute,garbage"
    left = node(labels={OWN: "gpu", "rack": "r1"}, ours=[OWN], record=forged, taints=[FOREIGN, TAINT])
    found = plan([], left)

    assert words(found) == [
        "patch node n1: taints: no longer cubec.io/pool:NoSchedule",
        f"apply node n1: labels: no longer {OWN}",
    ]
    assert found.actions[0].body["spec"] == {"taints": [FOREIGN]}
    assert found.actions[0].body["metadata"]["annotations"] == {"cubec.io/taints": None}
    assert found.actions[1].body["metadata"]["labels"] == {}


def test_a_taint_that_was_there_before_stays_its_owners():
    """With the value that we want it is not recorded as ours, so it outlives our pool; with another it is corrected, and ours."""
    there = node(labels={OWN: "gpu"}, ours=[OWN], taints=[TAINT])
    other = node(labels={OWN: "gpu"}, ours=[OWN], taints=[{**TAINT, "value": "x"}])

    assert plan([pool(taints=[TAINT])], there) == Plan()
    assert words(plan([pool(taints=[TAINT])], other)) == [
        "patch node n1: taints: cubec.io/pool=gpu:NoSchedule (was 'x')"
    ]


def test_a_taint_without_value():
    """It is written without one, and the last taint to go takes the list along."""
    bare = {"key": "busy", "effect": "PreferNoSchedule"}
    (action, _) = plan([pool(taints=[bare])], node()).actions

    assert action.body["spec"] == {"taints": [bare]}
    (gone,) = plan([], node(record="busy:PreferNoSchedule", taints=[bare])).actions
    assert gone.body["spec"] == {"taints": None}


def test_two_pools_have_one_node():
    """It is reported and left alone, whatever it carries."""
    by_name, by_label = pool(taints=[TAINT]), pool("all", selector={"zone": "a"})
    found = plan([by_name, by_label], node(labels={"zone": "a"}))

    assert words(found) == []
    assert [(one.about, one.text, one.warning) for one in found.findings] == [
        ("node n1", "is in the pools gpu and all, and left alone: take it out of all but one", True)
    ]


def test_absent_and_leaving_nodes():
    """A declared node that is not there is a warning; so is one on its way out, which is not touched."""
    leaving = node("n2")
    leaving["metadata"]["deletionTimestamp"] = "2026-11-22T12:00:00Z"
    found = plan([pool(names=["n1", "n2"])], leaving)

    assert words(found) == []
    assert [one.about for one in found.findings] == ["node n1", "node n2"]


def test_removals_are_capped():
    """Three of them, or a tenth of the nodes that carry marks; the rest are named and wait. What is added is not counted."""
    few = [node(f"n{number}", labels={OWN: "x"}, ours=[OWN]) for number in range(9)]
    many = [node(f"n{number:02}", labels={OWN: "x"}, ours=[OWN]) for number in range(50)]

    found = plan([], *few)
    assert len(found.actions) == 3
    assert (
        found.findings[0].text
        == "9 removals from nodes, and one run makes 3 at most: the others wait for the next runs"
    )
    assert [one.about for one in found.findings[1:]] == [f"node n{number}" for number in range(3, 9)]
    assert len(plan([], *many).actions) == 5
    assert len(plan([pool("new", names=[one["metadata"]["name"] for one in many])], *many).actions) == 50


WRONG = [
    {},
    {"pools": None},
    {"pools": {"a": 1}},
    {"pools": [None]},
    {"pools": [pool(names="n1")]},
    {"pools": [pool(names=[1])]},
    {"pools": [pool(selector={})]},
    {"pools": [pool(selector={"a": 1})]},
    {"pools": [pool(names=["a"], selector={"a": "b"})]},
    {"pools": [pool(labels={"kubernetes.io/os": "x"})]},
    {"pools": [pool(labels={"node-role.kubernetes.io/gpu": "x"})]},
    {"pools": [pool(labels={"x.k8s.io/gpu": "x"})]},
    {"pools": [pool(labels={"": "x"})]},
    {"pools": [pool(labels=["a"])]},
    {"pools": [pool(taints=[{"key": "node.kubernetes.io/not-ready", "effect": "NoExecute"}])]},
    {"pools": [pool(taints=[{"key": "a", "effect": "No"}])]},
    {"pools": [pool(taints=[{"key": "a", "effect": "NoSchedule", "value": 1}])]},
]


@pytest.mark.parametrize("told", WRONG, ids=str)
def test_what_the_compiler_does_not_write_stops_the_run(told: Any):
    """No list of pools, no names, keys of Kubernetes' own: nothing is planned from such a state."""
    with pytest.raises(JobError, match="is not what the compiler writes"):
        nodes.plan(told, [node()], NOW)


def test_whose_a_key_is():
    """Keys of kubernetes.io and k8s.io are never ours, but for the one domain of ours below it."""
    theirs = ["kubernetes.io/os", "node.kubernetes.io/x", "topology.k8s.io/zone", "k8s.io/a"]
    ours = [OWN, "gpu", "cubec.io/pool", "example.com/k8s.io", "mykubernetes.io/a"]

    assert [pools.kubernetes_own(key) for key in theirs] == [True] * 4
    assert [pools.kubernetes_own(key) for key in ours] == [False] * 5
