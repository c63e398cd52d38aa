"""Rules are matched as the API server matches them, and no way to more rights hides from that."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.model.made import document

from cubec.checks import CHECKS
from cubec.model import build, roles
from cubec.model.escalation import PRIMITIVES, gives, held
from cubec.model.model import Model
from cubec.model.types import PolicyRule

CODES = {primitive.code for primitive in PRIMITIVES} | {"wildcard", "cluster-scope", "dead-rule"}


def rule(groups, resources, verbs) -> PolicyRule:
    return PolicyRule(tuple(groups), tuple(resources), tuple(verbs))


# the cases follow those of Kubernetes itself, in evaluation_helpers
@pytest.mark.parametrize(
    ("resources", "asked", "matches"),
    [
        (["*"], "pods", True),
        (["*"], "pods/exec", True),
        (["pods"], "pods", True),
        (["pods"], "pods/exec", False),
        (["pods/exec"], "pods/exec", True),
        (["pods/exec"], "pods", False),
        (["*/exec"], "pods/exec", True),
        (["*/exec"], "pods", False),
        (["*/exec"], "pods/log", False),
        (["*/*"], "pods/exec", False),
        (["*/*"], "pods", False),
        (["pods/*"], "pods/exec", False),
        (["pods/*"], "pods", False),
        (["Pods"], "pods", False),
        (["a", "pods"], "pods", True),
        ([], "pods", False),
    ],
)
def test_resources_match_as_upstream(resources, asked, matches):
    """Wildcards cover subresources, and what only looks like a wildcard matches nothing."""
    assert gives(rule([""], resources, ["get"]), "get", "", asked) is matches


@given(
    st.lists(st.sampled_from(["", "apps", "*"])),
    st.lists(st.sampled_from(["get", "list", "*"])),
    st.sampled_from(["", "apps"]),
    st.sampled_from(["get", "list"]),
)
def test_groups_and_verbs_match_exactly_or_by_star(groups, verbs, group, verb):
    """A group and a verb match themselves and a star."""
    expected = ("*" in groups or group in groups) and ("*" in verbs or verb in verbs)

    assert gives(rule(groups, ["pods"], verbs), verb, group, "pods") is expected


def reported(*rules) -> dict[str, list[str]]:
    """Codes and messages of all checks of roles on one preset."""
    preset = {"name": "preset", "rules": [{"apiGroups": g, "resources": r, "verbs": v, **m} for g, r, v, m in rules]}
    made, diagnostics = build.build(
        [document("Platform", "research", {"roles": [preset]})], as_of=date(2026, 11, 22), complete=True
    )
    assert isinstance(made, Model)
    assert not diagnostics
    found: dict[str, list[str]] = {}
    for check in CHECKS:
        if check.RULE.code in CODES:
            for item in check.check(made):
                found.setdefault(item.code, []).append(item.message)
    return found


RBAC = "rbac.authorization.k8s.io"
# what threats.md calls R1 to R15, as far as a preset can hold it: group, resource, verb, code
WAYS = [
    (RBAC, "roles", "escalate", "escalation-verb"),
    (RBAC, "clusterroles", "bind", "escalation-verb"),
    ("", "users", "impersonate", "escalation-verb"),
    ("", "serviceaccounts", "impersonate", "escalation-verb"),
    ("", "secrets", "get", "secret-read"),
    ("", "secrets", "list", "secret-read"),
    ("", "secrets", "watch", "secret-read"),
    ("", "secrets", "patch", "secret-read"),
    ("", "pods/exec", "create", "pod-entry"),
    ("", "pods/exec", "get", "pod-entry"),
    ("", "pods/attach", "create", "pod-entry"),
    ("", "pods/portforward", "create", "pod-entry"),
    ("", "pods/ephemeralcontainers", "patch", "pod-entry"),
    ("", "serviceaccounts/token", "create", "token-create"),
    ("", "nodes/proxy", "get", "proxy-subresource"),
    ("", "services/proxy", "create", "proxy-subresource"),
    ("", "pods/proxy", "get", "proxy-subresource"),
    (RBAC, "rolebindings", "create", "rbac-write"),
    (RBAC, "roles", "update", "rbac-write"),
    (RBAC, "clusterrolebindings", "create", "cluster-scope"),
    ("certificates.k8s.io", "certificatesigningrequests/approval", "update", "cluster-scope"),
    ("admissionregistration.k8s.io", "validatingwebhookconfigurations", "create", "cluster-scope"),
    ("", "persistentvolumes", "create", "cluster-scope"),
    ("", "namespaces", "patch", "cluster-scope"),
    ("", "nodes", "patch", "cluster-scope"),
    ("apiextensions.k8s.io", "customresourcedefinitions", "update", "cluster-scope"),
    ("", "resourcequotas", "delete", "policy-write"),
    ("", "limitranges", "patch", "policy-write"),
    ("", "serviceaccounts", "create", "policy-write"),
    ("networking.k8s.io", "networkpolicies", "create", "policy-write"),
    ("external-secrets.io", "secretstores", "create", "policy-write"),
    ("bitnami.com", "sealedsecrets", "create", "policy-write"),
    ("argoproj.io", "applications", "create", "foreign-controller"),
    ("argoproj.io", "appprojects", "patch", "foreign-controller"),
    ("kustomize.toolkit.fluxcd.io", "kustomizations", "create", "foreign-controller"),
]


@pytest.mark.parametrize(("group", "resource", "verb", "code"), WAYS)
def test_every_way_to_more_rights_is_named(group, resource, verb, code):
    """Plain, split over rules, in capitals, by name, among others, and through wildcards of one field: always its code."""
    harmless = (["kubeflow.org"], ["notebooks"], ["get"], {})
    disguises = [
        [([group], [resource], [verb], {})],
        [harmless, (["apps"], ["deployments"], ["get"], {}), ([group], [resource], [verb], {})],
        [([group, "apps"], ["deployments", resource], ["get", verb], {})],
        [([group.capitalize()], [resource.capitalize()], [verb.upper()], {})],
        [([group], [resource], [verb], {"resourceNames": ["one"]})],
        [(["*"], [resource], [verb], {})],
        [([group], [resource], ["*"], {})],
    ]
    if "/" in resource and code != "cluster-scope":
        disguises.append([([group], ["*/" + resource.partition("/")[2]], [verb], {})])
    for rules in disguises:
        assert code in reported(*rules), rules


@pytest.mark.parametrize(("group", "resource", "verb", "code"), WAYS)
def test_a_star_of_kinds_names_what_it_holds(group, resource, verb, code):
    """A wildcard over kinds is an error that lists the code of each way in it."""
    messages = reported(([group], ["*"], ["*"], {}))["wildcard"]

    assert any(code in message for message in messages)


def test_harmless_rules_are_left_alone():
    """What a role may have is reported by nothing."""
    assert not reported(
        ([""], ["pods", "configmaps", "services", "events", "pods/log"], ["get", "list", "watch"], {}),
        (["batch", "apps"], ["jobs", "deployments"], ["create", "update", "patch", "delete"], {}),
        ([""], ["secrets"], ["create", "update"], {}),
        ([""], ["namespaces"], ["get"], {}),
        (["kubeflow.org"], ["pytorchjobs"], ["create"], {}),
        ([RBAC], ["roles", "rolebindings"], ["get", "list"], {}),
        ([""], ["serviceaccounts"], ["get"], {"resourceNames": ["default"]}),
    )


def test_built_in_roles_hold_nothing_but_entry():
    """The roles that the compiler itself brings pass the same test; owners and developers may enter pods on purpose."""
    capabilities = ["argo-workflows", "kueue", "ray", "volcano", "spark", "kserve", "kubeflow-training"]
    cluster = {"kubernetes": "1.36", "server": "https://ack.example.com", "capabilities": capabilities}
    made, _ = build.build(
        [document("Platform", "research", {"profiles": ["arena"]}), document("Cluster", "ack", cluster)],
        as_of=date(2026, 11, 22),
        complete=True,
    )
    assert made is not None
    for name, rules in roles.presets(made.sites["ack"]).items():
        codes = {code for item in rules for code in held(item)}
        assert codes <= ({"pod-entry"} if name in {"owner", "developer"} else set()), name
