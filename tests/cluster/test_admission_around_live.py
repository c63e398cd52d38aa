"""The policies beside pods that people make: workloads and their controllers, older pods, ways round, Secrets, namespaces."""

from typing import Any

import pytest
from tests.cluster.admission_site import OLDER_JOBS, Site, pods_of, start, without_defaults
from tests.cluster.attempts import accepted, attempt, change, condition, found, live, refusal, remove
from tests.cluster.client import account_token
from tests.cluster.pod_rows import OWN, foreign, on
from tests.cluster.pods import CLOUD, POOL, job, long_running, named, pod, workload

CLAIMS = (
    ("a developer's pod is bound to its pool's nodes, through their taints", "test_the_scheduler_binds"),
    ("pods of Deployments, ReplicaSets and StatefulSets are completed and run", "test_workloads_that_stay"),
    ("Jobs end; their templates stay as they were written", "test_jobs_end"),
    ("CronJobs run", "test_cron_jobs_run"),
    ("DaemonSets of administrators run on a pool's nodes", "test_daemon_sets_of_administrators"),
    ("a refused template's reason stands where its owner looks", "test_refused_templates_tell_their_owner"),
    ("pods from before the policies lose finalizers and go", "test_older_pods_can_be_changed_and_deleted"),
    ("Jobs from before the policies end", "test_older_jobs_end"),
    ("Jobs from before the policies can be deleted with their pods", "test_older_jobs_are_collected"),
    ("a developer has no way round: 19 are refused", "test_there_is_no_way_round"),
    ("an owner writes plain Secrets only, a developer none", "test_owners_write_plain_secrets"),
    (
        "an owner replaces no Secret that somebody looks after, and reads none",
        "test_owners_replace_their_own_secrets_only",
    ),
    ("a controller that may read Secrets writes them of every type", "test_controllers_write_any_secret"),
    ("protected namespaces stay, that of a decommissioned group may go", "test_namespaces_are_kept"),
)


@pytest.fixture(scope="module")
def site(start_cluster) -> Site:
    return start(start_cluster)


@pytest.mark.own_nodes
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


@pytest.mark.own_nodes
@pytest.mark.parametrize("kind", ["Deployment", "ReplicaSet", "StatefulSet"])
def test_workloads_that_stay(site: Site, kind: str):
    """The pods of a controller are completed as everybody's, and run."""
    item = workload(kind, f"stays-{kind.lower()}", "dev1", replicas=2)
    assert not refusal(attempt(site.admin, item, dry=False))

    site.eventually(lambda: live(site.admin, item).get("status", {}).get("readyReplicas") == 2, "two pods run")

    for one in found(site.admin, pod("any", "dev1"), app=item["metadata"]["name"]):
        assert one["spec"]["nodeSelector"] == {POOL: "gpu-t4"}
        assert without_defaults(one) == OWN["dev1"]


@pytest.mark.own_nodes
def test_jobs_end(site: Site):
    """A developer's Job runs to its end, its pods' finalizers are taken off, and the template stays as it was written."""
    item = job("ends", "dev1", parallelism=2, completions=3)
    assert not refusal(attempt(site.bob, item, dry=False))

    site.eventually(
        lambda: condition(live(site.admin, item), "Complete").get("status") == "True", "the job is complete"
    )

    assert "nodeSelector" not in live(site.admin, item)["spec"]["template"]["spec"]
    assert all("finalizers" not in one["metadata"] for one in pods_of(site.admin, item))


@pytest.mark.own_nodes
def test_cron_jobs_run(site: Site):
    """A CronJob's Job and its pod come into being and end."""
    template = {"spec": job("any", "dev1")["spec"]}
    spec = {"schedule": "* * * * *", "jobTemplate": template}
    item = named("CronJob", "nightly", "dev1", "batch/v1", spec=spec)
    assert not refusal(attempt(site.bob, item, dry=False))
    missed = {"status": {"lastScheduleTime": "2026-11-22T00:00:00Z"}}  # so that it need not wait for the next minute
    assert not refusal(change(site.admin, item, missed, "status"))

    site.eventually(lambda: live(site.admin, item)["status"].get("lastSuccessfulTime"), "a run has ended well")


@pytest.mark.own_nodes
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
    waiting = pods_of(site.admin, item)[0]
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

    site.eventually(lambda: not pods_of(site.admin, item), "its pods are gone")


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
