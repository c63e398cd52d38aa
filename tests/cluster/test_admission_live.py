"""The policies on pods, on a real API server: completed exactly so, or refused with words that name the way out."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tests.cluster import pod_rows, pod_rows_of_people
from tests.cluster.admission_site import OLDER, POLICY, Site, start, without_defaults
from tests.cluster.attempts import STRATEGIC, accepted, attempt, change, condition, live, refusal
from tests.cluster.compiled import compiled
from tests.cluster.pod_rows import DEFAULT, NIGHTLY, OWN, SECRET, V100, Row, foreign, on, wide
from tests.cluster.pod_rows_of_people import gid, uid
from tests.cluster.pods import POOL, container, equal, exists, ids, long_running, named, pod

CLAIMS = (
    ("every validating policy passes the type check", "test_types_check"),
    ("116 pods are completed exactly so, or refused with the way out", "test_pod"),
    ("pods outside group namespaces are left alone", "test_pods_elsewhere_are_left_alone"),
    ("affinity to a foreign pool leads to no node", "test_affinity_to_a_foreign_pool_runs_nowhere"),
    (
        "containers added for debugging are judged as others, on older pods by what is added",
        "test_ephemeral_containers",
    ),
    ("an update is judged by what it adds, on older pods, too", "test_updates"),
    ("a gated pod cannot be sent to a foreign pool", "test_a_gated_pod_cannot_be_sent_elsewhere"),
    ("where annotations are missing or empty, no pod starts", "test_a_namespace_that_was_given_nothing_gets_nothing"),
    (
        "`linuxIdentity: enforced`: uid and gid must be stated for every container, and an image adds no groups",
        "test_identity_enforced",
    ),
    ("`linuxIdentity: off`: ids are free, all else is as before", "test_identity_off"),
)
ROWS = [*pod_rows.ROWS, *pod_rows_of_people.ROWS]


@pytest.fixture(scope="module")
def site(start_cluster) -> Site:
    return start(start_cluster)


@pytest.mark.parametrize("name", ["cubec-isolation", "cubec-protect-namespaces", "cubec-secrets"])
def test_types_check(site: Site, name: str):
    """The API server's own type check has no warning about a policy."""
    policy = named("ValidatingAdmissionPolicy", name, version="admissionregistration.k8s.io/v1")

    status = site.eventually(lambda: live(site.admin, policy).get("status"), "the policy is checked")

    assert status["typeChecking"] == {}


def test_rows_are_told_apart():
    """Each row of the table has a name of its own."""
    assert len({row.name for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_pod(site: Site, row: Row):
    """A pod of a group is completed exactly so, or refused with words that name the way out."""
    answer = attempt(site.admin, pod("pod", row.namespace, row.spec, **row.metadata))

    if row.by_kubernetes:
        assert row.refused in refusal(answer)
    elif row.refused:
        assert answer.status == 403
        assert refusal(answer) == f'pods "pod" is forbidden: {POLICY}{row.refused}'
    else:
        assert not refusal(answer)
        default = {**row.spec.get("nodeSelector", {}), **DEFAULT[row.namespace]}
        assert answer.body["spec"]["nodeSelector"] == (default if row.selector is None else row.selector)
        assert without_defaults(answer.body) == _expected_tolerations(row)


def _expected_tolerations(row: Row) -> list[dict[str, str]]:
    own = [{key: value for key, value in one.items() if value} for one in row.spec.get("tolerations", ())]
    return [*own, *(OWN[row.namespace] if row.added is None else row.added)]


def test_pods_elsewhere_are_left_alone(site: Site):
    """In a namespace without a group nothing is added and nothing refused."""
    answer = attempt(site.admin, pod("pod", "default", {**ids(runAsUser=0), "tolerations": [exists()], **on("secret")}))

    assert not refusal(answer)
    assert answer.body["spec"]["nodeSelector"] == {POOL: "secret"}
    assert without_defaults(answer.body) == [exists()]


def test_affinity_to_a_foreign_pool_runs_nowhere(site: Site):
    """A pod whose affinity wants a foreign pool gets its own pool's selector as well, and so no node at all."""
    spec = next(row.spec for row in ROWS if row.name == "affinity to a foreign pool only narrows")
    waiting = long_running("foreign-affinity", "dev1", spec)
    assert not refusal(attempt(site.admin, waiting, dry=False))

    said = site.eventually(
        lambda: condition(live(site.admin, waiting), "PodScheduled").get("message"), "the scheduler has a word"
    )

    assert re.match(r"0/\d+ nodes are available", said)
    assert "nodeName" not in live(site.admin, waiting)["spec"]


EPHEMERAL = [
    ("nothing", {}, ""),
    ("a member", ids(runAsUser=20003, runAsGroup=10001), ""),
    ("root", ids(runAsUser=0), uid("0")),
    ("a stranger", ids(runAsUser=20002), uid("20002")),
    ("a stranger's group", ids(runAsGroup=10002), gid("10002")),
]


@pytest.mark.parametrize(("context", "refused"), [row[1:] for row in EPHEMERAL], ids=[row[0] for row in EPHEMERAL])
@pytest.mark.parametrize("name", ["debugged", "older"])
def test_ephemeral_containers(site: Site, name: str, context: dict[str, Any], refused: str):
    """A container that is added for debugging is judged as others are; what a pod has from before is not held against it."""
    target = OLDER if name == "older" else long_running("debugged", "dev1")
    if not live(site.admin, target):
        assert not refusal(attempt(site.admin, target, dry=False))
    added = {"spec": {"ephemeralContainers": [container("debugger", **context)]}}

    answer = change(site.admin, target, added, "ephemeralcontainers", STRATEGIC, dry=True)

    assert refusal(answer).endswith(refused)
    assert accepted(answer) == (refused == "")


UPDATES = [
    ("an own toleration", [NIGHTLY], ""),
    ("a label", None, ""),
    ("every taint", [exists()], wide("every taint (a toleration without key)")),
    ("every reserved pool", [exists("cubec.io/pool")], wide("cubec.io/pool")),
    ("a foreign pool", [SECRET], wide("cubec.io/pool=secret")),
    ("an own one and a foreign one", [V100, SECRET], wide("cubec.io/pool=secret")),
]


@pytest.mark.parametrize(("more", "refused"), [row[1:] for row in UPDATES], ids=[row[0] for row in UPDATES])
@pytest.mark.parametrize("name", ["updated", "older"])
def test_updates(site: Site, name: str, more: list[dict[str, str]] | None, refused: str):
    """An update is judged by what it adds, on new pods and on those from before the policies."""
    target = OLDER if name == "older" else long_running("updated", "dev1")
    if not live(site.admin, target):
        assert not refusal(attempt(site.bob, target, dry=False))
    now = live(site.admin, target)["spec"]["tolerations"]
    patch = {"metadata": {"labels": {"touched": "yes"}}} if more is None else {"spec": {"tolerations": [*now, *more]}}

    answer = change(site.bob, target, patch, dry=True)

    assert refusal(answer).endswith(refused)
    assert accepted(answer) == (refused == "")


def test_a_gated_pod_cannot_be_sent_elsewhere(site: Site):
    """The selector of a pod that is held back may grow, but not by a foreign pool."""
    gated = pod("gated", "dev1", {"schedulingGates": [{"name": "example.com/gate"}]})
    assert not refusal(attempt(site.bob, gated, dry=False))

    hidden = change(site.bob, gated, {"spec": {"nodeSelector": {"cloud.example.com/hidden": "yes"}}}, dry=True)
    moved = change(site.bob, gated, {"spec": {"nodeSelector": {POOL: "secret"}}}, dry=True)

    assert refusal(hidden).endswith(foreign("hidden"))
    assert accepted(change(site.bob, gated, {"spec": {"nodeSelector": {"disk": "ssd"}}}, dry=True))
    assert not accepted(moved)


@pytest.mark.parametrize(
    "notes",
    [{}, {"cubec.io/pools": ""}, {"cubec.io/pools": ",", "cubec.io/default-pool": ""}],
    ids=["none", "empty", "commas"],
)
@pytest.mark.parametrize(
    "spec",
    [{}, on(""), on("gpu-t4"), {"tolerations": [equal("cubec.io/pool", "")]}],
    ids=["nothing", "unnamed", "named", "tolerating"],
)
def test_a_namespace_that_was_given_nothing_gets_nothing(site: Site, notes: dict[str, str], spec: dict[str, Any]):
    """Where a namespace's annotations are missing or empty, no pod starts: what is not said is not given."""
    name = f"bare-{len(notes)}"
    metadata = {"name": name, "labels": {"cubec.io/group": "bare"}, "annotations": notes}
    item = {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
    if not live(site.admin, item):
        assert not refusal(attempt(site.admin, item, dry=False))
    account = named("ServiceAccount", "default", name)
    site.eventually(lambda: live(site.admin, account), "the namespace has its account")

    answer = attempt(site.admin, pod("pod", name, spec))

    assert answer.status == 403
    assert refusal(answer).endswith("; the namespace has no pool yet: ask a platform owner for one")


@contextmanager
def _identity(site: Site, mode: str, spec: dict[str, Any]) -> Iterator[None]:
    """Policies of another ``linuxIdentity`` for a while; they count as soon as ``spec`` is answered differently than before."""
    probe = pod("probe", "dev1", spec)
    before = accepted(attempt(site.admin, probe))
    output = compiled("admission", ("linuxIdentity: checked", f'linuxIdentity: "{mode}"'))
    site.cluster.apply(documents=output.text("platform/admission.yaml"))
    site.eventually(lambda: accepted(attempt(site.admin, probe)) != before, f"identities are {mode}")
    yield
    site.cluster.apply(documents=site.output.text("platform/admission.yaml"))
    site.eventually(lambda: accepted(attempt(site.admin, probe)) == before, "identities are checked")


MEMBER = {"runAsUser": 20001, "runAsGroup": 10001}
STATE_UID = "the pod must state securityContext.runAsUser: write 20001 or 20003"
STATE_GID = "the pod must state securityContext.runAsGroup: write 10001"
OWN_UID = "runAsUser {} is not the uid of a member of namespace dev1; write 20001 or 20003"
STRICT = "securityContext.supplementalGroupsPolicy must be Strict, or the image could add groups; write Strict, or leave it out"
ENFORCED = [
    ({}, STATE_UID),
    (ids(runAsNonRoot=True), STATE_UID),
    (ids(runAsUser=20001), STATE_GID),
    (ids(runAsGroup=10001), STATE_UID),
    (ids(**MEMBER), ""),
    (ids(**MEMBER, fsGroup=10001), ""),
    (ids(**MEMBER, supplementalGroupsPolicy="Strict"), ""),
    (ids(**MEMBER, supplementalGroupsPolicy="Merge"), STRICT),
    ({"containers": [container(**ids(**MEMBER))]}, ""),
    ({"containers": [container(**ids(**MEMBER)), container("other")]}, STATE_UID),
    ({"containers": [container(**ids(**MEMBER)), container("other", **ids(runAsUser=20001))]}, STATE_GID),
    ({"containers": [container(**ids(**MEMBER))], "initContainers": [container("first")]}, STATE_UID),
    ({**ids(runAsUser=20001), "containers": [container(**ids(runAsGroup=10001))]}, ""),
    ({**ids(**MEMBER), "containers": [container(**ids(runAsUser=0))]}, OWN_UID.format(0)),
    (ids(runAsUser=1000, runAsGroup=10001), OWN_UID.format(1000)),
]


def test_identity_enforced(site: Site):
    """Where identities are enforced, a pod states a member's uid and the group's gid for every container, or is refused.

    What is not refused gets no groups from its image.
    """
    member = pod("pod", "dev1", ids(**MEMBER))
    with _identity(site, "enforced", {}):
        site.eventually(lambda: accepted(attempt(site.admin, member)), "pods are completed as well")
        said = [(spec, attempt(site.admin, pod("pod", "dev1", spec))) for spec, _ in ENFORCED]

    wanted = [(spec, f'pods "pod" is forbidden: {POLICY}{refused}' if refused else "") for spec, refused in ENFORCED]
    assert [(spec, refusal(answer)) for spec, answer in said] == wanted
    stated = [answer.body["spec"]["securityContext"] for _, answer in said if accepted(answer)]
    assert {one["supplementalGroupsPolicy"] for one in stated} == {"Strict"}


def test_identity_off(site: Site):
    """Where identities are off, ids are not looked at; everything else still is."""
    strangers = [row for row in ROWS if row.refused.startswith(("runAsUser", "runAsGroup"))]
    others = [row for row in ROWS if row.refused and row not in strangers]
    assert len(strangers) > 15

    with _identity(site, "off", ids(runAsUser=0)):
        said = {
            row.name: refusal(attempt(site.admin, pod("pod", row.namespace, row.spec, **row.metadata)))
            for row in (*strangers, *others)
        }

    assert [row.name for row in strangers if said[row.name]] == []
    assert [row.name for row in others if row.refused not in said[row.name]] == []
