"""Nodes of rehearsals: a pod that no pool can take never starts, and is told which could."""

from typing import Any

import pytest
from tests.cluster.pod_rows import BATCH, HIDDEN_POOL, on
from tests.cluster.pods import CLOUD, GPU, POOL, container, equal, exists, pod
from tests.unit.rehearsal.rehearsing import against, findings, model, tried

from cubec.rehearsal.findings import Outcome

OLD = ('kubernetes: "1.36"', 'kubernetes: "1.33"')  # nothing adds tolerations there
SOFT = ("value: nightly, effect: NoSchedule}", "value: nightly, effect: PreferNoSchedule}")


def asking(**amounts: str) -> dict[str, Any]:
    return {
        "containers": [container(resources={"limits": {name.replace("_", "-"): one for name, one in amounts.items()}})]
    }


@pytest.mark.parametrize(
    ("spec", "pools"),
    [
        ({}, ("gpu-t4",)),
        (on("v100"), ("v100",)),
        ({"nodeSelector": {CLOUD: "np-1"}}, ("cpu",)),
        ({"nodeSelector": {"kubernetes.io/hostname": "worker02"}}, ("gpu-t4",)),
        ({"nodeSelector": {"disk": "ssd"}}, ("gpu-t4",)),
        (asking(cpu="4"), ("gpu-t4",)),
        (asking(ephemeral_storage="100Gi"), ("gpu-t4",)),
    ],
)
def test_where_a_pod_can_run(spec: dict[str, Any], pools: tuple[str, ...]):
    """The pools that a pod's selector leaves, whose taints it tolerates, and whose nodes are large enough."""
    item = tried(model("admission"), pod("pod", "dev1", spec))

    assert item.pods[0].pools == pools
    assert item.outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("spec", "message", "hint"),
    [
        (asking(cpu="5"), "it asks for 5 cpu, a node of gpu-t4 has 4", f'{CLOUD}: "np-1"'),
        (asking(cpu="5"), "it asks for 5 cpu", f'{POOL}: "v100"'),
        (asking(**{GPU: "2"}), "it asks for 2 nvidia.com/gpu, a node of gpu-t4 has 1", f'{POOL}: "v100"'),
        ({**asking(**{GPU: "1"}), "nodeSelector": {CLOUD: "np-1"}}, "a node of cpu has none", f'{POOL}: "gpu-t4"'),
        (asking(cpu="5", memory="31Gi"), "5 cpu, a node of gpu-t4 has 4 and 31Gi memory", f'{CLOUD}: "np-1"'),
        (asking(cpu="500"), "it asks for 500 cpu", "ask for what one node has"),
        (
            {"nodeSelector": {"kubernetes.io/hostname": "secret01"}},
            "no pool has all that its nodeSelector",
            "leave it out",
        ),
        ({"nodeSelector": {POOL: "v100", CLOUD: "np-1"}}, "no pool has all that its nodeSelector", "name one pool"),
    ],
)
def test_a_pod_that_never_starts(spec: dict[str, Any], message: str, hint: str):
    """A pod that is admitted and that no node can take is told why, and where it could run."""
    item = tried(model("admission"), pod("pod", "dev1", spec))

    (finding,) = [one for one in findings(item) if one.stage == "pool" and one.outcome is Outcome.STUCK]
    assert message in finding.message
    assert hint in finding.hint
    assert item.outcome is Outcome.STUCK
    assert item.pods[0].pools == ()


def test_a_taint_that_is_not_tolerated():
    """Where nothing adds tolerations, a pool's taint keeps a pod off; any that fits lets it through."""
    reserved = {"nodeSelector": {"cloud.example.com/hidden": "yes"}}

    kept_off = tried(model("admission", OLD), pod("pod", "dev2", reserved))
    let_in = tried(model("admission", OLD), pod("pod", "dev2", {**reserved, "tolerations": [HIDDEN_POOL]}))

    assert against(kept_off) == [
        "the pod never starts: it does not tolerate cubec.io/pool=hidden, which keeps it off hidden"
    ]
    assert let_in.pods[0].pools == ("hidden",)


@pytest.mark.parametrize(
    ("toleration", "runs"),
    [
        (equal(BATCH, "nightly"), True),
        (equal(BATCH, "nightly", "NoExecute"), False),
        (equal(BATCH, "weekly"), False),
        (exists(BATCH), True),
        ({"key": BATCH, "value": "nightly"}, True),
        (exists("node.kubernetes.io/not-ready"), False),
    ],
)
def test_tolerations(toleration: dict[str, Any], runs: bool):
    """A toleration fits by key, value and effect, as the scheduler reads them."""
    spec = {"nodeSelector": {CLOUD: "np-1"}, "tolerations": [toleration]}

    item = tried(model("admission", OLD), pod("pod", "dev1", spec))

    assert (item.pods[0].pools == ("cpu",)) == runs


def test_a_taint_that_only_discourages():
    """It keeps nobody off."""
    item = tried(model("admission", OLD, SOFT), pod("pod", "dev1", {"nodeSelector": {CLOUD: "np-1"}}))

    assert item.pods[0].pools == ("cpu",)


def test_what_is_not_known_is_said():
    """Labels of nodes that no document names, and affinity, are the scheduler's: they are noted, and decide nothing."""
    item = tried(
        model("admission"), pod("pod", "dev1", {"nodeSelector": {"disk": "ssd"}, "affinity": {"podAffinity": {}}})
    )

    notes = [one.message for one in findings(item) if one.outcome is Outcome.NOTE]
    assert [("disk" in note, "affinity" in note) for note in notes] == [(True, False), (False, True)]
    assert item.outcome is Outcome.PASSED


def test_a_refused_pod_is_told_the_refusal_alone():
    """A pod that a policy refuses for its pool is not told besides that no node has that label."""
    item = tried(model("admission"), pod("pod", "dev1", on("nowhere")))

    assert [one.stage for one in findings(item) if one.outcome is not Outcome.PASSED] == ["policy"]
