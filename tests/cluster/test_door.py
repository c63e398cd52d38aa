"""What passes the door to a cluster that is not ours, and under which name: without a cluster."""

import json
from typing import Any

import pytest
from tests.cluster.passage import ClosedError, Passage
from tests.cluster.renaming import PREFIX as P
from tests.cluster.renaming import Renaming
from tests.cluster.words import names

RENAMING = Renaming(words=names())
PASSAGE = Passage(RENAMING)
RBAC, ADMISSION = "/apis/rbac.authorization.k8s.io/v1", "/apis/admissionregistration.k8s.io/v1"
PATHS = [
    ("/api/v1/namespaces/dev1", f"/api/v1/namespaces/{P}dev1"),
    ("/api/v1/namespaces/dev1/finalize", f"/api/v1/namespaces/{P}dev1/finalize"),
    ("/api/v1/namespaces/unheard/pods/one", f"/api/v1/namespaces/{P}unheard/pods/one"),
    ("/api/v1/namespaces/kube-system/configmaps", f"/api/v1/namespaces/{P}kube-system/configmaps"),
    (f"{RBAC}/clusterroles/cubec:owner", f"{RBAC}/clusterroles/{P}cubec:owner"),
    (f"{RBAC}/clusterroles/unheard", f"{RBAC}/clusterroles/{P}unheard"),
    (f"{RBAC}/clusterroles/system:node", f"{RBAC}/clusterroles/system:node"),
    ("/api/v1/persistentvolumes/dev1--data-1a", f"/api/v1/persistentvolumes/{P}dev1--data-1a"),
    ("/api/v1/nodes/worker01", "/api/v1/nodes/worker01"),
    ("/api/v1/pods?labelSelector=cubec.io%2Fgroup", f"/api/v1/pods?labelSelector={P}cubec.io%2Fgroup"),
    ("/version", "/version"),
    ("/openapi/v2?timeout=32s", "/openapi/v2?timeout=32s"),
]
TEXTS = [
    ("dev1", f"{P}dev1"),
    ("system:serviceaccount:cubec-users:bob", f"system:serviceaccount:{P}cubec-users:bob"),
    ("dev1--data-1a", f"{P}dev1--data-1a"),
    ("department1-public-dev1", "department1-public-dev1"),
    ("dev1.example.com", "dev1.example.com"),
    ("oidc:vision-team", f"{P}oidc:vision-team"),
    ("object.metadata.labels['cubec.io/group']", f"object.metadata.labels['{P}cubec.io/group']"),
    ("cubec.node-restriction.kubernetes.io/pool", f"{P}cubec.node-restriction.kubernetes.io/pool"),
    ("normal,urgent", f"{P}normal,{P}urgent"),
    ("default", "default"),
    (f"{P}dev1", f"{P}dev1"),
]
OPEN = [
    ("POST", "/api/v1/namespaces/dev1/pods", {"metadata": {"name": "one"}}),
    ("POST", f"{RBAC}/clusterroles", {"kind": "ClusterRole", "metadata": {"name": "unheard"}}),
    ("DELETE", "/api/v1/namespaces/dev1", {"propagationPolicy": "Background"}),
    ("DELETE", "/api/v1/namespaces/dev1/events", None),
    ("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {"spec": {"user": "bob"}}),
    ("PATCH", "/api/v1/nodes/worker01?dryRun=All", {"metadata": {"labels": {"a": "b"}}}),
    ("DELETE", "/api/v1/nodes/worker01", {"dryRun": ["All"]}),
]
CLOSED = [
    ("DELETE", "/api/v1/nodes/worker01", {"propagationPolicy": "Background"}),
    ("DELETE", "/api/v1/nodes/worker01", None),
    ("PATCH", "/api/v1/nodes/worker01", {"dryRun": ["All"], "kind": "Node"}),
    ("PATCH", "/api/v1/nodes/worker01", {"dryRun": ["All"]}),
    ("PATCH", "/api/v1/nodes/worker01", [{"op": "add", "path": "/metadata/labels/a", "value": "b"}]),
    ("DELETE", f"{RBAC}/clusterroles/system:node", None),
    ("DELETE", f"{RBAC}/clusterroles", None),
    ("PATCH", f"{RBAC}/clusterroles/cluster-admin", {"rules": []}),
    ("DELETE", "/api/v1/persistentvolumes", None),
    ("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {"metadata": {"name": f"{P}x"}}),
    ("POST", f"{ADMISSION}/validatingwebhookconfigurations", {"metadata": {"name": f"{P}x"}}),
    ("POST", "/apis", {}),
    ("DELETE", "/logs", None),
]


def enter(method: str, path: str, body: Any = None) -> tuple[str, Any]:
    address, text = PASSAGE.enter(method, path, b"" if body is None else json.dumps(body).encode())
    return address, json.loads(text) if text else None


@pytest.mark.parametrize(("path", "renamed"), PATHS)
def test_paths(path: str, renamed: str):
    """Namespaces and our objects of the whole cluster have the prefix; what everybody has keeps its name."""
    assert enter("GET", path)[0] == renamed


@pytest.mark.parametrize(("text", "renamed"), TEXTS)
def test_texts(text: str, renamed: str):
    """A name is renamed wherever it stands by itself, once, and comes back as it was."""
    assert RENAMING.text(text) == renamed
    assert RENAMING.text(renamed) == renamed
    assert RENAMING.back(renamed) == text.removeprefix(P)


@pytest.mark.parametrize(("method", "path", "body"), OPEN)
def test_open(method: str, path: str, body: Any):
    """What changes only what is ours passes, and what changes nothing."""
    enter(method, path, body)


@pytest.mark.parametrize(("method", "path", "body"), CLOSED)
def test_closed(method: str, path: str, body: Any):
    """What could change anything else does not pass, the administrator's own requests included."""
    with pytest.raises(ClosedError):
        enter(method, path, body)


def test_objects_of_the_whole_cluster():
    """A body has the name that its path has, a class is nobody's default, and a binding names people of ours."""
    priority = {"kind": "PriorityClass", "metadata": {"name": "fast"}, "globalDefault": True, "value": 1}
    subject = {"kind": "ServiceAccount", "name": "zoe", "namespace": "unheard"}
    binding = {"kind": "ClusterRoleBinding", "metadata": {"name": "cubec:x"}, "subjects": [subject]}

    renamed = {"kind": "PriorityClass", "metadata": {"name": f"{P}fast"}, "value": 1}
    assert enter("POST", "/apis/scheduling.k8s.io/v1/priorityclasses", priority)[1] == renamed
    assert enter("POST", f"{RBAC}/clusterrolebindings", binding)[1] == {
        **binding,
        "metadata": {"name": f"{P}cubec:x"},
        "subjects": [{**subject, "namespace": f"{P}unheard"}],
    }


def test_labels_that_a_cluster_wants():
    """Every namespace gets the labels that the run was told, beside its own renamed ones."""
    renaming = Renaming(words=names(), labels=(("cubec.io/group", "test"),))
    namespace = {"kind": "Namespace", "metadata": {"name": "dev1", "labels": {"cubec.io/group": "dev1"}}}

    assert renaming.item(namespace)["metadata"]["labels"] == {
        f"{P}cubec.io/group": f"{P}dev1",
        "cubec.io/group": "test",
    }


def test_lists_of_the_whole_cluster():
    """A list over all namespaces shows what is ours alone, by the names that the tests know; nodes are everybody's."""
    items = [{"metadata": {"name": "a", "namespace": one}} for one in (f"{P}dev1", "dev1", "kube-system")]
    nodes = [{"metadata": {"name": "worker01"}}]

    assert json.loads(PASSAGE.leave("GET", "/api/v1/pods", json.dumps({"items": items}).encode()))["items"] == [
        {"metadata": {"name": "a", "namespace": "dev1"}}
    ]
    assert json.loads(PASSAGE.leave("GET", "/api/v1/nodes", json.dumps({"items": nodes}).encode()))["items"] == nodes
    assert PASSAGE.leave("GET", "/openapi/v2", b"\xff\x00cubec-test-") == b"\xff\x00cubec-test-"


def test_where_an_engine_lives():
    """In an engine's namespace, which stays where it is, only objects with the prefix can be written."""
    passage = Passage(Renaming(words=names(), engines=frozenset({"flux-system"})))
    root = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations"
    body = json.dumps({"kind": "Kustomization", "metadata": {"name": "apps", "namespace": "flux-system"}}).encode()

    address, text = passage.enter("PATCH", f"{root}/apps", body)

    assert address == f"{root}/{P}apps"
    assert json.loads(text)["metadata"] == {"name": f"{P}apps", "namespace": "flux-system"}
    with pytest.raises(ClosedError):
        passage.enter("DELETE", root, b"")
