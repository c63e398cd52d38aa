"""Rehearsals against the tables by which the live cluster is judged: the same pods, the same words, no cluster."""

from typing import Any

import pytest
from tests.cluster import pod_rows, pod_rows_of_people, test_admission_before_1_36_live, test_admission_live
from tests.cluster.pod_rows import DEFAULT, OWN, Row
from tests.cluster.pods import ids, pod
from tests.unit.rehearsal.rehearsing import against, findings, model, said, tried

from cubec.rehearsal.findings import ObjectRehearsal, Outcome

ROWS = [*pod_rows.ROWS, *pod_rows_of_people.ROWS]
BEFORE = test_admission_before_1_36_live
ENFORCED = ("linuxIdentity: checked", 'linuxIdentity: "enforced"')
OFF = ("linuxIdentity: checked", 'linuxIdentity: "off"')
OLD = ('kubernetes: "1.36"', 'kubernetes: "1.33"')
KYVERNO = ("capabilities: [kubeflow-training", "capabilities: [kyverno, kubeflow-training")


def policy(item: ObjectRehearsal) -> str:
    """The first refusal of a policy, which is the one that the API server tells."""
    return said([one for one in findings(item) if one.stage == "policy" and one.outcome is Outcome.REFUSED])


def rehearsed(row: Row, *changes: tuple[str, str]) -> ObjectRehearsal:
    return tried(model("admission", *changes), pod("pod", row.namespace, row.spec, **row.metadata))


def added(item: ObjectRehearsal, field: str) -> list[tuple[Any, str]]:
    mutations = [one for one in item.pods[0].mutations if field in one.field]
    return [(one.field[-1], one.after) for one in mutations]


def test_there_are_enough_rows():
    """Each policy on pods is judged by more than forty of them."""
    assert len({row.name for row in ROWS}) == len(ROWS)
    assert len(ROWS) >= 100
    assert len([row for row in ROWS if row.refused]) >= 40
    assert len([row for row in ROWS if not row.refused]) >= 40


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_pod(row: Row):
    """A pod is completed exactly so, or refused with the words that the live server uses."""
    item = rehearsed(row)

    if row.by_kubernetes:
        assert against(item, "kubernetes")
    elif row.refused:
        assert policy(item) == row.refused
        assert item.outcome is Outcome.REFUSED
    else:
        assert against(item, "policy", "kubernetes") == []
        own = row.spec.get("nodeSelector", {})
        wanted = {**own, **DEFAULT[row.namespace]} if row.selector is None else row.selector
        assert {**own, **dict(added(item, "nodeSelector"))} == wanted
        tolerations = OWN[row.namespace] if row.added is None else row.added
        assert [text for _, text in added(item, "tolerations")] == [
            f"{one['key']}={one['value']}:{one['effect']}" for one in tolerations
        ]


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_pods_completed_by_kyverno(row: Row):
    """Where Kyverno completes pods, its policy says the same, so the rehearsal does, too."""
    item = rehearsed(row, OLD, KYVERNO)

    assert [(one.field, one.after) for one in item.pods[0].mutations] == [
        (one.field, one.after) for one in rehearsed(row).pods[0].mutations
    ]
    assert row.by_kubernetes or policy(item) == row.refused


@pytest.mark.parametrize(("spec", "refused"), test_admission_live.ENFORCED)
def test_identity_enforced(spec: dict[str, Any], refused: str):
    """Where identities are enforced, a pod states a member's uid and the group's gid for every container, or is refused."""
    assert policy(tried(model("admission", ENFORCED), pod("pod", "dev1", spec))) == refused


@pytest.mark.parametrize("spec", [spec for spec, refused in test_admission_live.ENFORCED if not refused])
def test_an_enforced_identity_has_no_groups_of_the_image(spec: dict[str, Any]):
    """What does not say how groups are put together is completed, for a reason that the rehearsal names with its line."""
    item = tried(model("admission", ENFORCED), pod("pod", "dev1", spec))
    found = [one for one in item.pods[0].mutations if "securityContext" in one.field]

    stated = "supplementalGroupsPolicy" in spec.get("securityContext", {})
    wanted = ("spec", "securityContext", "supplementalGroupsPolicy"), "Strict", "an image adds no groups to a member's"
    assert [(one.field, one.after, one.why) for one in found] == ([] if stated else [wanted])
    assert all(one.source for one in found), found


def test_identity_off():
    """Where identities are off, ids are not looked at; everything else still is."""
    off = {row.name: policy(rehearsed(row, OFF)) for row in ROWS if not row.by_kubernetes}
    strangers = {row.name for row in ROWS if row.refused.startswith(("runAsUser", "runAsGroup"))}

    assert len(strangers) > 15
    assert [name for name in strangers if off[name]] == []
    assert [
        row.name for row in ROWS if row.name in off and row.name not in strangers and off[row.name] != row.refused
    ] == []
    assert policy(tried(model("admission", OFF), pod("pod", "dev1", ids(runAsUser=0)))) == ""


@pytest.mark.parametrize(("name", "namespace", "spec"), BEFORE.ALLOWED, ids=[row[0] for row in BEFORE.ALLOWED])
def test_allowed_where_nothing_completes_pods(name: str, namespace: str, spec: dict[str, Any]):
    """A pod that names its pool, or need not, passes, and nothing is added to it."""
    item = tried(model("admission", OLD), pod("pod", namespace, spec))

    assert against(item, "policy", "kubernetes") == []
    assert added(item, "nodeSelector") == added(item, "tolerations") == []


@pytest.mark.parametrize(
    ("name", "namespace", "spec", "refused"), BEFORE.REFUSED, ids=[row[0] for row in BEFORE.REFUSED]
)
def test_refused_where_nothing_completes_pods(name: str, namespace: str, spec: dict[str, Any], refused: str):
    """A pod that must name its pool and does not is told the line to add."""
    assert policy(tried(model("admission", OLD), pod("pod", namespace, spec))) == refused
