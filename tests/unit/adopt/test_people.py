"""Subjects of bindings to users and members; roles to roles; what of both nobody can say."""

import pytest
from tests.unit.adopt.taking import account, bound, item, space, take, text, user

READ = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}]


def test_accounts_of_one_name_are_two_people():
    """Accounts of one name in two namespaces hold two tokens: merging them would give each the rights of the other."""
    taken = take(
        *(space("dev1"), space("dev2")),
        *(item("Role", "reader", name, rules=READ) for name in ("dev1", "dev2")),
        *(bound("b", name, "reader", account("bob", name), kind="Role") for name in ("dev1", "dev2")),
    )

    assert taken.spec("Group", "dev1")["members"] == [{"user": "bob", "role": "reader"}]
    assert taken.spec("Group", "dev2")["members"] == [{"user": "bob-dev2", "role": "reader"}]
    assert taken.names("User") == {"bob", "bob-dev2"}
    assert "hand out new credentials" in taken.why("ServiceAccount", "bob")


def test_an_account_that_works_in_another_group():
    """An account of dev1 that is bound in dev2, too, is one person with two memberships."""
    taken = take(
        *(space("dev1"), space("dev2"), item("ClusterRole", "reader", rules=READ)),
        *(bound("b", name, "reader", account("bob", "dev1")) for name in ("dev1", "dev2")),
    )

    assert taken.names("User") == {"bob"}
    assert taken.spec("Group", "dev2")["members"] == [{"user": "bob", "role": "reader"}]


def test_roles_of_one_name_and_other_rules():
    """Two roles of one name with other rules are two roles of the platform; those that say the same are one."""
    other = [{"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["list"]}]
    taken = take(
        *(space(f"dev{n}") for n in (1, 2, 3)),
        *(item("Role", "reader", f"dev{n}", rules=other if n == 2 else READ) for n in (1, 2, 3)),
        *(bound("b", f"dev{n}", "reader", account("bob", "dev1"), kind="Role") for n in (1, 2, 3)),
    )

    assert taken.draft.spec["roles"] == [{"name": "reader", "rules": READ}, {"name": "reader-dev2", "rules": other}]
    assert [taken.spec("Group", f"dev{n}")["members"][0]["role"] for n in (1, 2, 3)] == [
        "reader",
        "reader-dev2",
        "reader",
    ]


@pytest.mark.parametrize(
    ("role", "why"),
    [
        ({"rules": [{"apiGroups": ["*"], "resources": ["pods"], "verbs": ["get"]}]}, "wildcard"),
        ({"rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["list"]}]}, "secret-read"),
        ({"rules": [{"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["create"]}]}, "pod-entry"),
        ({"rules": [{"nonResourceURLs": ["/metrics"], "verbs": ["get"]}]}, "rules on addresses"),
        ({"rules": None}, "it has no rules"),
        ({"aggregationRule": {"x": 1}, "rules": READ}, "gathered from other roles"),
    ],
)
def test_roles_that_the_platform_may_not_have(role: dict, why: str):
    """A role that leads to more rights, or cannot be written, is left with the reason, and so is who has it."""
    taken = take(
        space("dev1"), item("ClusterRole", "power", **role), bound("b", "dev1", "power", account("bob", "dev1"))
    )

    assert why in taken.why("ClusterRole", "power")
    assert "which is no role that a document can give" in taken.why("RoleBinding", "b")
    assert "members" not in taken.spec("Group", "dev1")
    assert "roles" not in taken.draft.spec


@pytest.mark.parametrize(
    "subject",
    [
        user("system:authenticated", "Group"),
        user("alice"),
        account("default", "dev1"),
        account("robot", "elsewhere"),
    ],
)
def test_nobody_that_a_document_can_name(subject: dict):
    """System groups, users without a provider, accounts that pods run as, and those of other namespaces are left."""
    taken = take(space("dev1"), item("ClusterRole", "reader", rules=READ), bound("b", "dev1", "reader", subject))

    assert "is nobody that a document can name" in taken.why("RoleBinding", "b")
    assert taken.names("User") == set()


def test_people_of_a_provider():
    """Where all names begin alike, they are those of a provider: users by subject, groups as they are."""
    taken = take(
        *(space("dev1"), item("ClusterRole", "reader", rules=READ)),
        bound("a", "dev1", "reader", user("oidc:alice@example.com"), user("oidc:ml-users", "Group"), user("oidc:bob")),
        bound("b", "dev1", "reader", account("robot", "elsewhere"), user("system:masters", "Group")),
    )

    assert taken.spec("User", "alice")["subject"] == "alice@example.com"
    assert "subject" not in taken.spec("User", "bob")
    assert {"oidcGroup": "ml-users", "role": "reader"} in taken.spec("Group", "dev1")["members"]
    assert taken.spec("Cluster", "lab")["identity"]["groupsPrefix"] == "oidc:"
    assert "identity" in taken.fields("Cluster", "lab")


def test_two_roles_of_one_member():
    """A member has one role: of several the strongest built-in one, and the other is told."""
    taken = take(
        *(space("dev1"), item("ClusterRole", "reader", rules=READ)),
        *(bound(role, "dev1", role, account("bob", "dev1")) for role in ("reader", "cubec:viewer", "cubec:owner")),
    )

    assert taken.spec("Group", "dev1")["members"] == [{"user": "bob", "role": "owner"}]
    assert "bob has role viewer, too" in taken.why("Group", "dev1")


def test_rights_in_the_whole_cluster_are_left():
    """A ClusterRoleBinding of a person, or of an account of a group, is no member's right; those of strangers are not told."""
    ref = {"kind": "ClusterRole", "name": "view"}
    taken = take(
        *(
            space("dev1"),
            item("ClusterRole", "reader", rules=READ),
            bound("b", "dev1", "reader", account("bob", "dev1")),
        ),
        item("ClusterRoleBinding", "wide", roleRef=ref, subjects=[account("bob", "dev1")]),
        item("ClusterRoleBinding", "other", roleRef=ref, subjects=[account("x", "kube-system")]),
        item("ClusterRoleBinding", "empty", roleRef=ref),
    )

    assert taken.why("ClusterRoleBinding", "wide") == "it gives ServiceAccount dev1/bob view in the whole cluster"
    assert taken.why("ClusterRoleBinding", "other") == ""


def test_whose_number_it_is_follows_where_it_can():
    """A uid that a namespace lists goes to its one member who starts pods; who has none gets a free one, and is told."""
    taken = take(
        space("dev1", uids="20001,x,7"),
        space("dev2", uids="20001,20007"),
        bound("a", "dev1", "cubec:developer", account("bob", "dev1")),
        bound("b", "dev2", "cubec:developer", account("bob", "dev1"), account("tom", "dev2")),
        bound("c", "dev2", "cubec:viewer", account("eve", "dev2")),
    )

    assert {name: taken.spec("User", name)["uid"] for name in ("bob", "tom", "eve")} == {
        "bob": 20001,
        "tom": 20007,
        "eve": 20002,
    }
    assert taken.fields("User", "eve") == {"uid"}
    assert taken.fields("User", "bob") == set()


def test_a_role_that_nobody_has():
    """A Role that nobody is bound to is left; one that is bound and gone is no role."""
    taken = take(
        space("dev1"), item("Role", "idle", "dev1", rules=READ), bound("b", "dev1", "gone", account("x", "dev1"))
    )

    assert taken.why("Role", "idle") == "nobody is bound to it"
    assert "ClusterRole gone" in taken.why("RoleBinding", "b")


def test_a_role_that_no_document_can_write():
    """A role with words that no document may have is left out of the platform, and of its members; the group stays."""
    odd = [{"apiGroups": [""], "resources": ["pods/\x1b[1m"], "verbs": ["get"]}]
    taken = take(
        space("dev1"),
        item("Role", "odd", "dev1", rules=odd),
        bound("b", "dev1", "odd", account("x", "dev1"), kind="Role"),
    )

    assert "odd was left out" in taken.why("Platform", "lab")
    assert "members" not in taken.spec("Group", "dev1")
    assert "\x1b" not in text(taken)


@pytest.mark.parametrize("name", ["oidc:new\nline", "oidc:{{ x }}", "oidc:" + "x" * 300, "oidc:\x1b[1m"])
def test_names_that_nobody_has(name: str):
    """The API server takes any text as a subject's name; what no document may say is left, and the others stay."""
    taken = take(
        *(space("dev1"), item("ClusterRole", "reader", rules=READ)),
        bound("b", "dev1", "reader", user(name, "Group"), user("oidc:ml", "Group")),
    )

    assert taken.spec("Group", "dev1")["members"] == [{"oidcGroup": "ml", "role": "reader"}]
    assert "is nobody that a document can name" in taken.why("RoleBinding", "b")
