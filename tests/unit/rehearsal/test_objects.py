"""Objects of every kind: which pods they make, whose rights they need, and which policies speak of them."""

import json
from dataclasses import replace
from typing import Any

import pytest
from tests.cluster.compiled import PLATFORMS
from tests.cluster.pod_rows import on
from tests.cluster.pods import container, exists, ids, job, named, pod, workload
from tests.cluster.test_admission_around_live import ONLY_OPAQUE, SECRETS
from tests.examples import platform
from tests.unit.rehearsal.rehearsing import against, everything, findings, made, model, said, tried

from cubec.diagnostics import Position
from cubec.rehearsal import kinds, policies, rehearse, rights, submitted
from cubec.rehearsal.findings import Outcome, Rehearsal, worst
from cubec.rehearsal.policies import Asked, Requester
from cubec.rehearsal.templates import templates

POD = {"spec": {"containers": [container()]}}


def value(kind: str, **spec: Any) -> dict[str, Any]:
    return {"apiVersion": "x/v1", "kind": kind, "metadata": {"name": "x"}, "spec": spec}


@pytest.mark.parametrize(
    ("item", "counts"),
    [
        (pod("one", "dev1"), [1]),
        (job("one", "dev1"), [1]),
        (job("one", "dev1", parallelism=4), [4]),
        (job("one", "dev1", parallelism=4, completions=2), [2]),
        (job("one", "dev1", parallelism=0), [0]),
        (job("one", "dev1", parallelism="4"), [1]),
        (workload("Deployment", "one", "dev1", replicas=3), [3]),
        (value("CronJob", jobTemplate={"spec": {"parallelism": 2, "template": POD}}), [2]),
        (value("TFJob", tfReplicaSpecs={"PS": {"template": POD}, "Worker": {"replicas": 4, "template": POD}}), [1, 4]),
        (
            value("RayCluster", headGroupSpec={"template": POD}, workerGroupSpecs=[{"replicas": 2, "template": POD}]),
            [1, 2],
        ),
        (value("LeaderWorkerSet", replicas=2, leaderWorkerTemplate={"size": 4, "workerTemplate": POD}), [8]),
        (
            value(
                "LeaderWorkerSet",
                replicas=2,
                leaderWorkerTemplate={"size": 4, "leaderTemplate": POD, "workerTemplate": POD},
            ),
            [2, 6],
        ),
        (value("Notebook", template=POD), [1]),
        ({"apiVersion": "v1", "kind": "PodTemplate", "metadata": {"name": "x"}, "template": POD}, [1]),
        (value("Workflow", templates=[{"name": "a", "container": {"image": "x"}}]), []),
    ],
)
def test_templates(item: dict[str, Any], counts: list[int]):
    """Whatever makes pods says how many by its template's neighbours."""
    assert [one.count for one in templates(item)] == counts


@pytest.mark.parametrize(
    ("group", "kind", "plural"),
    [
        ("", "Pod", "pods"),
        ("batch", "CronJob", "cronjobs"),
        ("networking.k8s.io", "NetworkPolicy", "networkpolicies"),
        ("networking.k8s.io", "Ingress", "ingresses"),
        ("", "Endpoints", "endpoints"),
        ("kubeflow.org", "PyTorchJob", "pytorchjobs"),
        ("example.com", "Policy", "policies"),
        ("example.com", "Batch", "batches"),
        ("example.com", "Thing", "things"),
    ],
)
def test_plurals(group: str, kind: str, plural: str):
    """Known kinds have their known plural; others the one that English makes."""
    assert kinds.resource(group, kind) == plural


@pytest.mark.parametrize(("body", "refused"), [row[1:] for row in SECRETS], ids=[row[0] for row in SECRETS])
@pytest.mark.parametrize("user", ["", "amy"])
def test_owners_write_plain_secrets(body: dict[str, Any], refused: str, user: str):
    """An owner makes plain Secrets and no others, as on the live cluster, whether their name is given or not."""
    item = tried(model("admission"), {**named("Secret", "one", "dev1"), **body}, user=user)

    assert said([one for one in item.findings if one.stage == "policy"]) == (ONLY_OPAQUE if refused else "")
    assert (item.outcome is Outcome.REFUSED) == bool(refused)


def test_rights():
    """Who may not create an object is refused, at the line of their role; who may is told through which."""
    secret = named("Secret", "one", "dev1")

    owner, developer = (tried(model("admission"), secret, user=user).findings[0] for user in ("amy", "bob"))

    assert (owner.outcome, developer.outcome) == (Outcome.PASSED, Outcome.REFUSED)
    assert developer.message == "bob is developer in dev1, which does not give create on secrets"
    assert owner.source is not None
    assert developer.source is not None
    assert developer.source.line != owner.source.line


def test_an_unknown_user_is_a_question_that_means_nothing():
    """A name that nobody has is not answered with a refusal."""
    with pytest.raises(rights.UnknownError, match="did you mean"):
        tried(model("admission"), pod("one", "dev1"), user="bbo")


def test_members_by_the_provider():
    """Whether a group of the provider would give it depends on who is in there, so the way to say so is named."""
    identity = (
        "  identity: {mode: oidc, issuer: https://id.example.com, clientID: k8s, usernameClaim: sub,"
        ' usernamePrefix: "o:", groupsClaim: groups, groupsPrefix: "o:"}'
    )
    server = "  server: https://ack.example.com:6443\n"
    oidc = (server, f"{server}{identity}\n")
    member = ("- {user: bob, role: developer}", "- {oidcGroup: team, role: developer}")
    subject = ("spec: {uid: 20003,", "spec: {uid: 20003, subject: amy,")

    item = tried(model("admission", oidc, member, subject), pod("one", "dev2"), user="amy")
    assert "--oidc-group" not in findings(item)[0].hint
    item = tried(
        model("admission", oidc, member, ("    - {user: amy, role: owner}\n", ""), subject),
        pod("one", "dev1"),
        user="amy",
    )
    assert "--oidc-group" in findings(item)[0].hint


def test_what_belongs_to_the_cluster():
    """No group creates what belongs to the whole cluster; nothing else is said of it."""
    item = tried(model("admission"), {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "x"}})

    assert against(item) == ["a Namespace belongs to the whole cluster, and no group may create one"]


def test_what_makes_pods_that_nobody_knows():
    """An object whose pods only its controller knows is admitted, with a note that says so."""
    item = tried(model("admission"), named("Workflow", "one", "dev1", "argoproj.io/v1alpha1", spec={"templates": []}))

    assert [(one.outcome, one.stage) for one in item.findings] == [(Outcome.NOTE, "pods")]
    assert item.outcome is Outcome.PASSED


def test_claims_that_no_document_gives():
    """A claim that nobody gave is noted with those that there are; one that was given is not."""

    def mounting(name: str) -> dict[str, Any]:
        return pod("one", "dev1", {"volumes": [{"name": "a", "persistentVolumeClaim": {"claimName": name}}]})

    lost = tried(model("admission"), mounting("lost"))

    assert [one.message for one in findings(lost) if one.stage == "volumes"] == [
        "no document gives namespace dev1 a claim lost: without one the pod never starts"
    ]
    assert lost.outcome is Outcome.PASSED


def test_accounts():
    """A pod runs as an account of its namespace, and no other."""
    good, bad = (
        tried(model("admission"), pod("one", "dev1", {"serviceAccountName": name})) for name in ("workload", "x")
    )

    assert against(good) == []
    assert against(bad) == ['namespace dev1 has no account "x"']


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"containers": []}, "a pod has at least one container"),
        ({"containers": [{"image": "x"}]}, "a container must state its name"),
        ({"containers": [{"name": "x"}]}, "a container must state its image"),
    ],
)
def test_what_kubernetes_does_not_take(spec: dict[str, Any], message: str):
    """A pod that the API server does not take is told so."""
    assert message in against(tried(model("admission"), pod("one", "dev1", spec)), "kubernetes")


@pytest.mark.parametrize(
    ("spec", "field", "line"),
    [
        (on("secret"), "nodeSelector", "pools: [gpu-t4, v100, cpu]"),
        ({"tolerations": [exists()]}, "tolerations", "pools: [gpu-t4, v100, cpu]"),
        ({"nodeName": "worker01"}, "nodeName", "name: ack"),
        ({"priorityClassName": "unlisted"}, "priorityClassName", "- {name: normal, value: 1000, default: true}"),
        (ids(runAsUser=0), "securityContext", "- {user: bob, role: developer}"),
        ({"containers": [container(**ids(runAsUser=0))]}, "containers", "- {user: bob, role: developer}"),
        (ids(fsGroup=7), "securityContext", "gid: 10001"),
        ({"containers": [container(cards=3)]}, "containers", "perPod: {gpu: 2(V100)}"),
    ],
)
def test_a_refusal_has_both_lines(spec: dict[str, Any], field: str, line: str):
    """The field that a rule speaks of is pointed at, and the line of a tenant that says what is allowed."""
    value = pod("one", "dev1", spec)
    text = json.dumps(value, indent=1)
    (item,) = everything(model("admission"), text.encode()).objects

    (finding,) = [one for one in findings(item) if one.stage == "policy" and one.outcome is Outcome.REFUSED]

    assert finding.at is not None
    assert f'"{field}":' in text.splitlines()[finding.at.line - 1]
    assert finding.source is not None
    assert line in written_at(finding.source)


def written_at(place: Position) -> str:
    """The line of the platform's documents; the first ones of a document stand for its name."""
    files = dict(platform((PLATFORMS / "admission.yaml").read_text()))
    lines = files[place.path].decode().splitlines()
    return lines[place.line - 1] if place.line > 1 else "\n".join(lines[:4])


def test_a_policy_that_cannot_be_evaluated_refuses():
    """As the policies want it, a failure is a refusal and never an admission; a message that fails is replaced by the plain one."""
    scene = made(model("admission"), "dev1")
    namespace = scene.namespace("dev1").value
    asked = Asked("", "v1", "pods", {"metadata": {}, "spec": {"containers": 1}}, namespace, Requester())
    item = tried(
        model("admission"),
        pod("one", "dev1", {"containers": [container(resources={"limits": {"nvidia.com/gpu": "1500m"}})]}),
    )

    assert all(one.message for one in policies.judged(scene, asked) if one.number == 7)
    assert any("cannot be evaluated" in one.message for one in policies.judged(scene, asked))
    assert "cannot be evaluated" in against(item, "policy")[0]
    rule = {"expression": "false", "message": "plain", "messageExpression": "nowhere.at.all"}
    assert policies._said(rule, {}) == "plain"
    assert policies._said({**rule, "messageExpression": "'a\\nb'"}, {}) == "plain"


def test_a_mutation_that_cannot_be_evaluated_refuses():
    """The same holds for what completes pods."""
    scene = made(model("admission"), "dev1")
    asked = Asked("", "v1", "pods", {"metadata": {}}, scene.namespace("dev1").value, Requester())

    with pytest.raises(policies.ExpressionError):
        policies.mutated(scene, asked)


def test_a_pod_whose_completion_fails_is_refused():
    """A rehearsal says which step failed, and goes on with the others."""
    scene = made(model("admission"), "dev1")
    broken = [
        replace(
            item,
            value={**item.value, "spec": {**item.value["spec"], "mutations": [{"jsonPatch": {"expression": "1 +"}}]}},
        )
        if item.manifest.kind == policies.MUTATING
        else item
        for item in scene.items
    ]
    objects, _ = submitted.read("job.yaml", json.dumps(pod("one", "dev1")).encode(), ["dev1"])
    stage = rehearse.Stage(replace(scene, items=tuple(broken)), None, "dev1", {})

    (found,) = rehearse.rehearse(stage, objects).objects

    assert against(found, "policy")[0].startswith("a policy cannot be evaluated")
    assert found.outcome is Outcome.REFUSED


@pytest.mark.parametrize(
    ("selector", "selected"),
    [
        ({}, True),
        ({"matchLabels": {"a": "1"}}, True),
        ({"matchLabels": {"a": "2"}}, False),
        ({"matchExpressions": [{"key": "a", "operator": "Exists"}]}, True),
        ({"matchExpressions": [{"key": "b", "operator": "Exists"}]}, False),
        ({"matchExpressions": [{"key": "b", "operator": "DoesNotExist"}]}, True),
        ({"matchExpressions": [{"key": "a", "operator": "In", "values": ["1"]}]}, True),
        ({"matchExpressions": [{"key": "b", "operator": "In", "values": ["1"]}]}, False),
        ({"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["1"]}]}, False),
        ({"matchExpressions": [{"key": "b", "operator": "NotIn", "values": ["1"]}]}, True),
    ],
)
def test_selectors(selector: dict[str, Any], selected: bool):
    """Which namespaces a binding speaks of, by every operator that Kubernetes has."""
    namespace = {"metadata": {"name": "x", "labels": {"a": "1"}}}
    asked = Asked("", "v1", "pods", {}, namespace, Requester())

    assert policies._selects({"namespaceSelector": selector}, asked) == selected


def test_the_whole_is_as_good_as_its_worst_part():
    """A rehearsal is admitted where everything in it is; notes do not count."""
    items = [tried(model("admission"), pod("one", "dev1", spec)) for spec in ({}, {"hostNetwork": True})]

    assert not Rehearsal("dev1", "ack", "", tuple(items)).admitted
    assert Rehearsal("dev1", "ack", "", tuple(items[:1])).admitted
    assert worst([]) is Outcome.PASSED
    assert str(Outcome.REFUSED) == "refused"
    assert rehearse.Stage(made(model("admission"), "dev1"), None, "dev1", {"pods": items}).used_in("other") == {}
