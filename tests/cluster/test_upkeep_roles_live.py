"""Each task of the upkeep job has what it needs and no more: with one verb less, on a real API server, it fails.

A task is exercised with the token of its own account: everything that it ever does, at least once. To add a task, write what
exercises it, and put it into ``EXERCISES``; the verbs that are tried come from the output of the compiler.
"""

import copy
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import pytest
from tests.cluster import upkeep_work
from tests.cluster.compiled import compiled
from tests.cluster.upkeep_site import LISTED, REGISTRIES, SECRETS, SYSTEM, Object, UpkeepSite, upkeep_site

from cubec.model import names
from cubec.upkeep import TASKS

CLAIMS = (
    ("every task does all that it ever does, with its own account and the roles that are written out", "test_enough"),
    ("with any one verb less on any one kind, a task fails", "test_no_more"),
)
pytestmark = pytest.mark.own_cluster
RBAC = "rbac.authorization.k8s.io/v1"
FILES = ("upkeep/accounts.yaml", "groups/*/rbac.yaml")


@pytest.fixture(scope="module")
def site(start_cluster, tmp_path_factory) -> UpkeepSite:
    made = upkeep_site(start_cluster, tmp_path_factory.mktemp("accounts"))
    upkeep_work.add_kinds(made)
    return made


def nodes(site: UpkeepSite) -> bool:
    """Label and taint nodes."""
    site.strip_nodes()
    done = site.run("nodes")
    return done.status == 0 and done.end["done"] == 8


def pull_secrets(site: UpkeepSite) -> bool:
    """Copy each login, change the copies with the originals, and remove them where nothing is listed any more."""
    site.drop_copies()
    for namespace, listed in LISTED.items():
        site.list_registries(namespace, listed)
    runs = []
    for password in ("first", "second"):
        for registry in SECRETS:
            site.original(registry, password)
        runs.append(site.run("pullSecrets"))
    for namespace in LISTED:
        site.list_registries(namespace, "")
    runs += [site.run("pullSecrets"), site.run("pullSecrets")]
    return [(run.status, run.end.get("done")) for run in runs] == [(0, 4), (0, 4), (0, 3), (0, 1)]


EXERCISES: Mapping[str, Callable[[UpkeepSite], bool]] = {
    "nodes": nodes,
    "pullSecrets": pull_secrets,
    "finished": upkeep_work.finished,
    "notebooks": upkeep_work.notebooks,
    "rightSizing": upkeep_work.right_sizing,
}


@dataclass(frozen=True)
class Right:
    """One verb on one kind of a role, as the compiler writes it: what is taken away."""

    task: str
    kind: str
    namespace: str
    role: str
    rule: int
    resource: str
    verb: str

    @property
    def path(self) -> str:
        where = f"/namespaces/{self.namespace}" if self.namespace else ""
        return f"/apis/{RBAC}{where}/{self.kind.lower()}s/{self.role}"

    def __str__(self) -> str:
        return f"{self.task}: {self.verb} {self.resource} of {self.kind} {self.role}, rule {self.rule}"


def rights() -> Iterator[Right]:
    """Every verb on every kind of every role that an account of the job is bound to, once for each task."""
    objects = compiled("upkeep").objects(*FILES)
    for task in EXERCISES:
        account = {"kind": "ServiceAccount", "name": names.task(task), "namespace": SYSTEM}
        bound = {
            (item["roleRef"]["kind"], item["roleRef"]["name"])
            for item in objects
            if item["kind"].endswith("Binding") and account in item["subjects"]
        }
        for role in objects:
            metadata = role["metadata"]
            if (role["kind"], metadata["name"]) not in bound:
                continue
            for number, rule in enumerate(role["rules"]):
                for resource, verb in product(rule["resources"], rule["verbs"]):
                    where = metadata.get("namespace", "")
                    yield Right(task, role["kind"], where, metadata["name"], number, resource, verb)


RIGHTS = tuple(rights())
NUMBERS = itertools.count()


def without(role: Object, right: Right) -> Object:
    """The role with one verb less on one kind; the rule's other kinds keep all of its verbs."""
    found = copy.deepcopy(role)
    rule = found["rules"][right.rule]
    less = {**rule, "resources": [right.resource], "verbs": [verb for verb in rule["verbs"] if verb != right.verb]}
    rest = {**rule, "resources": [resource for resource in rule["resources"] if resource != right.resource]}
    found["rules"][right.rule : right.rule + 1] = [one for one in (less, rest) if one["verbs"] and one["resources"]]
    return found


def put(site: UpkeepSite, right: Right, role: Object) -> None:
    """Write the role, with a rule that means nothing, and wait until the API server answers by it."""
    mark = f"probe{next(NUMBERS)}"
    probe = {"apiGroups": ["probe.example.com"], "resources": [mark], "verbs": ["get"]}
    site.patch(right.path, {"rules": [*role["rules"], probe]})
    site.cluster.eventually(lambda: allowed(site, right.task, mark), f"the role counts: {right}")


def allowed(site: UpkeepSite, task: str, resource: str) -> bool:
    """Whether the task's account has the rule that means nothing, wherever its role is bound."""
    for namespace in ("", SYSTEM, REGISTRIES, *LISTED):
        attributes = {"verb": "get", "group": "probe.example.com", "resource": resource, "namespace": namespace}
        spec = {"user": f"system:serviceaccount:{SYSTEM}:{names.task(task)}", "resourceAttributes": attributes}
        body = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
        if site.admin.must("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", body)["status"]["allowed"]:
            return True
    return False


def test_enough(site: UpkeepSite):
    """Every task of the job is exercised here, and passes with the roles as they are written out."""
    assert set(EXERCISES) == set(TASKS)
    assert {task: exercise(site) for task, exercise in EXERCISES.items()} == dict.fromkeys(EXERCISES, True)


@pytest.mark.parametrize("right", RIGHTS, ids=str)
def test_no_more(site: UpkeepSite, right: Right):
    """Without this verb the task fails, and says so by its status."""
    role = site.get(right.path)
    try:
        put(site, right, without(role, right))

        assert not EXERCISES[right.task](site)
    finally:
        put(site, right, role)
