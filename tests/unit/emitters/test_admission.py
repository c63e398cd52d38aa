"""The admission policies, beyond what the golden cases show; what they refuse is tried on the test cluster."""

import re
from typing import Any

import pytest
from tests.unit.emitters.compiling import cluster, document, group, objects, output

from cubec.emitters.admission import cel

FILE = "platform/admission.yaml"
PLATFORM = "  hostPathAllow: [/data/k8s]\n  templateCategories: [{name: training}]\n"
OLD = '  kubernetes: "1.30"\n'
KYVERNO = '  kubernetes: "1.33"\n  capabilities: [kueue, kubeflow-training, external-secrets, kyverno]'
TAINTED = "  taints: [{key: example.com/a, effect: NoSchedule}]\n"
USED = re.compile(r"\bvariables\.(\w+)")
LITERAL = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
# what Kubernetes 1.30 offers besides CEL's own macros: strings, lists, optional values, quantities, the authorizer
KNOWN = {
    *("all", "exists", "filter", "map", "has", "size", "string", "int"),
    *("split", "join", "startsWith", "sum", "orValue", "hasValue", "value", "quantity", "asInteger"),
    *("group", "resource", "namespace", "check", "allowed"),
    *("escapeKey",),  # of MutatingAdmissionPolicy, which is younger
}


def pool(name: str, extra: str = "", accelerator: str = "  accelerator: {model: T4, count: 2}\n") -> str:
    head = f"  cluster: ack\n  nodes: {{names: [{name}-1]}}\n  capacity: {{cpu: 8, memory: 64Gi}}\n"
    return document("NodePool", name, head + accelerator + extra)


def platform(extra: str) -> str:
    return document("Platform", "research", PLATFORM + extra)


VARIETY = [
    (),
    (cluster(OLD),),
    (cluster(KYVERNO),),
    (platform("  linuxIdentity: enforced\n"),),
    (platform('  linuxIdentity: "off"\n'), cluster(OLD)),
    (platform("  priorities: [{name: normal, value: 1}]\n"),),
    (pool("gpu-t4", TAINTED), pool("mine", "  groups: [dev1]\n"), group("dev1", pools="gpu-t4, mine")),
    (pool("gpu-t4", TAINTED), cluster(OLD)),
    (pool("gpu-t4", accelerator=""), group("dev1", quota="{cpu: 1}"), group("dev2", quota="{cpu: 1}")),
]


def kinds(*documents: str) -> dict[str, dict[str, Any]]:
    return {f"{item['kind']}/{item['metadata']['name']}": item["spec"] for item in objects(FILE, *documents)}


def expressions(spec: dict[str, Any]) -> list[tuple[str, str]]:
    """Every expression of a policy in the order of evaluation, with the name of the variable that it gives."""
    found = [(item["name"], item["expression"]) for item in spec.get("variables", ())]
    for rule in spec.get("validations", ()):
        found += [("", rule["expression"]), ("", rule.get("messageExpression", ""))]
    return found + [("", item["jsonPatch"]["expression"]) for item in spec.get("mutations", ())]


@pytest.mark.parametrize("documents", VARIETY)
def test_variables_are_there_before_they_are_used(documents: tuple[str, ...]):
    """Whatever a platform leaves out, no expression speaks of a variable that its policy does not have, and none is idle."""
    for spec in kinds(*documents).values():
        named: list[str] = []
        used: set[str] = set()
        for name, expression in expressions(spec):
            found = set(USED.findall(expression))
            assert found <= set(named)
            used |= found
            named += [name] if name else []
        assert used == set(named)


@pytest.mark.parametrize("documents", VARIETY)
def test_expressions_fit_the_oldest_version(documents: tuple[str, ...]):
    """Nothing is called that Kubernetes 1.30 does not know."""
    for spec in kinds(*documents).values():
        for _, expression in expressions(spec):
            assert set(re.findall(r"(\w+)\(", LITERAL.sub("''", expression))) <= KNOWN


@pytest.mark.parametrize("documents", VARIETY)
def test_every_refusal_says_why(documents: tuple[str, ...]):
    """A rule has a text of one line even where its longer one cannot be made, and answers 403."""
    for spec in kinds(*documents).values():
        for rule in spec.get("validations", ()):
            assert rule["reason"] == "Forbidden"
            assert rule["message"]
            assert "\n" not in rule["message"]


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        ((), ["MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"]),
        ((cluster('  kubernetes: "1.35"\n'),), []),
        ((cluster(KYVERNO),), ["MutatingPolicy"]),
        ((cluster(KYVERNO.replace("1.33", "1.36")),), ["MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"]),
    ],
)
def test_what_completes_pods(documents: tuple[str, ...], expected: list[str]):
    """The API server where it can, else Kyverno where it is there, else nothing; what a pod may do is always checked."""
    found = [item["kind"] for item in objects(FILE, *documents)]

    assert [kind for kind in found if "Mutating" in kind] == expected
    assert found.count("ValidatingAdmissionPolicy") == found.count("ValidatingAdmissionPolicyBinding") == 3


def test_only_group_namespaces_are_judged():
    """Whatever runs outside of groups is not touched; a protected namespace is one wherever it is."""
    bindings = {name: spec for name, spec in kinds().items() if "Binding" in name}
    free = [name for name, spec in bindings.items() if "matchResources" not in spec]

    assert free == ["ValidatingAdmissionPolicyBinding/cubec-protect-namespaces"]
    assert {str(spec["matchResources"]) for name, spec in bindings.items() if name not in free} == {
        str({"namespaceSelector": cel.GROUP_NAMESPACES})
    }


def test_a_pod_without_pool_is_free_where_nothing_is_reserved_from_it():
    """Where nothing completes pods, a group that may use every unreserved pool need not name one."""
    spec = kinds(cluster(OLD), pool("mine", "  groups: [dev1]\n"), pool("other"))
    rule = spec["ValidatingAdmissionPolicy/cubec-isolation"]["validations"][0]["expression"]

    assert "['gpu-t4', 'other'].all(p, p in variables.pools)" in rule


@pytest.mark.parametrize(("mode", "rules"), [('"off"', 0), ("checked", 2), ("enforced", 4)])
def test_linux_ids(mode: str, rules: int):
    """Ids are left alone, must be right, or must be stated as well."""
    spec = kinds(platform(f"  linuxIdentity: {mode}\n"))["ValidatingAdmissionPolicy/cubec-isolation"]

    assert sum("runAs" in rule["message"] for rule in spec["validations"]) == rules


def test_groups_do_not_change_it():
    """The platform's files are the same with other groups, so that two changes of groups never meet in one."""
    first, second = output(), output(group("dev1", "  state: suspended\n", quota="{gpu: 1(T4), cpu: 1}"))
    shared = [name for name in first if name.startswith(("platform/", "upkeep/", "bootstrap", "delivery/argocd"))]

    assert len(shared) > 8
    assert [name for name in shared if first[name] != second[name]] == []


def test_texts_cannot_end_early():
    """What stands in a document stays a text in an expression."""
    assert cel.text("a'b\\c") == "'a\\'b\\\\c'"
