"""The cluster-wide rights that the Arena command line needs: exactly those."""

import pytest
from tests.unit.emitters.compiling import cluster, document, objects

FILE = "platform/arena.yaml"
PLATFORM = "  profiles: [arena]\n  hostPathAllow: [/data/k8s]\n  templateCategories: [{name: training}]\n"
ADMIN = document("User", "li", "  uid: 20009\n  platformRole: admin\n  subject: li@example.com")
OIDC = cluster(
    "  identity: {mode: oidc, issuer: https://login.example.com, clientID: kubernetes, usernamePrefix: 'corp:'}"
)


def made(extra: str = "", *more: str) -> dict[str, dict]:
    return {item["kind"]: item for item in objects(FILE, document("Platform", "research", PLATFORM + extra), *more)}


def test_rules_name_what_they_allow():
    """Everything but the review of one's own token is named one by one, and nothing is changed by any of it."""
    found = made("  priorities: [{name: normal, value: 1000}]\n")
    rules = [*found["ClusterRole"]["rules"], *found["Role"]["rules"]]

    assert [rule["verbs"] for rule in rules] == [["get"], ["create"], ["get"], ["get"]]
    assert [len(rule.get("resourceNames", [])) for rule in rules] == [7, 0, 1, 1]


def test_no_priorities_no_rule():
    """An empty list of names would mean every priority class."""
    resources = [rule["resources"] for rule in made()["ClusterRole"]["rules"]]

    assert resources == [["customresourcedefinitions"], ["tokenreviews"]]


def test_only_accounts_of_people_are_bound():
    """Accounts of group namespaces have none of it."""
    found = made("  identityNamespace: people\n")

    for kind in ("RoleBinding", "ClusterRoleBinding"):
        assert [subject["name"] for subject in found[kind]["subjects"]] == ["system:serviceaccounts:people"]


@pytest.mark.parametrize(
    ("more", "names"),
    [([], ""), ([ADMIN], "system:serviceaccount:cubec-users:li"), ([ADMIN, OIDC], "corp:li@example.com")],
)
def test_admins_by_the_name_that_the_server_knows(more: list[str], names: str):
    """Arena compares with the user name that the API server reports."""
    assert made("", *more)["ConfigMap"]["data"] == {"adminUsers": names}


def test_nothing_without_the_profile():
    """Without the profile the file is not written."""
    assert objects(FILE) == []
