"""What a change does to access, as the lines that a plan shows."""

import json
import re
from dataclasses import replace
from datetime import date

import pytest
from tests.test_golden import TODAY
from tests.unit.emitters.compiling import cluster, document, files, group, model

from cubec import pipeline
from cubec.model.model import Model
from cubec.plan import access
from cubec.report import access as report

OIDC = """  identity:
    {mode: oidc, issuer: https://login.example.com, clientID: k, usernamePrefix: "oidc:", groupsPrefix: "oidc:"}
"""
BOB = "members: [{user: bob, role: developer}]"


def dev1(members: str = BOB, extra: str = "") -> str:
    text = group("dev1", extra)
    assert BOB in text
    return text.replace(BOB, members)


def people(*users: str) -> tuple[str, ...]:
    fields = {"bob": "uid: 20001", "tom": "uid: 20002"}
    return tuple(
        document("User", name, f"  {{{fields[name]}{', ' + more if more else ''}}}")
        for name, _, more in (user.partition(" ") for user in users)
    )


def platform(extra: str) -> str:
    return document(
        "Platform",
        "research",
        f"""  retiredUids: [29999]
  priorities:
    - {{name: normal, value: 1000, default: true}}
  templateCategories:
    - {{name: training, index: 1}}
  upkeep:
    image: registry.example.com/platform/cubec:1.0
    nodes: {{}}
{extra}""",
    )


def role(rules: str) -> str:
    return f"  roles:\n    - name: helper\n      rules:\n{rules}"


READS = "        - {apiGroups: [batch], resources: [jobs], verbs: [get, list, watch]}\n"
DELETES = "        - {apiGroups: [batch], resources: [jobs], verbs: [delete]}\n"
NAMES = "        - {apiGroups: [''], resources: [configmaps], verbs: [get], resourceNames: [one, two]}\n"
HELPER = dev1("members: [{user: bob, role: helper}]")


def told(before: Model, after: Model) -> str:
    """The lines, without the spaces that make them columns."""
    found = report.text(access.compare(before, after))
    return "".join(re.sub(" {2,}", "   ", line.strip()) + "\n" for line in found.splitlines())


CASES = {
    "nothing": ((), (), ""),
    "a viewer more": (
        (),
        (dev1("members: [{user: bob, role: developer}, {user: tom, role: viewer}]"),),
        "+ tom   dev1 (ack)   reads jobs, pods, logs, claims and 18 more kinds   viewer, base/group/dev1.yaml:7\n",
    ),
    "a member less": (
        (dev1("members: [{user: bob, role: developer}, {user: tom, role: operator}]"),),
        (),
        "- tom   dev1 (ack)   everything an operator may   removed from members, base/group/dev1.yaml:7\n",
    ),
    "less of a role": (
        (),
        (dev1("members: [{user: bob, role: viewer}]"),),
        (
            "- bob   dev1 (ack)   creates, changes and deletes jobs, pods, services, config maps and 8 more kinds; enters pods"
            "   viewer now, base/group/dev1.yaml:7   ! exec\n"
        ),
    ),
    "more of a role": (
        (dev1("members: [{user: bob, role: developer}]"),),
        (dev1("members: [{user: bob, role: owner}]"),),
        (
            "+ bob   dev1 (ack)   creates and changes secrets, pod templates; deletes pod templates"
            "   owner instead of developer, base/group/dev1.yaml:7   ! secrets write\n"
        ),
    ),
    "a membership that has ended": (
        (dev1("members: [{user: bob, role: viewer, expires: 2026-12-31}]"),),
        (dev1("members: [{user: bob, role: viewer, expires: 2026-11-21}]"),),
        (
            "- bob   dev1 (ack)   reads jobs, pods, logs, claims and 18 more kinds"
            "   the membership ended on 2026-11-21, base/group/dev1.yaml:7\n"
        ),
    ),
    "a membership that is renewed": (
        (dev1("members: [{user: bob, role: viewer, expires: 2026-11-21}]"),),
        (dev1("members: [{user: bob, role: viewer, expires: 2026-12-31}]"),),
        (
            "+ bob   dev1 (ack)   reads jobs, pods, logs, claims and 18 more kinds"
            "   viewer, the membership's date was moved, base/group/dev1.yaml:7, until 2026-12-31\n"
        ),
    ),
    "another last day": (
        (dev1("members: [{user: bob, role: viewer, expires: 2026-12-31}]"),),
        (dev1("members: [{user: bob, role: viewer}]"),),
        "~ bob   dev1 (ack)   without an end, before that until 2026-12-31   viewer, base/group/dev1.yaml:7\n",
    ),
    "a first last day": (
        (),
        (dev1("members: [{user: bob, role: developer, expires: 2026-12-31}]"),),
        "~ bob   dev1 (ack)   until 2026-12-31, before that without an end   developer, base/group/dev1.yaml:7\n",
    ),
    "another last day of a person": (
        people("bob"),
        people("bob expires: 2026-12-31"),
        "~ bob   dev1 (ack)   until 2026-12-31, before that without an end   developer, the user's date, base/user/bob.yaml:5\n",
    ),
    "a person whose time is over": (
        people("bob"),
        people("bob expires: 2026-11-21"),
        "- bob   dev1 (ack)   everything a developer may   the user's access ended on 2026-11-21, base/user/bob.yaml:5   ! exec\n",
    ),
    "a person who comes back": (
        people("bob expires: 2026-11-21"),
        people("bob expires: 2026-12-31"),
        (
            "+ bob   dev1 (ack)   everything a developer may"
            "   developer, the user's date was moved, base/user/bob.yaml:5, until 2026-12-31   ! exec\n"
        ),
    ),
    "a preset with more and less": (
        (platform(role(READS)), HELPER),
        (platform(role(DELETES)), HELPER),
        (
            "+ bob   dev1 (ack)   deletes jobs   the role helper was changed, base/platform/research.yaml:16\n"
            "- bob   dev1 (ack)   reads jobs   the role helper was changed, base/platform/research.yaml:16\n"
        ),
    ),
    "a preset with names": (
        (platform(role(READS)), HELPER),
        (platform(role(READS + NAMES)), HELPER),
        "+ bob   dev1 (ack)   looks up 2 config maps by name   the role helper was changed, base/platform/research.yaml:16\n",
    ),
    "a preset under another name": (
        (platform(role(READS)), HELPER),
        (platform(role(READS).replace("helper", "reader")), HELPER.replace("helper", "reader")),
        "+ bob   dev1 (ack)   nothing more   reader instead of helper, base/group/dev1.yaml:7\n",
    ),
    "capabilities": (
        (cluster("  capabilities: [kueue, kubeflow-training, external-secrets]"),),
        (cluster("  capabilities: [kueue, kubeflow-training, external-secrets, ray]"),),
        (
            "+ bob, tom   dev1, dev2 (ack)   reads, creates, changes and deletes rayclusters, rayjobs, rayservices"
            "   the role developer was changed, base/cluster/ack.yaml:9\n"
        ),
    ),
    "clients": (
        (platform("  description: text"),),
        (platform("  profiles: [arena]"),),
        (
            "+ bob, tom   dev1, dev2 (ack)   reads crons, inferenceservices, jobs.batch.volcano.sh, leaderworkersets and 5 more"
            " kinds   the role developer was changed, base/platform/research.yaml:13\n"
            '+ everyone with an account   everywhere (ack)   looks up 7 customresourcedefinitions by name, priorityclasses "normal";'
            " creates tokenreviews   arena-client, base/platform/research.yaml:13   ! cluster-wide\n"
            '+ everyone with an account   arena-system (ack)   looks up config maps "arena-config"'
            "   arena-config, base/platform/research.yaml:13\n"
        ),
    ),
    "no clients any more": (
        (
            platform("  profiles: [arena]"),
            HELPER.replace("helper", "viewer"),
            group("dev2").replace("developer", "viewer"),
        ),
        (
            platform("  description: text"),
            HELPER.replace("helper", "viewer"),
            group("dev2").replace("developer", "viewer"),
        ),
        (
            "- bob, tom   dev1, dev2 (ack)   reads crons, inferenceservices, jobs.batch.volcano.sh, leaderworkersets and 5 more"
            " kinds   the role viewer was changed, base/platform/research.yaml:5\n"
            '- everyone with an account   everywhere (ack)   looks up 7 customresourcedefinitions by name, priorityclasses "normal";'
            " creates tokenreviews   no longer asked for   ! cluster-wide\n"
            '- everyone with an account   arena-system (ack)   looks up config maps "arena-config"   no longer asked for\n'
        ),
    ),
    "a group of the provider": (
        (cluster(OIDC),),
        (cluster(OIDC), dev1("members: [{user: bob, role: developer}, {oidcGroup: staff/ml, role: developer}]")),
        "+ group staff/ml   dev1 (ack)   everything a developer may   developer, base/group/dev1.yaml:7   ! exec\n",
    ),
    "a cluster without a provider": (
        (cluster(OIDC), dev1("members: [{oidcGroup: staff, role: viewer}]")),
        (cluster(""), dev1("members: [{oidcGroup: staff, role: viewer}]")),
        (
            "+ tom   dev2 (ack)   everything a developer may   developer, known as oidc:tom before, base/group/dev2.yaml:7   ! exec\n"
            "- tom   dev2 (ack)   everything a developer may   known as system:serviceaccount:cubec-users:tom now,"
            " base/cluster/ack.yaml:5   ! exec\n"
            "- group staff   dev1 (ack)   reads jobs, pods, logs, claims and 18 more kinds   ack no longer knows the provider's"
            " groups, base/cluster/ack.yaml:5\n"
        ),
    ),
    "another login": (
        (cluster(OIDC), *people("bob subject: b.b")),
        (cluster(OIDC), *people("bob subject: b.c")),
        (
            "+ bob   dev1 (ack)   everything a developer may   developer, known as oidc:b.b before, base/group/dev1.yaml:7   ! exec\n"
            "- bob   dev1 (ack)   everything a developer may   known as oidc:b.c now, base/user/bob.yaml:5   ! exec\n"
        ),
    ),
    "a platform role": (
        people("bob"),
        people("bob platformRole: admin"),
        (
            "+ bob   everywhere (ack)   everything a platform admin may   platform-admin, base/user/bob.yaml:5   ! cluster-wide\n"
            "+ bob   cubec-users (ack)   creates secrets, tokens; deletes secrets   cubec:credentials, base/user/bob.yaml:5"
            "   ! secrets write, tokens\n"
        ),
    ),
    "no platform role any more": (
        people("bob platformRole: viewer"),
        people("bob"),
        (
            "- bob   everywhere (ack)   reads nodes, jobs, pods, logs and 33 more kinds"
            "   no platform role any more, base/user/bob.yaml:3   ! cluster-wide\n"
        ),
    ),
    "another platform role": (
        people("bob platformRole: admin"),
        people("bob platformRole: viewer"),
        (
            "- bob   everywhere (ack)   creates and deletes jobs, pods, services, config maps and 8 more kinds; changes nodes, jobs,"
            " pods, services and 9 more kinds   the platform role is another one, base/user/bob.yaml:5   ! cluster-wide\n"
            "- bob   cubec-users (ack)   creates secrets, tokens; deletes secrets   the platform role is another one,"
            " base/user/bob.yaml:5   ! secrets write, tokens\n"
        ),
    ),
    "what a platform role gives anyway": (
        (*people("tom platformRole: admin"), dev1()),
        (
            *people("tom platformRole: admin"),
            platform(role(READS)),
            dev1("members: [{user: bob, role: developer}, {user: tom, role: helper}]"),
        ),
        "+ tom   dev1 (ack)   nothing more   helper, base/group/dev1.yaml:7\n",
    ),
    "no longer what a platform role gives anyway": (
        (
            *people("tom platformRole: admin"),
            platform(role(READS)),
            dev1("members: [{user: bob, role: developer}, {user: tom, role: helper}]"),
        ),
        (*people("tom platformRole: admin"), dev1()),
        "- tom   dev1 (ack)   nothing that another role does not give   removed from members, base/group/dev1.yaml:7\n",
    ),
    "a namespace more": (
        (dev1(extra="  namespaces: [{name: dev1}]"),),
        (dev1(extra="  namespaces: [{name: dev1}, {name: dev1-more}]"),),
        "+ bob   dev1-more (ack)   everything a developer may   developer, new namespace, base/group/dev1.yaml:7   ! exec\n",
    ),
    "a namespace less": (
        (dev1(extra="  namespaces: [{name: dev1}, {name: dev1-more}]"),),
        (dev1(extra="  namespaces: [{name: dev1}]"),),
        "- bob   dev1-more (ack)   everything a developer may   the namespace is removed, base/group/dev1.yaml:10   ! exec\n",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_change(name: str):
    """A change of the documents is told as what it does to people, with the line that does it."""
    before, after, expected = CASES[name]

    assert told(model(*before), model(*after)) == expected


def without(path: str, *documents: str) -> Model:
    """The base platform without one of its files, or with another text in its place."""
    found = {name: data for name, data in files(*documents) if name != f"tenants/base/{path}"}
    analysis = pipeline.analyse(found.items(), [], TODAY)
    assert analysis.model is not None
    return analysis.model


def test_a_group_that_goes():
    """All members of a group that is removed lose what they had in it."""
    assert told(model(), without("group/dev1.yaml")) == (
        "- bob   dev1 (ack)   everything a developer may   the group dev1 is removed   ! exec\n"
    )


def test_a_person_that_goes():
    """Who has no document any more has no access any more."""
    assert told(model(), without("user/bob.yaml")) == (
        "- bob   dev1 (ack)   everything a developer may   the user's document is removed   ! exec\n"
    )


def test_a_cluster_that_goes_and_one_that_comes():
    """With a cluster all access to it goes, and comes."""
    gone = told(model(), without("cluster/ack.yaml"))
    come = told(without("cluster/ack.yaml"), model())

    assert gone == (
        "- bob   dev1 (ack)   everything a developer may   the cluster ack is removed   ! exec\n"
        "- tom   dev2 (ack)   everything a developer may   the cluster ack is removed   ! exec\n"
        "- account cubec-system/upkeep-nodes   everywhere (ack)   lists and changes nodes   the cluster ack is removed"
        "   ! cluster-wide\n"
    )
    assert (
        "+ bob   dev1 (ack)   everything a developer may   developer, dev1 is now on ack, base/group/dev1.yaml:7"
        in come
    )


def test_a_renamed_group():
    """A group under another name keeps its namespace and its members their access; only what else changed is told."""
    renamed = group("dev1", "  previously: [dev1]").replace("name: dev1", "name: lab")
    tom = "members: [{user: bob, role: developer}, {user: tom, role: viewer}]"

    assert told(model(), without("group/dev1.yaml", renamed)) == ""
    assert told(model(), without("group/dev1.yaml", renamed.replace(BOB, tom))) == (
        "+ tom   dev1 (ack)   reads jobs, pods, logs, claims and 18 more kinds   viewer, base/group/lab.yaml:7\n"
    )
    assert told(model(dev1(tom)), without("group/dev1.yaml", renamed)) == (
        "- tom   dev1 (ack)   reads jobs, pods, logs, claims and 18 more kinds   removed from members, base/group/lab.yaml:7\n"
    )


def test_another_cluster():
    """A placement elsewhere takes access along."""
    second = document(
        "Cluster",
        "lab",
        '  kubernetes: "1.36"\n  server: https://lab.example.com\n  delivery: {engine: none}\n  secrets: {mode: external-secrets, store: {name: vault}}\n  capabilities: [external-secrets]',
    )
    pool = document(
        "NodePool",
        "lab-gpu",
        "  cluster: lab\n  nodes: {names: [lab01]}\n  capacity: {cpu: 4, memory: 30Gi}\n  accelerator: {model: T4, count: 1}",
    )
    moved = dev1().replace("cluster: ack, pools: [gpu-t4]", "cluster: lab, pools: [lab-gpu]")

    assert told(model(second, pool), model(second, pool, moved)) == (
        "- bob   dev1 (ack)   everything a developer may   dev1 is no longer on ack, base/group/dev1.yaml:9   ! exec\n"
        "+ bob   dev1 (lab)   everything a developer may   developer, dev1 is now on lab, base/group/dev1.yaml:7   ! exec\n"
    )


def test_a_day_that_passes():
    """The same documents on a later day: what has ended is lost."""
    ending = dev1("members: [{user: bob, role: viewer, expires: 2026-12-31}]")
    later = pipeline.analyse(files(ending), [], date(2027, 1, 1)).model
    assert later is not None

    assert told(model(ending), later) == (
        "- bob   dev1 (ack)   reads jobs, pods, logs, claims and 18 more kinds"
        "   the membership ended on 2026-12-31, base/group/dev1.yaml:7\n"
    )


@pytest.mark.parametrize(
    ("rule", "flags"),
    [
        ("{apiGroups: [''], resources: [secrets], verbs: [list]}", "secrets read"),
        ("{apiGroups: [''], resources: [secrets], verbs: [patch]}", "secrets read, secrets write"),
        ("{apiGroups: [''], resources: [secrets], verbs: [get], resourceNames: [one]}", "secrets read"),
        ("{apiGroups: [''], resources: ['*/exec'], verbs: [create]}", "exec, wildcard"),
        ("{apiGroups: [''], resources: [pods/ephemeralcontainers], verbs: [patch]}", "exec"),
        ("{apiGroups: [''], resources: [serviceaccounts/token], verbs: [create]}", "tokens"),
        ("{apiGroups: [''], resources: [users], verbs: [impersonate]}", "impersonation"),
        ("{apiGroups: [''], resources: [pods/proxy], verbs: [get]}", "proxy"),
        ("{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind]}", "grants rights"),
        ("{apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings], verbs: [create]}", "grants rights"),
        (
            "{apiGroups: ['*'], resources: ['*'], verbs: ['*']}",
            "secrets read, secrets write, exec, proxy, tokens, impersonation, grants rights, wildcard",
        ),
    ],
)
def test_what_a_review_must_not_overlook(rule: str, flags: str):
    """Rights that lead further are named, be they given by wildcard or by name, even if no check would let them pass."""
    found = pipeline.analyse(files(platform(role(f"        - {rule}\n")), HELPER), [], TODAY).model
    assert found is not None

    assert told(model(platform(role(READS)), HELPER), found).splitlines()[0].endswith(f"   ! {flags}")


def test_what_is_the_same_for_many_is_said_once():
    """Many people, many namespaces and the accounts of the upkeep jobs are a line each, and a few names."""
    names = [f"n{number}" for number in range(6)]
    listed = ", ".join(f"{{name: {name}}}" for name in names)
    upkeep = "  upkeep: {image: 'registry.example.com/a:1.0', notebooks: {}, finished: {}}"
    plain = document("Platform", "research", "  priorities: [{name: normal, value: 1000, default: true}]\n" + upkeep)
    no_pools = "  retiredUids: [29999]\n  templateCategories: [{name: training}]\n"
    base = plain + no_pools
    found = told(model(base, dev1()), model(base, dev1(extra=f"  namespaces: [{listed}]")))

    assert found == (
        "- bob   dev1 (ack)   everything a developer may   the namespace is removed, base/group/dev1.yaml:10   ! exec\n"
        "+ bob   n0, n1, n2, n3 and 2 more (ack)   everything a developer may   developer, new namespace,"
        " base/group/dev1.yaml:7   ! exec\n"
        "- 2 accounts of the platform   dev1 (ack)   what they need: upkeep-finished, upkeep-notebooks   no longer asked for\n"
        "+ 2 accounts of the platform   n0, n1, n2, n3 and 2 more (ack)   what they need: upkeep-finished, upkeep-notebooks"
        "   upkeep-finished, base/platform/research.yaml:6\n"
    )


def test_for_machines():
    """Each change by itself, with every right, the line and the dates."""
    (change,) = access.compare(
        model(), model(dev1("members: [{user: bob, role: developer}, {user: tom, role: viewer, expires: 2027-01-31}]"))
    )
    (found,) = json.loads(json.dumps(report.as_json([change])))

    assert {"verb": "get", "apiGroup": "", "resource": "pods/log", "name": ""} in found.pop("rights")
    assert found == {
        "change": "gains",
        "who": {"kind": "user", "name": "tom", "login": "system:serviceaccount:cubec-users:tom"},
        "cluster": "ack",
        "namespace": "dev1",
        "group": "dev1",
        "role": "viewer",
        "otherRole": "",
        "summary": "reads jobs, pods, logs, claims and 18 more kinds",
        "because": "",
        "position": {"path": "tenants/base/group/dev1.yaml", "line": 7, "column": 43},
        "until": "2027-01-31",
        "wasUntil": None,
        "sensitive": [],
    }
    assert report.as_json([replace(change, position=None)])[0]["position"] is None


def test_columns():
    """The lines of a plan stand below each other; an overlong cell does not push the others away."""
    before = model(dev1("members: [{user: bob, role: viewer}, {user: tom, role: owner}]"))
    lines = report.text(access.compare(before, model(dev1("members: [{user: bob, role: developer}]")))).splitlines()

    assert [line[:24] for line in lines] == ["  + bob   dev1 (ack)   c", "  - tom   dev1 (ack)   e"]
    assert lines[0].index("   developer instead of") > lines[1].index("   removed from members")
    assert report.text(()) == ""
