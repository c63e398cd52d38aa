"""The admission policies on a real API server: what becomes of pods, Secrets and namespaces, whoever makes them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from tests.cluster.attempts import STRATEGIC, accepted, attempt, change, condition, found, live, refusal, remove
from tests.cluster.client import Client, account_token
from tests.cluster.compiled import Output, compiled
from tests.cluster.pod_rows import (
    DEFAULT,
    NIGHTLY,
    NODE_NAME,
    OWN,
    ROWS,
    SECRET,
    V100,
    Row,
    foreign,
    gid,
    on,
    uid,
    wide,
)
from tests.cluster.pods import CLOUD, POOL, container, equal, exists, ids, job, long_running, named, pod, workload

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


@pytest.fixture(scope="module")
def site(start_cluster) -> Site:
    """A cluster with pods that are older than the policies, and with the policies in force."""
    cluster, output = start_cluster(nodes=[{**node, "taints": _taints(node)} for node in NODES]), compiled("admission")
    admin = Client(cluster.kubeconfig)
    cluster.apply(documents=output.text(*EVERYTHING_BUT_POLICIES))
    cluster.apply(documents=output.text(*GROUPS))
    unlisted = named("PriorityClass", "unlisted", version="scheduling.k8s.io/v1", value=5)
    for item in (unlisted, OLDER, *OLDER_JOBS):
        assert not refusal(attempt(admin, item, dry=False))
    for item in OLDER_JOBS:
        cluster.eventually(lambda item=item: _pods(admin, item), "the older job has a pod")
    cluster.apply(documents=output.text("platform/admission.yaml"))
    people = (admin.user(account_token(admin, "cubec-users", name)) for name in ("bob", "amy"))
    made = Site(cluster, admin, *people, output)
    _wait_for_policies(made)
    return made


def _taints(node: dict[str, Any]) -> list[dict[str, str]]:
    return [{key: value for key, value in taint.items() if key != "operator"} for taint in node.get("taints", [])]


def _wait_for_policies(site: Site) -> None:
    completed, placed = pod("probe", "dev1"), pod("probe", "dev1", {"nodeName": "worker01"})
    secret = named("Secret", "probe", "dev1", type="kubernetes.io/basic-auth", data={"password": ""})
    site.eventually(lambda: "nodeSelector" in attempt(site.admin, completed).body["spec"], "pods are completed")
    site.eventually(lambda: NODE_NAME in refusal(attempt(site.admin, placed)), "pods are judged")
    site.eventually(lambda: "Opaque" in refusal(attempt(site.amy, secret)), "Secrets are judged")
    site.eventually(lambda: refusal(remove(site.admin, named("Namespace", "dev1"), dry=True)), "namespaces are kept")


def _pods(admin: Client, owner: dict[str, Any]) -> list[dict[str, Any]]:
    """The pods that a workload has made."""
    owner_name = owner["metadata"]["name"]
    pods = found(admin, pod("any", owner["metadata"]["namespace"]))
    return [one for one in pods if owner_name in {ref["name"] for ref in one["metadata"].get("ownerReferences", ())}]


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
        assert _without_defaults(answer.body) == _expected_tolerations(row)


def _without_defaults(item: dict[str, Any]) -> list[dict[str, str]]:
    """A pod's tolerations but for the two that Kubernetes gives to every pod."""
    keys = {"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}
    defaults = [{**exists(key, "NoExecute"), "tolerationSeconds": 300} for key in keys]
    return [one for one in item["spec"]["tolerations"] if one not in defaults]


def _expected_tolerations(row: Row) -> list[dict[str, str]]:
    own = [{key: value for key, value in one.items() if value} for one in row.spec.get("tolerations", ())]
    return [*own, *(OWN[row.namespace] if row.added is None else row.added)]


def test_pods_elsewhere_are_left_alone(site: Site):
    """In a namespace without a group nothing is added and nothing refused."""
    answer = attempt(site.admin, pod("pod", "default", {**ids(runAsUser=0), "tolerations": [exists()], **on("secret")}))

    assert not refusal(answer)
    assert answer.body["spec"]["nodeSelector"] == {POOL: "secret"}
    assert _without_defaults(answer.body) == [exists()]


def test_affinity_to_a_foreign_pool_runs_nowhere(site: Site):
    """A pod whose affinity wants a foreign pool gets its own pool's selector as well, and so no node at all."""
    spec = next(row.spec for row in ROWS if row.name == "affinity to a foreign pool only narrows")
    waiting = long_running("foreign-affinity", "dev1", spec)
    assert not refusal(attempt(site.admin, waiting, dry=False))

    said = site.eventually(
        lambda: condition(live(site.admin, waiting), "PodScheduled").get("message"), "the scheduler has a word"
    )

    assert "0/5 nodes are available" in said
    assert "nodeName" not in live(site.admin, waiting)["spec"]


@pytest.mark.parametrize(
    ("spec", "node"),
    [({}, "worker"), (on("v100"), "big01"), ({"nodeSelector": {CLOUD: "np-1"}}, "np-1")],
    ids=["default", "reserved", "cloud"],
)
def test_the_scheduler_binds(site: Site, spec: dict[str, Any], node: str):
    """A developer's pod runs on the pool's nodes, through their taints."""
    mine = long_running(f"bound-{node}", "dev1", spec)
    assert not refusal(attempt(site.bob, mine, dry=False))

    running = site.eventually(
        lambda: (now := live(site.admin, mine))["status"]["phase"] == "Running" and now, "the pod runs"
    )

    assert running["spec"]["nodeName"].startswith(node)
    assert running["spec"]["priorityClassName"] == "normal"


@pytest.mark.parametrize("kind", ["Deployment", "ReplicaSet", "StatefulSet"])
def test_workloads_that_stay(site: Site, kind: str):
    """The pods of a controller are completed as everybody's, and run."""
    item = workload(kind, f"stays-{kind.lower()}", "dev1", replicas=2)
    assert not refusal(attempt(site.admin, item, dry=False))

    site.eventually(lambda: live(site.admin, item).get("status", {}).get("readyReplicas") == 2, "two pods run")

    for one in found(site.admin, pod("any", "dev1"), app=item["metadata"]["name"]):
        assert one["spec"]["nodeSelector"] == {POOL: "gpu-t4"}
        assert _without_defaults(one) == OWN["dev1"]


def test_jobs_end(site: Site):
    """A developer's Job runs to its end, its pods' finalizers are taken off, and the template stays as it was written."""
    item = job("ends", "dev1", parallelism=2, completions=3)
    assert not refusal(attempt(site.bob, item, dry=False))

    site.eventually(
        lambda: condition(live(site.admin, item), "Complete").get("status") == "True", "the job is complete"
    )

    assert "nodeSelector" not in live(site.admin, item)["spec"]["template"]["spec"]
    assert all("finalizers" not in one["metadata"] for one in _pods(site.admin, item))


def test_cron_jobs_run(site: Site):
    """A CronJob's Job and its pod come into being and end."""
    template = {"spec": job("any", "dev1")["spec"]}
    spec = {"schedule": "* * * * *", "jobTemplate": template}
    item = named("CronJob", "nightly", "dev1", "batch/v1", spec=spec)
    assert not refusal(attempt(site.bob, item, dry=False))
    missed = {"status": {"lastScheduleTime": "2026-11-22T00:00:00Z"}}  # so that it need not wait for the next minute
    assert not refusal(change(site.admin, item, missed, "status"))

    site.eventually(lambda: live(site.admin, item)["status"].get("lastSuccessfulTime"), "a run has ended well")


def test_daemon_sets_of_administrators(site: Site):
    """A DaemonSet that an administrator makes for a pool has a pod on each of its nodes; what daemons tolerate is let in."""
    item = workload("DaemonSet", "exporter", "dev1", on("gpu-t4"))
    assert not refusal(attempt(site.admin, item, dry=False))

    site.eventually(lambda: live(site.admin, item).get("status", {}).get("numberReady") == 2, "a pod on each node runs")

    tolerated = {one["key"] for one in found(site.admin, pod("any", "dev1"), app="exporter")[0]["spec"]["tolerations"]}
    assert "node.kubernetes.io/disk-pressure" in tolerated


def test_refused_templates_tell_their_owner(site: Site):
    """Where a template's pods are refused, the reason stands where people look: in the condition of the Deployment, in the Job's events."""
    deployment, lost = workload("Deployment", "lost", "dev1", on("secret")), job("lost", "dev1", on("secret"))
    for item in (deployment, lost):
        assert not refusal(attempt(site.bob, item, dry=False))

    failure = site.eventually(
        lambda: condition(live(site.admin, deployment), "ReplicaFailure"), "the Deployment says so"
    )
    event = named("Event", "any", "dev1")
    said = site.eventually(
        lambda: [
            one["message"]
            for one in found(site.bob, event)
            if one["involvedObject"]["name"] == "lost" and one["reason"] == "FailedCreate"
        ],
        "the Job has an event",
    )

    assert foreign("secret") in failure["message"]
    assert any(foreign("secret") in message for message in said)


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


def test_older_pods_can_be_changed_and_deleted(site: Site):
    """A pod from before the policies that breaks all of them loses its finalizer and goes; nothing jams."""
    target = long_running("older", "dev1")

    for patch in ({"labels": {"touched": "yes"}}, {"annotations": {"touched": "yes"}}, {"finalizers": None}):
        assert not refusal(change(site.bob, target, {"metadata": patch}))
    assert not refusal(remove(site.bob, target))

    site.eventually(lambda: not live(site.admin, target), "the pod is gone")


def test_older_jobs_end(site: Site):
    """A Job from before the policies: its pod ends as the kubelet says, and the controller takes its finalizer off."""
    item = OLDER_JOBS[0]
    waiting = _pods(site.admin, item)[0]
    assert waiting["metadata"]["finalizers"] == ["batch.kubernetes.io/job-tracking"]
    kind = named("Pod", waiting["metadata"]["name"], "dev1")

    assert not refusal(change(site.admin, kind, {"status": {"phase": "Succeeded"}}, "status"))

    site.eventually(
        lambda: condition(live(site.admin, item), "Complete").get("status") == "True", "the job is complete"
    )
    site.eventually(lambda: "finalizers" not in live(site.admin, kind)["metadata"], "the pod has no finalizer")


def test_older_jobs_are_collected(site: Site):
    """A Job from before the policies can be deleted, and its pods go with it."""
    item = OLDER_JOBS[1]
    assert not refusal(remove(site.bob, item))

    site.eventually(lambda: not _pods(site.admin, item), "its pods are gone")


GROUPLESS = {"metadata": {"labels": {"cubec.io/group": None}}}
ROUNDABOUT = [
    ("takes the group's label off", "PATCH", "/api/v1/namespaces/dev1", GROUPLESS),
    (
        "names more pools",
        "PATCH",
        "/api/v1/namespaces/dev1",
        {"metadata": {"annotations": {"cubec.io/pools": "secret"}}},
    ),
    ("finalizes the namespace", "PUT", "/api/v1/namespaces/dev1/finalize", named("Namespace", "dev1")),
    ("makes a namespace", "POST", "/api/v1/namespaces", named("Namespace", "bobs")),
    ("starts a pod where no group is", "POST", "/api/v1/namespaces/default/pods", pod("pod", "default")),
    ("starts a pod in the system", "POST", "/api/v1/namespaces/kube-system/pods", pod("pod", "kube-system")),
    ("starts a pod beside the accounts", "POST", "/api/v1/namespaces/cubec-users/pods", pod("pod", "cubec-users")),
    ("starts a pod in dev2", "POST", "/api/v1/namespaces/dev2/pods", pod("pod", "dev2")),
    (
        "binds a pod to a node",
        "POST",
        "/api/v1/namespaces/dev1/pods/older/binding",
        named("Binding", "older", "dev1", target={"kind": "Node", "name": "secret01"}),
    ),
    (
        "binds by the old way",
        "POST",
        "/api/v1/namespaces/dev1/bindings",
        named("Binding", "older", "dev1", target={"kind": "Node", "name": "secret01"}),
    ),
    ("debugs a pod", "PATCH", "/api/v1/namespaces/dev1/pods/older/ephemeralcontainers", {"spec": {}}),
    ("says what became of a pod", "PATCH", "/api/v1/namespaces/dev1/pods/older/status", {"status": {}}),
    ("labels a node", "PATCH", "/api/v1/nodes/secret01", {"metadata": {"labels": {POOL: "gpu-t4"}}}),
    (
        "unbinds the policy",
        "DELETE",
        "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/cubec-isolation",
        None,
    ),
    (
        "changes the policy",
        "PATCH",
        "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/cubec-isolation",
        {"spec": {}},
    ),
    (
        "offers a priority",
        "POST",
        "/apis/scheduling.k8s.io/v1/priorityclasses",
        named("PriorityClass", "bobs", version="scheduling.k8s.io/v1", value=9),
    ),
    ("makes a DaemonSet", "POST", "/apis/apps/v1/namespaces/dev1/daemonsets", workload("DaemonSet", "bobs", "dev1")),
    (
        "raises the quota",
        "PATCH",
        "/api/v1/namespaces/dev1/resourcequotas/quota",
        {"spec": {"hard": {"requests.nvidia.com/gpu": "9"}}},
    ),
    (
        "takes an account's token",
        "POST",
        "/api/v1/namespaces/dev1/serviceaccounts/workload/token",
        named("TokenRequest", "", version="authentication.k8s.io/v1", spec={}),
    ),
]


@pytest.mark.parametrize(
    ("method", "path", "body"), [row[1:] for row in ROUNDABOUT], ids=[row[0] for row in ROUNDABOUT]
)
def test_there_is_no_way_round(site: Site, method: str, path: str, body: Any):
    """What a developer could try to get round the policies is not theirs to do."""
    kind = "application/merge-patch+json" if method == "PATCH" else ""

    answer = site.bob.ask(method, f"{path}?dryRun=All", body, kind)

    assert answer.status == 403
    assert 'User "system:serviceaccount:cubec-users:bob" cannot' in refusal(answer)


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


SECRETS = [
    ("a plain one", {}, ""),
    ("a plain one by its name", {"type": "Opaque"}, ""),
    ("an empty type", {"type": ""}, ""),
    ("a pull secret", {"type": "kubernetes.io/dockerconfigjson", "stringData": {".dockerconfigjson": "{}"}}, "type"),
    ("an account's token", {"type": "kubernetes.io/service-account-token"}, "type"),
    ("a password", {"type": "kubernetes.io/basic-auth", "stringData": {"username": "x"}}, "type"),
    ("a type of one's own", {"type": "example.com/x"}, "type"),
    ("a node's way in", {"type": "bootstrap.kubernetes.io/token"}, "type"),
]
ONLY_OPAQUE = "only Secrets of type Opaque can be written here: leave type out"
MANAGED = "a controller looks after this Secret: write one of another name"
SECRETS_POLICY = "ValidatingAdmissionPolicy 'cubec-secrets' with binding 'cubec-secrets' denied request: "


def _secret(name: str, body: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    notes = {"annotations": {"kubernetes.io/service-account.name": "workload"}}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": "dev1", **notes, **metadata},
        **body,
    }


@pytest.mark.parametrize(("body", "refused"), [row[1:] for row in SECRETS], ids=[row[0] for row in SECRETS])
def test_owners_write_plain_secrets(site: Site, body: dict[str, Any], refused: str):
    """An owner, who cannot read Secrets, makes plain ones and no others; a developer makes none."""
    answer = attempt(site.amy, _secret("new", body))

    assert refusal(answer).endswith(SECRETS_POLICY + ONLY_OPAQUE if refused else "")
    assert accepted(answer) == (not refused)
    assert 'cannot create resource "secrets"' in refusal(attempt(site.bob, _secret("new", body)))


def test_owners_replace_their_own_secrets_only(site: Site):
    """An owner replaces what they wrote, and not what a controller, the compiler or another object looks after."""
    owner = live(site.admin, named("Namespace", "dev1"))["metadata"]["uid"]
    reference = [{"apiVersion": "v1", "kind": "Namespace", "name": "dev1", "uid": owner}]
    mine = _secret("mine", {"stringData": {"a": "1"}})
    labelled = _secret(
        "labelled", {"stringData": {"a": "1"}}, labels={"app.kubernetes.io/managed-by": "external-secrets"}
    )
    owned = _secret("owned", {"stringData": {"a": "1"}}, ownerReferences=reference)
    assert not refusal(attempt(site.amy, mine, dry=False))
    for item in (labelled, owned):
        assert not refusal(attempt(site.admin, item, dry=False))

    replaced = {
        name: site.amy.ask(
            "PUT", f"/api/v1/namespaces/dev1/secrets/{name}?dryRun=All", _secret(name, {"stringData": {"a": "2"}})
        )
        for name in ("mine", "labelled", "owned")
    }

    assert not refusal(replaced["mine"])
    assert refusal(replaced["labelled"]).endswith(SECRETS_POLICY + MANAGED)
    assert refusal(replaced["owned"]).endswith(SECRETS_POLICY + MANAGED)
    assert 'cannot get resource "secrets"' in refusal(site.amy.ask("GET", "/api/v1/namespaces/dev1/secrets/mine"))


def test_controllers_write_any_secret(site: Site):
    """A controller that may read the namespace's Secrets anyway writes those of every type, and replaces managed ones."""
    rbac, name = "rbac.authorization.k8s.io/v1", "secret-controller"
    rules = [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "create", "update"]}]
    subjects = [{"kind": "ServiceAccount", "name": name, "namespace": "default"}]
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name}
    managed = _secret("managed", {}, labels={"app.kubernetes.io/managed-by": "external-secrets"})
    for item in (
        named("ServiceAccount", name, "default"),
        named("Role", name, "dev1", rbac, rules=rules),
        named("RoleBinding", name, "dev1", rbac, subjects=subjects, roleRef=reference),
        managed,
    ):
        assert not refusal(attempt(site.admin, item, dry=False))
    controller = site.admin.user(account_token(site.admin, "default", name))

    for _, body, _ in SECRETS[3:]:
        assert not refusal(attempt(controller, _secret("new", body)))
    assert not refusal(controller.ask("PUT", "/api/v1/namespaces/dev1/secrets/managed?dryRun=All", managed))


PROTECTED = (
    "ValidatingAdmissionPolicy 'cubec-protect-namespaces' with binding 'cubec-protect-namespaces' denied request: "
)
NAMESPACES = [
    ("dev1", "namespace dev1 is protected: set state: decommissioned in the file of group dev1 first"),
    ("cubec-users", "namespace cubec-users is protected: it belongs to the platform"),
    ("cubec-system", "namespace cubec-system is protected: it belongs to the platform"),
    ("leaving", ""),
]


@pytest.mark.parametrize(("name", "refused"), NAMESPACES)
def test_namespaces_are_kept(site: Site, name: str, refused: str):
    """Nobody deletes a protected namespace, not even an administrator; that of a decommissioned group may go."""
    answer = remove(site.admin, named("Namespace", name), dry=True)

    assert refusal(answer).endswith(PROTECTED + refused if refused else "")
    assert accepted(answer) == (not refused)
    assert 'cannot delete resource "namespaces"' in refusal(remove(site.bob, named("Namespace", name), dry=True))


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
ENFORCED = [
    ({}, STATE_UID),
    (ids(runAsNonRoot=True), STATE_UID),
    (ids(runAsUser=20001), STATE_GID),
    (ids(runAsGroup=10001), STATE_UID),
    (ids(**MEMBER), ""),
    (ids(**MEMBER, fsGroup=10001), ""),
    ({"containers": [container(**ids(**MEMBER))]}, ""),
    ({"containers": [container(**ids(**MEMBER)), container("other")]}, STATE_UID),
    ({"containers": [container(**ids(**MEMBER)), container("other", **ids(runAsUser=20001))]}, STATE_GID),
    ({"containers": [container(**ids(**MEMBER))], "initContainers": [container("first")]}, STATE_UID),
    ({**ids(runAsUser=20001), "containers": [container(**ids(runAsGroup=10001))]}, ""),
    ({**ids(**MEMBER), "containers": [container(**ids(runAsUser=0))]}, OWN_UID.format(0)),
    (ids(runAsUser=1000, runAsGroup=10001), OWN_UID.format(1000)),
]


def test_identity_enforced(site: Site):
    """Where identities are enforced, a pod states a member's uid and the group's gid for every container, or is refused."""
    with _identity(site, "enforced", {}):
        said = [(spec, refusal(attempt(site.admin, pod("pod", "dev1", spec)))) for spec, _ in ENFORCED]

    wanted = [(spec, f'pods "pod" is forbidden: {POLICY}{refused}' if refused else "") for spec, refused in ENFORCED]
    assert said == wanted


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
