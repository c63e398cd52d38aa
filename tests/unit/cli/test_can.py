"""``cubec can`` over the sample: the answer, the reasons, and the status."""

import json
import shutil
from pathlib import Path

import pytest
from tests.unit.cli.test_commands import Result, edit, run

from cubec.cli import status

ROOT = Path(__file__).parents[3]
DAY = "2026-11-22"
NL = "\n"


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "tenants", tmp_path / "tenants")
    return tmp_path


def can(*words: str, root: Path = ROOT) -> Result:
    return run("can", *words, "--root", str(root), "--as-of", DAY)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (
            "bob delete pods -n dev1",
            "developer in dev1, groups/dev1.yaml:13:7 → RoleBinding dev1/developer--bob → ClusterRole cubec:developer",
        ),
        (
            "bob get namespaces -n dev1",
            "developer in dev1, groups/dev1.yaml:13:7 → RoleBinding dev1/developer--bob → ClusterRole cubec:developer",
        ),
        (
            "zoe patch nodes --cluster ack",
            (
                "platform-admin everywhere, users/people.yaml:30:80 → ClusterRoleBinding cubec:platform-admin--zoe"
                " → ClusterRole cubec:platform-admin"
            ),
        ),
        (
            "bob create pods/exec -n jupyter --group ml-users",
            (
                "developer in jupyter through group ml-users, groups/public.yaml:14:7"
                " → RoleBinding jupyter/developer--oidc--ml-users → ClusterRole cubec:developer"
            ),
        ),
        (
            "bob get configmaps -n arena-system --cluster ack --name arena-config",
            (
                "arena-config in arena-system through everyone with an account, platform.yaml:43:14"
                " → RoleBinding arena-system/arena-config → Role arena-config"
            ),
        ),
        (
            "zoe create serviceaccounts/token -n cubec-users --cluster ack",
            (
                "cubec:credentials in cubec-users, users/people.yaml:30:80 → RoleBinding cubec-users/cubec:credentials"
                " → Role cubec:credentials"
            ),
        ),
        (
            "bob list workloads -n dev1",
            "developer in dev1, groups/dev1.yaml:13:7 → RoleBinding dev1/developer--bob → ClusterRole cubec:developer",
        ),
        (
            "bob update deployments/scale.apps -n dev1",
            "developer in dev1, groups/dev1.yaml:13:7 → RoleBinding dev1/developer--bob → ClusterRole cubec:developer",
        ),
        (
            "bob update deployments.apps/scale -n dev1",
            "developer in dev1, groups/dev1.yaml:13:7 → RoleBinding dev1/developer--bob → ClusterRole cubec:developer",
        ),
    ],
)
def test_yes(question: str, answer: str):
    """A yes names the way from the line of a document over the binding to the role."""
    result = can(*question.split())

    assert (result.returncode, result.stdout, result.stderr) == (status.CLEAN, f"yes  {answer}\n", "")


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("bob delete pods -n dev2", "bob has no role in a group that owns dev2"),
        ("bob delete pods --cluster ack", "bob has no role that holds in the whole cluster"),
        ("bob get nodes -n dev1", "bob has no role that holds in the whole cluster"),
        ("bob get pods -n kube-system --cluster ack", "bob has no role in kube-system, which belongs to no group"),
        (
            "bob get secrets -n dev1",
            "bob is developer in dev1, which does not give get on secrets, groups/dev1.yaml:13:7",
        ),
        (
            "zoe list secrets -n dev1",
            "zoe is platform-admin, which does not give list on secrets, users/people.yaml:30:80",
        ),
        (
            "bob get configmaps -n arena-system --cluster ack",
            (
                "bob is arena-config in arena-system through everyone with an account, which does not give get on configmaps"
                " other than arena-config, platform.yaml:43:14"
            ),
        ),
        (
            "bob create cronjobs.batch -n jupyter",
            "bob has no role in a group that owns jupyter"
            + NL
            + "     if the provider has bob in ml-users, say so with --group",
        ),
        (
            "bob get things.example.com -n dev1",
            "bob is developer in dev1, which does not give get on things.example.com,",
        ),
        (
            "bob create serviceaccounts -n jupyter --group ml-users --group other",
            "bob is developer in jupyter through group ml-users, which does not give create on serviceaccounts,",
        ),
        ("bob impersonate users -n dev1", "bob is developer in dev1, which does not give impersonate on users,"),
        ("bob '*' '*' -n dev1", "bob is developer in dev1, which does not give * on *,"),
    ],
)
def test_no(question: str, answer: str):
    """A no says what is missing: no role at all, or a role that does not go so far."""
    result = can(*question.replace("'", "").split())

    assert result.returncode == status.NO
    assert result.stdout.startswith(f"no   {answer}")


@pytest.mark.parametrize(
    ("question", "hint"),
    [
        ("bbo get pods -n dev1", 'unknown user "bbo"; did you mean "bob"?'),
        ("nobody-knows get pods -n dev1", 'unknown user "nobody-knows"; there are amy, bob, li, tom and zoe'),
        ("ml-users get pods -n jupyter", '"ml-users" is a group of the provider'),
        ("bob gett pods -n dev1", 'unknown verb "gett"; did you mean "get"?'),
        ("bob frobnicate pods -n dev1", "write one as kubectl does"),
        ("bob get pod -n dev1", 'did you mean "pods"?'),
        ("bob get qqqqqqqqqqqq -n dev1", "write the plural"),
        ("bob get pods/lgo -n dev1", 'unknown subresource "lgo"; did you mean "log"?'),
        ("bob get tfjob.kubeflow.org -n dev1", 'did you mean "tfjobs.kubeflow.org"?'),
        ("bob get xyzzy.batch -n dev1", "Kubernetes has no xyzzy in batch"),
        ("bob get podgroups -n dev1 ", "say podgroups.scheduling.k8s.io or podgroups.scheduling.volcano.sh"),
        ("bob get pods -n dev3", 'unknown namespace "dev3"; did you mean "dev1"?'),
        ("bob get pods -n vision-train --cluster ack", 'on cluster "ack"'),
        ("bob get pods -n dev1 --cluster akc", 'unknown cluster "akc"'),
        ("bob get pods", "there are several clusters: say --cluster ack or dev"),
        ("bob get pods -n default", 'namespace "default" is on several clusters'),
        ("bob get pods -n dev1 --group ml-users", 'cluster "ack" knows no groups of a provider'),
        ("bob get pods -n jupyter --group ml-user", 'did you mean "ml-users"?'),
        ("bob get", "say USER VERB RESOURCE, or --all alone"),
        ("", "say USER VERB RESOURCE, or --all alone"),
        ("bob get pods --all", "say USER VERB RESOURCE, or --all alone"),
        ("--all --cluster nope", 'unknown cluster "nope"'),
    ],
)
def test_a_word_that_means_nothing(question: str, hint: str):
    """A misspelt word is never answered with no: it is wrong usage, and the word that was meant is near."""
    result = can(*question.split())

    assert result.returncode == status.USAGE
    assert hint in result.stderr
    assert result.stdout == ""


def test_memberships_and_people_that_have_ended(sample: Path):
    """Where access has ended, the answer says when, and at which line."""
    edit(sample / "tenants/groups/vision.yaml", "expires: 2030-12-31", "expires: 2026-11-21")
    edit(sample / "tenants/users/people.yaml", "expires: 2030-12-31", "expires: 2026-11-20")

    guest = can("tom", "get", "pods", "-n", "vision-train", root=sample)
    gone = can("li", "get", "pods", "-n", "vision-train", root=sample)

    assert guest.stdout.splitlines() == [
        "no   tom's membership of vision as viewer ended on 2026-11-21, groups/vision.yaml:19:16",
        "     if the provider has tom in vision-team, say so with --group",
    ]
    assert gone.stdout == "no   li's access ended on 2026-11-20, users/people.yaml:25:73\n"
    assert guest.returncode == gone.returncode == status.NO


def test_all_the_ways(sample: Path):
    """Where several bindings say yes, each is told."""
    edit(sample / "tenants/groups/dev1.yaml", "    - user: bob\n", "    - {user: zoe, role: viewer}\n    - user: bob\n")
    lines = can("zoe", "get", "pods/log", "-n", "dev1", root=sample).stdout.splitlines()

    assert [line.split(" → ")[1] for line in lines] == [
        "RoleBinding dev1/viewer--zoe",
        "ClusterRoleBinding cubec:platform-admin--zoe",
    ]
    assert [line[:5] for line in lines] == ["yes  ", "and  "]


def test_for_machines():
    """The same as JSON: the request as it was understood, and every reason with its line."""
    yes = json.loads(can("bob", "get", "pods/log", "-n", "dev1", "--format", "json").stdout)
    no = can("tom", "get", "pods", "-n", "vision-train", "--format", "json", root=ROOT)

    assert yes["allowed"] is True
    assert yes["request"] == {"verb": "get", "apiGroup": "", "resource": "pods/log", "namespace": "dev1", "name": ""}
    assert yes["reasons"][0]["position"] == {"path": "tenants/groups/dev1.yaml", "line": 13, "column": 7}
    assert yes["reasons"][0]["roleRef"] == {"kind": "ClusterRole", "name": "cubec:developer"}
    assert json.loads(no.stdout)["reasons"][0]["until"] == "2030-12-31"
    refused = json.loads(can("bob", "get", "pods", "-n", "dev2", "--format", "json").stdout)
    assert (refused["allowed"], refused["position"]) == (False, None)


MATRIX = """\
WHO                       CLUSTER  NAMESPACE     ROLE               UNTIL  SENSITIVE              ASKED BY
bob                       ack      dev1          developer                 exec                   groups/dev1.yaml:13
tom                       ack      dev2          developer                 exec                   groups/dev2.yaml:13
zoe                       ack      *             platform-admin            cluster-wide           users/people.yaml:30
zoe                       ack      cubec-users   cubec:credentials         secrets write, tokens  users/people.yaml:30
everyone with an account  ack      *             arena-client              cluster-wide           platform.yaml:43
everyone with an account  ack      arena-system  arena-config                                     platform.yaml:43
"""


def test_everybody():
    """The matrix: a line for each role that somebody has in a namespace, with what is sensitive about it."""
    result = can("--all", "--cluster", "ack")

    assert (result.returncode, result.stdout) == (status.CLEAN, MATRIX)


def test_everybody_of_one_namespace():
    """With a namespace, only what holds there; as JSON, too."""
    found = json.loads(can("--all", "-n", "vision-train", "--format", "json").stdout)["access"]

    assert [(item["who"]["name"], item["namespace"], item["role"], item["until"]) for item in found] == [
        ("zoe", "", "platform-admin", None),
        ("with an account", "", "arena-client", None),
        ("li", "vision-train", "owner", "2030-12-31"),
        ("tom", "vision-train", "viewer", "2030-12-31"),
        ("zoe", "", "platform-admin", None),
        ("vision-team", "vision-train", "developer", None),
        ("with an account", "", "arena-client", None),
    ]


def test_sources_with_errors_are_not_judged(sample: Path):
    """Where a file is wrong there is no answer, but the error."""
    edit(sample / "tenants/groups/dev1.yaml", "user: bob", "user: bbo")
    result = can("bob", "get", "pods", "-n", "dev1", root=sample)

    assert result.returncode == status.INPUT
    assert "[unknown-user]" in result.stderr
    assert result.stdout == ""
