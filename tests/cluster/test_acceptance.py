"""Every object that the compiler writes is accepted by a real API server: strictly, silently, and once and for all."""

import base64
import http.client
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from tests.cluster import definitions, sample
from tests.cluster.client import Answer, Client, Object
from tests.test_valid import compiled as golden_trees
from tests.test_valid import objects as golden_objects

CLAIMS = (
    ("every object of the sample is accepted: strictly and without a warning", "test_every_object_is_accepted"),
    ("applying the sample a second time changes no object", "test_a_second_apply_changes_nothing"),
    ("every validating policy passes the type check; the mutating one works", "test_policies_pass_the_type_check"),
    (
        "every object of every golden case is accepted like the sample, in every variant",
        "test_golden_cases_are_accepted",
    ),
)
NEWEST, OLDER = "1.36", ("1.35", "1.34", "1.33")
ADMINISTRATORS = ("argocd", "infra", "registries", "registry-logins")  # namespaces that no tree makes, and some name
NO_DEFINITION = {"GitRepository", "Kustomization", "MutatingPolicy"}  # Flux and Kyverno: nothing pinned here has them
ONLY_NEWEST = {  # an emulated version is about Kubernetes' own kinds
    *("AppProject", "Application", "ExternalSecret", "SealedSecret", "WorkflowTemplate"),
    *("ClusterQueue", "Cohort", "LocalQueue", "ResourceFlavor", "WorkloadPriorityClass"),
}
ADVICE = {  # warnings that are meant: a team may follow the first, and Argo CD knows its finalizer by no other name
    "PodTemplate": 'would violate PodSecurity \\"restricted:',
    "AppProject": "prefer a domain-qualified finalizer name",
    "Application": "prefer a domain-qualified finalizer name",
}
REPLACED = {"PersistentVolumeClaim", "PriorityClass"}  # where two golden cases differ in what never changes
POLICIES = {"ValidatingAdmissionPolicy", "MutatingAdmissionPolicy"}


@dataclass(frozen=True)
class Server:
    """A running API server, and the version that it is or emulates."""

    version: str
    cluster: Any
    client: Client


@dataclass
class Findings:
    """What the server made of many objects."""

    accepted: int = 0
    refused: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


@pytest.fixture(scope="module", params=[NEWEST, *OLDER])
def served(request: pytest.FixtureRequest, start_cluster) -> Iterator[Server]:
    """A server of one version, which is gone before that of the next one is started; Kueue is on the newest alone."""
    newest = request.param == NEWEST
    failed = request.session.testsfailed
    cluster = start_cluster(beside="kueue" if newest else "", emulate="" if newest else request.param)
    with Client(cluster.kubeconfig) as client:
        if newest:
            definitions.install(cluster, client, definitions.pinned())
        for name in ADMINISTRATORS:
            client.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        yield Server(request.param, cluster, client)
    if request.session.testsfailed == failed:
        cluster.down()


@pytest.fixture(scope="module")
def sample_findings(served: Server) -> Findings:
    """The sample for the server's version, cluster after cluster: ``ack`` is committed for the newest, ``dev`` for one before."""
    tree, found = sample.for_version(served.version), Findings()
    parts = [list(sample.objects(tree, cluster)) for cluster in ("ack", "dev")]
    if served.version == NEWEST:
        parts[:1] = [list(sample.objects(sample.committed(), cluster)) for cluster in ("ack", "dev")]
    for items in parts:
        _apply(served.client, items, found)
        _settle(served.client, items, found)
        found.refused += _type_errors(served, [item for item in items if item["kind"] in POLICIES])
    return found


def _apply(client: Client, items: Iterable[Object], found: Findings) -> None:
    for item in items:
        if not client.knows(item):
            found.left_out[item["kind"]] += 1
            continue
        answer = client.apply(item)
        if answer.status == http.client.UNPROCESSABLE_ENTITY and item["kind"] in REPLACED and client.remove(item):
            answer = client.apply(item)
        if answer.status >= http.client.BAD_REQUEST:
            found.refused.append(f"{_about(item)}: {answer.body['message']}")
            continue
        found.accepted += 1
        advice = ADVICE.get(item["kind"])
        found.warned += [f"{_about(item)}: {text}" for text in answer.warnings if not (advice and advice in text)]


def _settle(client: Client, items: Iterable[Object], found: Findings) -> None:
    """Apply what is there once more. A controller may write a status just then, so that a new version is looked at again."""
    for item in filter(client.knows, items):
        versions = [_version(client.ask("GET", client.path(item))), _version(client.apply(item))]
        while versions[-1] != versions[-2] and len(versions) < 6:
            versions.append(_version(client.apply(item)))
        if versions[-1] != versions[-2]:
            found.moved.append(f"{_about(item)}: {versions}")


def _version(answer: Answer) -> str:
    return answer.body["metadata"].get("resourceVersion", "refused")


def _type_errors(served: Server, policies: Iterable[Object]) -> list[str]:
    """What the controller manager says about the expressions of policies. It does not look at mutating ones."""
    errors = []
    for item in policies:
        if item["kind"] == "ValidatingAdmissionPolicy" and served.client.knows(item):
            path = served.client.path(item)
            status = served.cluster.eventually(partial(_checked, served.client, path), f"{path} is checked")
            warnings = status["typeChecking"].get("expressionWarnings", [])
            errors += [f"{_about(item)}: {one['fieldRef']}: {one['warning']}" for one in warnings]
    return errors


def _checked(client: Client, path: str) -> Any:
    policy = client.get(path)
    status = policy.get("status", {})
    return "typeChecking" in status and status["observedGeneration"] == policy["metadata"]["generation"] and status


def _about(item: Object) -> str:
    metadata = item["metadata"]
    return f"{item['kind']} {metadata.get('namespace', '')}/{metadata['name']}"


def _say(capsys: pytest.CaptureFixture[str], what: str, found: Findings) -> None:
    left_out = ", ".join(f"{count} {kind}" for kind, count in sorted(found.left_out.items()))
    with capsys.disabled():
        print(f"\n{what}: {found.accepted} objects accepted; left out, not defined there: {left_out or 'none'}")


def test_every_object_is_accepted(
    served: Server, sample_findings: Findings, capsys: pytest.CaptureFixture[str], record_property: Any
):
    """Server-side apply with strict validation takes every object of a kind that the cluster has, without a warning."""
    _say(capsys, f"sample on {served.version}", sample_findings)

    assert not sample_findings.refused
    assert not sample_findings.warned
    if served.cluster.foreign:
        record_property(
            "left out", f"kinds that are not there: {', '.join(sorted(sample_findings.left_out)) or 'none'}"
        )
        return
    assert sample_findings.left_out.keys() <= NO_DEFINITION | (ONLY_NEWEST if served.version != NEWEST else set())


def test_a_second_apply_changes_nothing(sample_findings: Findings):
    """No object gets a new resourceVersion when it is applied as it is."""
    assert sample_findings.accepted > 200
    assert not sample_findings.moved


@pytest.mark.parametrize("served", [NEWEST], indirect=True)
def test_policies_pass_the_type_check(served: Server, sample_findings: Findings):
    """Type warnings would be among what was refused; mutating policies have no such check, so one of them is tried."""
    assert not sample_findings.refused
    container = {"name": "main", "image": "registry.example.com/any:1"}
    metadata = {"name": "probe", "namespace": "vision-train"}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [container]}}

    def chosen() -> Any:
        answer = served.client.create(pod, dry=True)
        return answer.status == http.client.CREATED and answer.body["spec"].get("nodeSelector")

    key = "cubec.node-restriction.kubernetes.io/pool"
    assert served.cluster.eventually(chosen, "the pod got a pool") == {key: "dev-cpu"}


@pytest.mark.parametrize("served", [NEWEST], indirect=True)
def test_the_judge_notices(served: Server):
    """An unknown field, a warning and an expression of the wrong type do not go by unseen."""
    namespace, found = {"namespace": "infra"}, Findings()
    unknown = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "unknown", **namespace}, "dta": {}}
    spec = {"containers": [{"name": "main", "image": "any"}], "nodeSelector": {"beta.kubernetes.io/arch": "amd64"}}
    frowned = {"apiVersion": "v1", "kind": "PodTemplate", "metadata": {"name": "frowned", **namespace}}
    frowned["template"] = {"spec": spec}
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}
    policy = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingAdmissionPolicy",
        "metadata": {"name": "wrong"},
        "spec": {
            "matchConstraints": {"resourceRules": [rule]},
            "validations": [{"expression": "object.spec.nodeName > 1"}],
        },
    }
    _apply(served.client, [unknown, frowned, policy], found)

    assert (found.accepted, len(found.refused), len(found.warned)) == (2, 1, 1)
    assert "nodeName" in "".join(_type_errors(served, [policy]))


@pytest.mark.own_cluster
@pytest.mark.parametrize("served", [NEWEST], indirect=True)
def test_golden_cases_are_accepted(served: Server, capsys: pytest.CaptureFixture[str]):
    """Every object of every golden case: distinct ones are applied once, a later case over an earlier one."""
    distinct: dict[str, Object] = {}
    for name, tree in golden_trees().items():
        if name != "sample":
            namespaces_first = sorted(golden_objects(tree), key=lambda found: found[1]["kind"] != "Namespace")
            distinct |= {json.dumps(item, sort_keys=True): item for _, item in namespaces_first}
    items = [_decrypted(item) for item in distinct.values()]
    policies = [_copy(number, item) for number, item in enumerate(items) if item["kind"] in POLICIES]
    found = Findings()
    for item in items:  # at once, because the next case may want another object of the same name
        _apply(served.client, [item], found)
        _settle(served.client, [item], found)
    _apply(served.client, policies, found)
    found.refused += _type_errors(served, policies)
    _say(capsys, "golden cases", found)

    assert found.accepted > 500
    assert not found.refused
    assert not found.warned
    assert not found.moved
    assert found.left_out.keys() <= NO_DEFINITION


def _decrypted(item: Object) -> Object:
    """As Flux applies it: with values in place of ciphertext, and without the block that tells how it was made."""
    if "sops" not in item:
        return item
    plain = {key: base64.b64encode(b'{"auths":{}}').decode() for key in item["data"]}
    return {key: part for key, part in item.items() if key != "sops"} | {"data": plain}


def _copy(number: int, policy: Object) -> Object:
    """The policy under a name of its own and so without a binding: all variants are there at once, and none acts."""
    return {**policy, "metadata": {**policy["metadata"], "name": f"{policy['metadata']['name']}-{number}"}}
