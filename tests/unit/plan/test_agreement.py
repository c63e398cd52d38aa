"""The evaluator of the compiler against the one of the tests, which reads emitted YAML and knows nothing of the compiler."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from tests.rbac import Rbac as Oracle
from tests.rbac import Request as Question
from tests.rbac import Subject as Person
from tests.test_golden import BASE, TODAY

from cubec import pipeline
from cubec.model import api_resources
from cubec.model.model import Model
from cubec.plan import rbac, who
from cubec.plan.rbac import Rbac, Request, Subject, allowing

pytestmark = pytest.mark.no_cover  # measuring doubles its time, and other tests reach the same lines
ROOT = Path(__file__).parents[3]
VERBS = (*sorted(api_resources.VERBS), "bind", "escalate", "impersonate", "*")
PARTS = {
    "pods": ("log", "exec", "attach", "portforward", "status", "ephemeralcontainers", "binding", "proxy"),
    "serviceaccounts": ("token",),
    "deployments": ("scale", "status"),
    "*": ("exec",),
}
OTHERS = (
    ("kubeflow.org", "tfjobs"),
    ("kubeflow.org", "notebooks"),
    ("batch.volcano.sh", "jobs"),
    ("kueue.x-k8s.io", "workloads"),
    ("argoproj.io", "workflows"),
    ("example.com", "jobs"),
    ("", "users"),
    ("", "*"),
    ("*", "*"),
)
ROLES = """
  roles:
    - {name: everything, rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]}
    - {name: entering, rules: [{apiGroups: [""], resources: ["*/exec", "pods/*"], verbs: [create, get]}]}
    - {name: named, rules: [{apiGroups: [""], resources: [configmaps], verbs: [get, update], resourceNames: [one, two]}]}
    - {name: listing, rules: [{apiGroups: ["", batch], resources: [pods, jobs], verbs: [list]}, {apiGroups: [batch], resources: ["*"], verbs: [get]}]}
"""
GENERATED = 24  # groups, and people


@dataclass(frozen=True)
class Case:
    """One cluster: what the compiler says of it, what is emitted for it, and who asks about which namespaces."""

    rights: Rbac
    objects: list[dict[str, Any]]
    subjects: list[Subject]
    namespaces: list[str]


def cases(files: Mapping[str, bytes], *, groups: tuple[str, ...] = ()) -> Iterator[Case]:
    analysis = pipeline.analyse(files.items(), [], TODAY)
    assert analysis.model is not None, analysis.diagnostics
    for name, rights in rbac.emitted(analysis.model).items():
        site = analysis.model.sites[name]
        subjects = [who.subject(site, user, groups) for user in analysis.model.users.values()]
        subjects += [Subject("system:serviceaccount:cubec-system:upkeep-finished"), Subject("nobody", ("x",))]
        yield Case(rights, _emitted(analysis.model, name), subjects, _namespaces(analysis.model, name))


def _emitted(model: Model, cluster: str) -> list[dict[str, Any]]:
    """Roles and bindings as they are written, read back with another reader of YAML."""
    texts = [
        content.decode()
        for path, content in pipeline.emit(model)
        if path.startswith(f"{cluster}/") and path.endswith(".yaml") and "/clients/" not in path and b"Role" in content
    ]
    return [item for text in texts for item in yaml.load_all(text, Loader=yaml.CSafeLoader) if item]


def _namespaces(model: Model, cluster: str) -> list[str]:
    own = [item.name for place in model.placements if place.site.cluster.name == cluster for item in place.namespaces]
    return ["", *own, "cubec-users", "cubec-system", "arena-system", "infra", "nowhere"]


def kinds() -> list[tuple[str, str, str]]:
    """API group, resource and subresource."""
    tables = (api_resources.NAMESPACED, api_resources.CLUSTERED)
    plain = {(group, name) for table in tables for group, names in table.items() for name in names}
    found = [(group, name, "") for group, name in sorted(plain | set(OTHERS))]
    return found + [(group, name, part) for group, name, _ in found for part in PARTS.get(name, ())]


def disagreements(case: Case) -> tuple[int, list[tuple[Subject, Request]]]:
    """Ask both about everything: how often, and where they differ. The oracle gets the bindings of one namespace at a time."""
    asked, yes, wrong = 0, 0, []
    for namespace in case.namespaces:
        questions = list(_questions(namespace))
        near = [item for item in case.objects if item["metadata"].get("namespace", "") in ("", namespace)]
        oracle = Oracle([item for item in near if "Role" in item["kind"]])
        for subject in case.subjects:
            person = Person(subject.name, subject.groups)
            mine = Oracle([], oracle.roles, [one for one in oracle.bindings if _concerns(one[1], person)])
            given = [grant for _, grant in case.rights.given(subject, namespace)]
            for request, question in questions:
                allowed = mine.allowed(person, question)
                asked, yes = asked + 1, yes + allowed
                if bool(given and allowing(given, request)) is not allowed:
                    wrong.append((subject, request))
    assert 0 < yes < asked
    return asked, wrong


def _questions(namespace: str) -> Iterator[tuple[Request, Question]]:
    for (group, name, part), verb in product(kinds(), VERBS):
        for wanted in ("", "one") if name == "configmaps" else ("",):
            request = Request(verb, f"{name}/{part}" if part else name, group, namespace, wanted)
            yield request, Question(verb, name, group, part, namespace, wanted)


def _concerns(binding: Mapping[str, Any], person: Person) -> bool:
    """A first look that leaves the decision to the oracle: whether any word of the binding is one of the person's."""
    words = {one["name"] for one in binding.get("subjects", ())}
    return any(word in person.groups or person.name.endswith(word) for word in words)


def test_the_sample():
    """Both say the same about every person of the sample, with and without groups of the provider, in every namespace."""
    files = {
        path.relative_to(ROOT).as_posix(): path.read_bytes() for path in sorted((ROOT / "tenants").rglob("*.yaml"))
    }
    results = [disagreements(case) for case in cases(files, groups=("ml-users", "other"))]

    assert [wrong for _, wrong in results] == [[], []]
    assert sum(asked for asked, _ in results) > 180_000


def test_the_base():
    """The same of the platform that the golden cases begin with."""
    files = {path.relative_to(BASE).as_posix(): path.read_bytes() for path in sorted(BASE.rglob("*.yaml"))}
    (asked, wrong) = next(disagreements(case) for case in cases(files))

    assert wrong == []
    assert asked > 25_000


def test_a_generated_platform():
    """The same of a platform with roles that no check would let through: wildcards, subresources of all kinds, names."""
    random = Random(7)
    roles = ("viewer", "developer", "operator", "owner", "everything", "entering", "named", "listing")
    files = {path.relative_to(BASE).as_posix(): path.read_bytes() for path in sorted(BASE.rglob("*.yaml"))}
    files = {path: data for path, data in files.items() if "/groups/" not in path and "/volumes/" not in path}
    files["tenants/platform.yaml"] += ROLES.encode()
    people = [f"user-{number}" for number in range(GENERATED)]
    files["tenants/users/people.yaml"] = "".join(_users(people)).encode()
    for number in range(GENERATED):
        members = random.sample(people, 4)
        entries = "".join(f"    - {{user: {name}, role: {random.choice(roles)}}}\n" for name in members)
        files[f"tenants/groups/g{number}.yaml"] = _group(number, entries).encode()
    results = [disagreements(case) for case in cases(files)]

    assert [wrong for _, wrong in results] == [[]]
    assert sum(asked for asked, _ in results) > 1_000_000


def _users(names: list[str]) -> Iterator[str]:
    yield "apiVersion: cubec.io/v1\nkind: List\nitems:\n"
    for number, name in enumerate(names):
        role = "platformRole: admin, " if number == 0 else "platformRole: viewer, " if number == 1 else ""
        yield (
            f"  - apiVersion: cubec.io/v1\n    kind: User\n    metadata: {{name: {name}}}\n"
            f"    spec: {{uid: {30000 + number}, {role}displayName: {name}, email: {name}@example.com}}\n"
        )


def _group(number: int, members: str) -> str:
    return (
        f"apiVersion: cubec.io/v1\nkind: Group\nmetadata: {{name: g{number}}}\nspec:\n  gid: {40000 + number}\n"
        f'  owners: ["@example/g"]\n  members:\n{members}  placements: [{{cluster: ack, pools: [gpu-t4]}}]\n'
    )
