"""Who may do what, asked of the API server itself: thousands of reviews, and the requests of the Arena command line."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from tests.cluster import arena_requests, definitions, sample
from tests.cluster.arena_requests import COMMANDS, EVERYBODYS, JOB, Step
from tests.cluster.attempts import accepted, live
from tests.cluster.client import Client, account_token, together
from tests.cluster.live import PATIENCE
from tests.cluster.pods import long_running
from tests.cluster.rights import Person, requests, review, says
from tests.rbac import Rbac, Request, Subject

from cubec.plan import rbac

CLAIMS = (
    ("every command of Arena works for a member, request by request", "test_arena_works_for_a_member"),
    ("every one of them fails for who is no member, but for what concerns no group", "test_arena_fails_for_others"),
    (
        "a pod's own account gets nothing of it, the reads of definitions included",
        "test_arena_fails_for_a_pods_account",
    ),
    ("what would show all groups' work is the platform's admins' alone", "test_the_whole_cluster_is_for_admins"),
    (
        "10,000 access reviews agree with the table of roles, `cubec can`, and an evaluator of the tests",
        "test_reviews_agree",
    ),
)
ROLES = (  # the sample with members of every role in dev1, and with operators of vision
    (
        "groups/dev1.yaml",
        "    - user: bob\n",
        "    - {user: tom, role: viewer}\n    - {user: amy, role: operator}\n    - {user: li, role: owner}\n    - user: bob\n",
    ),
    ("groups/vision.yaml", "  members:\n", "  members:\n    - {oidcGroup: vision-ops, role: operator}\n"),
)
RBAC = {"Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"}


def account(name: str, namespace: str = "cubec-users", **roles: str) -> Person:
    return Person(Subject.account(namespace, name), roles)


def person(name: str, *groups: str, **roles: str) -> Person:
    """Somebody of the company's directory; ``_`` in a namespace's name stands for ``-``."""
    named = {namespace.replace("_", "-"): role for namespace, role in roles.items()}
    return Person(Subject(name, (*groups, "system:authenticated")), named)


PEOPLE = {
    "ack": {
        "bob": account("bob", dev1="developer"),
        "tom": account("tom", dev1="viewer", dev2="developer"),
        "amy": account("amy", dev1="operator"),
        "li": account("li", dev1="owner"),
        "a pod of dev1": account("default", "dev1"),
        "a job of dev1": account("workload", "dev1"),
        "bob without an account": person("bob", "dev1"),
    },
    "dev": {
        "amy": person("oidc:amy.lee", jupyter="owner"),
        "a member of ml-users": person("oidc:jo", "oidc:ml-users", jupyter="developer"),
        "a member of vision-team": person("oidc:kim", "oidc:vision-team", vision_train="developer"),
        "a member of vision-ops": person("oidc:max", "oidc:vision-ops", vision_train="operator"),
        "li": person("oidc:li", vision_train="owner"),
        "tom": person("oidc:tom", vision_train="viewer"),
        "tom without prefix": person("tom", "vision-team"),
        "amy by her other name": person("oidc:amy"),
        "a pod of jupyter": account("default", "jupyter"),
    },
}
ADMIN = {"ack": account("zoe"), "dev": person("oidc:zoe")}
NAMESPACES = {"ack": ("dev1", "dev2", "cubec-users", ""), "dev": ("vision-train", "jupyter", "")}


@dataclass(frozen=True)
class Rights:
    """A cluster on which the rights of one of the sample's clusters count, and no others."""

    name: str
    cluster: Any
    admin: Client
    objects: list[dict[str, Any]]


@pytest.fixture(scope="module")
def cluster(start_cluster) -> Any:
    """One whose workers are in the pool of ``ack``."""
    return start_cluster(nodes=sample.WORKERS)


@pytest.fixture(scope="module")
def admin(cluster) -> Iterator[Client]:
    """The administrator, where the kinds of two training jobs are installed."""
    with Client(cluster.kubeconfig) as client:
        wanted = [definitions.loose("tfjobs", "TFJob"), definitions.loose("pytorchjobs", "PyTorchJob")]
        definitions.install(cluster, client, wanted)
        yield client


@pytest.fixture(scope="module", params=["ack", "dev"])
def rights(request: pytest.FixtureRequest, cluster, admin: Client) -> Iterator[Rights]:
    """Everything of one of the sample's clusters is applied; its rights go again, so that the next one's stand alone."""
    items = [item for item in sample.objects(sample.changed(ROLES), request.param) if admin.knows(item)]
    admin.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "infra"}})
    refused = [item["metadata"]["name"] for item in items if not accepted(admin.apply(item))]
    assert not refused
    given = [item for item in items if item["kind"] in RBAC]
    yield Rights(request.param, cluster, admin, given)
    for item in given:
        admin.delete(item)


@pytest.fixture(scope="module")
def accounts(admin: Client, rights: Rights) -> dict[str, tuple[str, Client]]:
    """Tokens of real accounts, and connections that carry them."""
    assert rights.name == "ack"
    wanted = {"bob": "cubec-users", "zoe": "cubec-users", "default": "dev1"}
    tokens = {name: account_token(admin, namespace, name) for name, namespace in wanted.items()}
    return {name: (token, admin.user(token)) for name, token in tokens.items()}


@pytest.mark.own_kinds
@pytest.mark.parametrize("rights", ["ack"], indirect=True)
@pytest.mark.parametrize("command", COMMANDS)
def test_arena_works_for_a_member(rights: Rights, accounts, command: str):
    """A developer of the group gets through every request of the command, the ones that it starts with included."""
    token, bob = accounts["bob"]
    _chief(rights)

    answers = [(step, bob.ask(step.method, step.path, step.body, step.kind)) for step in _steps(token, command)]
    unexpected = [
        (step.method, step.path, answer.status) for step, answer in answers if not _expected(step, answer.status)
    ]

    assert not unexpected
    assert answers[0][1].body["status"]["authenticated"]
    assert answers[0][1].body["status"]["user"]["username"] == "system:serviceaccount:cubec-users:bob"


def _steps(token: str, command: str) -> list[Step]:
    return [*arena_requests.start(token), *COMMANDS[command]]


def _expected(step: Step, status: int) -> bool:
    """Without a kubelet there are no logs and there is no shell, but the answer shows that one may ask."""
    return status == step.member if step.member else status not in {401, 403, 404}


def _chief(rights: Rights) -> None:
    """The pod that the operator of TFJobs would have made."""
    item = long_running(f"{JOB}-chief-0", "dev1")
    item["metadata"]["labels"] = {"app": "tfjob", "release": JOB}
    rights.admin.apply(item)
    rights.cluster.eventually(lambda: live(rights.admin, item).get("spec", {}).get("nodeName"), "the pod is scheduled")


@pytest.mark.parametrize("rights", ["ack"], indirect=True)
@pytest.mark.parametrize("command", COMMANDS)
def test_arena_fails_for_a_pods_account(rights: Rights, accounts, command: str):
    """The account that the group's pods run as is refused every single request, those about definitions included."""
    token, pod = accounts["default"]

    statuses = {
        step.path: pod.ask(step.method, step.path, step.body, step.kind).status for step in _steps(token, command)
    }

    assert statuses == dict.fromkeys(statuses, 403)


@pytest.mark.own_kinds
@pytest.mark.parametrize("rights", ["ack"], indirect=True)
@pytest.mark.parametrize("command", COMMANDS)
def test_arena_fails_for_others(rights: Rights, accounts, command: str):
    """Bob is refused every request of the command about dev2; what concerns no group, every user may ask."""
    token, bob = accounts["bob"]
    steps = _steps(token, command)
    inside = [step for step in steps if step.about_group]
    outside = [step for step in steps if not step.about_group]

    assert {bob.ask(one.method, one.in_namespace("dev2"), one.body, one.kind).status for one in inside} == {403}
    assert all(bob.ask(one.method, one.path, one.body, one.kind).status == one.member for one in outside)


@pytest.mark.parametrize("rights", ["ack"], indirect=True)
@pytest.mark.parametrize("call", EVERYBODYS)
def test_the_whole_cluster_is_for_admins(rights: Rights, accounts, call: str):
    """What a few commands ask of all namespaces is refused to a member and answered to the platform's admin."""
    statuses = [accounts[name][1].ask("GET", EVERYBODYS[call]).status for name in ("bob", "zoe", "default")]

    assert statuses == [403, 200, 403]


def test_reviews_agree(rights: Rights, capsys: pytest.CaptureFixture[str]):
    """Thousands of reviews: the API server, the evaluator behind `cubec can`, the one of the tests and the table give one answer."""
    people = PEOPLE[rights.name] | {"zoe": ADMIN[rights.name]}
    asked = list(requests(people, NAMESPACES[rights.name]))
    offline = Rbac(rights.objects)
    judged = {one: offline.allowed(people[one[0]].subject, one[1]) for one in asked}
    table = {one: _by_table(rights.name, people[one[0]], one[1]) for one in asked if one[0] != "zoe"}
    stated = {one: answer for one, answer in table.items() if answer is not None}
    known = rbac.emitted(sample.model(ROLES))[rights.name]
    ours = {one: _by_cubec(known, people[one[0]], one[1]) for one in asked}
    started = time.monotonic()
    wrong = _differing(rights, people, judged)
    with capsys.disabled():
        took = time.monotonic() - started
        print(f"\n{rights.name}: {len(judged)} reviews in {took:.1f} s, {len(stated)} of them in the table")

    assert len(judged) > 2000
    assert not {one: answer for one, answer in stated.items() if answer != judged[one]}
    assert not {one: answer for one, answer in ours.items() if answer != judged[one]}
    assert not wrong
    assert 400 < sum(judged.values()) < len(judged) / 2


def _by_table(cluster: str, who: Person, request: Request) -> bool | None:
    kind = (request.group, request.resource, request.subresource)
    return says(cluster, who.roles.get(request.namespace, ""), request.verb, kind)


def _by_cubec(known: rbac.Rbac, who: Person, request: Request) -> bool:
    """What `cubec can` would answer."""
    resource = f"{request.resource}/{request.subresource}" if request.subresource else request.resource
    asked = rbac.Request(request.verb, resource, request.group, request.namespace, request.name)
    subject = rbac.Subject(who.subject.name, tuple(who.subject.groups))
    return bool(rbac.allowing([grant for _, grant in known.given(subject, request.namespace)], asked))


def _differing(rights: Rights, people: dict[str, Person], judged: dict[Any, bool]) -> list[Any]:
    """Where the API server thinks otherwise, and still does after its caches had time to follow."""
    path = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
    left = list(judged)
    deadline = time.monotonic() + PATIENCE
    while left and time.monotonic() < deadline:
        answers = together(rights.cluster.kubeconfig, [("POST", path, review(people[name], one)) for name, one in left])
        left = [
            one for one, answer in zip(left, answers, strict=True) if answer.body["status"]["allowed"] != judged[one]
        ]
    return left
