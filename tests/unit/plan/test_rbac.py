"""RBAC as the API server evaluates it, rule by rule and binding by binding."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.test_golden import TODAY

from cubec import pipeline
from cubec.emitters import ABOUT_GROUP, GROUP_EMITTERS, SITE_EMITTERS
from cubec.manifest import Manifest
from cubec.plan import rbac
from cubec.plan.rbac import Grant, Rbac, Request, Subject, allowing

ROOT = Path(__file__).parents[3]
ANN = Subject("ann", ("devs", "system:authenticated"))


def role(name: str, *rules: dict[str, Any], namespace: str = "") -> Manifest:
    return Manifest("Role" if namespace else "ClusterRole", name, namespace, "platform.yaml", {"rules": list(rules)})


def rule(verbs: str, resources: str, groups: str = "", names: str = "") -> dict[str, Any]:
    found = {"verbs": verbs.split(), "resources": resources.split(), "apiGroups": groups.split(",")}
    return {**found, "resourceNames": names.split()} if names else found


def bound(name: str, *subjects: dict[str, str], namespace: str = "", kind: str = "ClusterRole") -> Manifest:
    own = "RoleBinding" if namespace else "ClusterRoleBinding"
    body = {"roleRef": {"kind": kind, "name": name}, "subjects": list(subjects)}
    return Manifest(own, f"to-{name}", namespace, "groups/a.yaml", body)


def person(name: str, kind: str = "User", **more: str) -> dict[str, str]:
    return {"kind": kind, "name": name, **more}


def reasons(rights: Rbac, who: Subject, request: Request) -> tuple[Grant, ...]:
    return allowing((grant for _, grant in rights.given(who, request.namespace)), request)


@pytest.mark.parametrize(
    ("written", "asked", "allowed"),
    [
        (rule("get", "pods"), ("get", "pods", "", "a", ""), True),
        (rule("get", "pods"), ("list", "pods", "", "a", ""), False),
        (rule("get", "pods"), ("get", "pods", "apps", "a", ""), False),
        (rule("get", "pods"), ("get", "pods/log", "", "a", ""), False),
        (rule("get", "pods/log"), ("get", "pods/log", "", "a", ""), True),
        (rule("get", "pods/log"), ("get", "pods", "", "a", ""), False),
        (rule("*", "pods"), ("anything", "pods", "", "a", ""), True),
        (rule("get", "*"), ("get", "pods/log", "", "a", ""), True),
        (rule("get", "*"), ("get", "jobs", "batch", "a", ""), False),
        (rule("get", "*", "*"), ("get", "jobs", "batch", "a", ""), True),
        (rule("get", "*/log"), ("get", "pods/log", "", "a", ""), True),
        (rule("get", "*/log"), ("get", "pods", "", "a", ""), False),
        (rule("get", "*/*"), ("get", "pods/log", "", "a", ""), False),
        (rule("get", "pods/*"), ("get", "pods/log", "", "a", ""), False),
        (rule("get", "pods", names="one"), ("get", "pods", "", "a", "one"), True),
        (rule("get", "pods", names="one"), ("get", "pods", "", "a", "two"), False),
        (rule("get", "pods", names="one"), ("get", "pods", "", "a", ""), False),
        (rule("get", "Pods"), ("get", "pods", "", "a", ""), False),
    ],
)
def test_a_rule(written, asked: tuple[str, ...], allowed: bool):
    """A rule gives a verb on a kind as upstream reads it: wildcards, subresources, groups, names, letter by letter."""
    rights = rbac.of([role("one", written), bound("one", person("ann"), namespace="a")])

    assert bool(reasons(rights, ANN, Request(*asked))) is allowed


def test_where_a_binding_holds():
    """A RoleBinding holds in its namespace, of a ClusterRole too; a ClusterRoleBinding everywhere."""
    get = Request("get", "pods", namespace="a")
    here = rbac.of([role("one", rule("get", "pods")), bound("one", person("ann"), namespace="a")])
    wide = rbac.of([role("one", rule("get", "pods")), bound("one", person("ann"))])

    assert reasons(here, ANN, get)
    assert not reasons(here, ANN, Request("get", "pods", namespace="b"))
    assert not reasons(here, ANN, Request("get", "pods"))
    assert all(reasons(wide, ANN, Request("get", "pods", namespace=name)) for name in ("", "a", "b"))


@pytest.mark.parametrize(
    ("subject", "who", "allowed"),
    [
        (person("ann"), ANN, True),
        (person("devs", "Group"), ANN, True),
        (person("devs"), ANN, False),
        (person("ann", "Group"), ANN, False),
        (person("x", "ServiceAccount", namespace="b"), Subject("system:serviceaccount:b:x"), True),
        (person("x", "ServiceAccount"), Subject("system:serviceaccount:a:x"), True),
        (person("x", "ServiceAccount", namespace=""), Subject("system:serviceaccount:b:x"), False),
        (person("system:serviceaccount:b:x"), Subject("system:serviceaccount:b:x"), True),
        (person("system:serviceaccounts:b", "Group"), Subject("y", ("system:serviceaccounts:b",)), True),
    ],
)
def test_a_subject(subject, who: Subject, allowed: bool):
    """Users, groups and accounts match by kind and name; an account without a namespace is one of the binding's own."""
    rights = rbac.of([role("one", rule("get", "pods")), bound("one", subject, namespace="a")])

    assert bool(reasons(rights, who, Request("get", "pods", namespace="a"))) is allowed


def test_roles_by_their_names():
    """A Role is looked for in the binding's namespace, a ClusterRole in none; one that is not there gives nothing."""
    get = Request("get", "pods", namespace="a")
    own = [role("one", rule("get", "pods"), namespace="a"), role("one", rule("get", "jobs"))]

    assert reasons(rbac.of([*own, bound("one", person("ann"), namespace="a", kind="Role")]), ANN, get)
    assert not reasons(rbac.of([*own, bound("one", person("ann"), namespace="a")]), ANN, get)
    assert not reasons(rbac.of([*own, bound("two", person("ann"), namespace="a")]), ANN, get)
    assert not reasons(rbac.of([*own, bound("one", person("ann"), namespace="b", kind="Role")]), ANN, get)


def test_every_reason_is_named():
    """Where several bindings say yes, all of them are reasons."""
    rights = rbac.of(
        [
            role("one", rule("get", "pods")),
            role("two", rule("*", "*", "*")),
            bound("one", person("ann"), namespace="a"),
            bound("two", person("devs", "Group")),
        ]
    )

    found = reasons(rights, ANN, Request("get", "pods", namespace="a"))

    assert [(grant.kind, grant.binding, grant.role.name) for grant in found] == [
        ("RoleBinding", "to-one", "one"),
        ("ClusterRoleBinding", "to-two", "two"),
    ]


def test_no_emitter_of_rights_is_forgotten():
    """Whatever role or binding is in the output, of the sample and of the golden base, is in the evaluator's index."""
    assert set(rbac.SITE_EMITTERS) <= set(SITE_EMITTERS)
    assert set(rbac.GROUP_EMITTERS) <= {*GROUP_EMITTERS, *ABOUT_GROUP}
    for root in (ROOT, ROOT / "tests/golden/base"):
        files = {
            path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.glob("tenants/**/*.yaml"))
        }
        model = pipeline.analyse(files.items(), [], TODAY).model
        assert model is not None
        written, known = set(), set()
        for path, content in pipeline.emit(model):
            if path.endswith(".yaml") and "/clients/" not in path:
                for item in yaml.load_all(content, Loader=yaml.CSafeLoader):
                    if "Role" in item["kind"] and "roleRef" not in item:
                        written.add((path.partition("/")[0], item["kind"], item["metadata"]["name"]))
                    for subject in item.get("subjects", ()):
                        written.add((path.partition("/")[0], item["metadata"]["name"], subject["name"]))
        for cluster, rights in rbac.emitted(model).items():
            known |= {(cluster, kind, name) for kind, _, name in rights.roles}
            for (_, name), given in rights.grants.items():
                for grants in given.values():
                    known |= {(cluster, grant.binding, name.rpartition(":")[2]) for grant in grants}
                    known |= {(cluster, grant.binding, name) for grant in grants}

        assert written <= known
