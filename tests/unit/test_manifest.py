"""The gate that every object passes, and what all objects carry."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cubec.manifest import CLUSTERED, GROUP_NAMESPACED, NAMESPACED, GateError, Manifest, Owner, allow, complete

GROUP = Owner("research", "ack", "argocd", frozenset({"dev1", "dev1-notebook"}), "dev1")
PLATFORM = Owner("research", "ack", "argocd", frozenset({"cubec-users", "cubec-system", "argocd"}))
KINDS = [*CLUSTERED, *NAMESPACED]


def manifest(kind: str, name: str, namespace: str = "", **more: Any) -> Manifest:
    return Manifest(kind, name, namespace, "groups/dev1.yaml", {}, **more)


def permitted(owner: Owner, kind: str, name: str, namespace: str = "") -> bool:
    try:
        allow(owner, manifest(kind, name, namespace))
    except GateError:
        return False
    return True


@pytest.mark.parametrize("kind", sorted(GROUP_NAMESPACED))
@pytest.mark.parametrize("namespace", ["dev1", "dev1-notebook"])
def test_a_group_has_its_own_kinds_in_its_own_namespaces(kind: str, namespace: str):
    """What a group's documents stand for passes, in each of its namespaces."""
    assert permitted(GROUP, kind, "a", namespace)


@pytest.mark.parametrize("kind", sorted(NAMESPACED))
@pytest.mark.parametrize(
    "namespace", ["dev2", "dev", "dev1-", "kube-system", "cubec-users", "cubec-system", "argocd", ""]
)
def test_a_group_has_nothing_elsewhere(kind: str, namespace: str):
    """No object of a group stands in a namespace that is not the group's, a near miss included, or in none."""
    assert not permitted(GROUP, kind, "a", namespace)


@pytest.mark.parametrize("kind", sorted(NAMESPACED.keys() - GROUP_NAMESPACED))
def test_a_group_has_no_object_of_the_platforms_kinds(kind: str):
    """Roles, jobs, config maps and the engine's own objects are never made from a group's documents."""
    assert not permitted(GROUP, kind, "a", "dev1")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("Namespace", "dev1"),
        ("Namespace", "dev1-notebook"),
        ("ClusterQueue", "dev1-notebook"),
        ("Cohort", "dev1"),
        ("PersistentVolume", "dev1--data-0a1b2c3d"),
        ("PersistentVolume", "dev1-notebook--data-0a1b2c3d"),
    ],
)
def test_a_group_has_cluster_wide_names_of_its_own(kind: str, name: str):
    """What cannot stand in a namespace carries the group's name, or one of its namespaces' names."""
    assert permitted(GROUP, kind, name)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("Namespace", "dev2"),
        ("Namespace", "kube-system"),
        ("ClusterQueue", "dev2"),
        ("Cohort", "ack"),
        ("Cohort", "dev1-notebook"),
        ("PersistentVolume", "dev2--data-0a1b2c3d"),
        ("PersistentVolume", "dev1-data-0a1b2c3d"),
        ("PersistentVolume", "dev1-notebook-data--0a1b2c3d"),
        ("PersistentVolume", "--dev1"),
    ],
)
def test_a_group_has_no_other_cluster_wide_name(kind: str, name: str):
    """Names of other groups, of the platform, or that only begin alike, are not the group's."""
    assert not permitted(GROUP, kind, name)


@pytest.mark.parametrize("kind", sorted(CLUSTERED.keys() - {"Namespace", "ClusterQueue", "Cohort", "PersistentVolume"}))
@pytest.mark.parametrize("name", ["dev1", "dev1--a", "cubec:dev1"])
def test_a_group_changes_nothing_cluster_wide(kind: str, name: str):
    """Cluster roles, policies, priorities and flavors are the platform's alone, whatever they are called."""
    assert not permitted(GROUP, kind, name)


@pytest.mark.parametrize("kind", sorted(NAMESPACED))
def test_the_platform_stays_in_its_namespaces(kind: str):
    """The platform's own objects stand in its namespaces and never in a group's."""
    assert permitted(PLATFORM, kind, "a", "cubec-system")
    assert not permitted(PLATFORM, kind, "a", "dev1")
    assert not permitted(PLATFORM, kind, "a")


@pytest.mark.parametrize(
    ("kind", "name"),
    [("PersistentVolume", "cubec-system--a-0a1b2c3d"), ("ClusterQueue", "cubec-system"), ("Namespace", "dev1")],
)
def test_the_platform_has_no_group_objects(kind: str, name: str):
    """Volumes, queues and namespaces of groups come from groups."""
    assert not permitted(PLATFORM, kind, name)


@settings(deadline=None)
@given(
    owner=st.sampled_from([GROUP, PLATFORM]),
    kind=st.sampled_from(sorted(CLUSTERED)),
    namespace=st.sampled_from(["dev1", "argocd"]),
)
def test_what_stands_in_no_namespace_has_none(owner: Owner, kind: str, namespace: str):
    """A cluster-wide kind with a namespace is refused, even one that is the owner's."""
    assert not permitted(owner, kind, namespace, namespace)


@settings(deadline=None)
@given(
    owner=st.sampled_from([GROUP, PLATFORM]),
    kind=st.text().filter(lambda kind: kind not in KINDS),
    namespace=st.sampled_from(["", "dev1", "argocd"]),
)
def test_unknown_kinds_never_pass(owner: Owner, kind: str, namespace: str):
    """What is not in the list of kinds cannot leave the compiler."""
    assert not permitted(owner, kind, "dev1", namespace)


def test_kinds_stand_in_one_list():
    """A kind is cluster-wide or namespaced, not both, and what groups may have is among the namespaced ones."""
    assert not CLUSTERED.keys() & NAMESPACED.keys()
    assert NAMESPACED.keys() >= GROUP_NAMESPACED


def test_the_refusal_says_whose_and_what():
    """The message of the bug names the owner and the object."""
    with pytest.raises(GateError, match="group dev1 may not have Secret kube-system/token"):
        complete(GROUP, manifest("Secret", "token", "kube-system"))
    with pytest.raises(GateError, match="the platform may not have Pod dev1/a"):
        complete(PLATFORM, manifest("Pod", "a", "dev1"))


def test_a_whole_object():
    """Identity comes first, in Kubernetes' order, then what the emitter made."""
    made = complete(
        GROUP, Manifest("LimitRange", "hub", "dev1", "registries/hub.yaml", {"type": "Opaque"}, labels={"a": "b"})
    )

    assert made == {
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": {
            "name": "hub",
            "namespace": "dev1",
            "labels": {
                "app.kubernetes.io/managed-by": "cubec",
                "app.kubernetes.io/part-of": "research",
                "cubec.io/cluster": "ack",
                "cubec.io/group": "dev1",
                "a": "b",
            },
            "annotations": {"cubec.io/source": "registries/hub.yaml"},
        },
        "type": "Opaque",
    }
    assert list(made) == ["apiVersion", "kind", "metadata", "type"]


def test_the_platforms_objects_belong_to_no_group():
    """Without a group there is no label for one, and without a namespace no namespace."""
    metadata = complete(PLATFORM, manifest("PriorityClass", "normal"))["metadata"]

    assert "cubec.io/group" not in metadata["labels"]
    assert "namespace" not in metadata


@pytest.mark.parametrize(
    ("engine", "more", "expected"),
    [
        ("none", {"keep": True}, {}),
        ("argocd", {}, {}),
        ("argocd", {"keep": True}, {"sync-options": "Prune=false,Delete=false", "compare-options": "IgnoreExtraneous"}),
        (
            "argocd",
            {"confirm": True},
            {"sync-options": "Prune=false,Delete=confirm", "compare-options": "IgnoreExtraneous"},
        ),
        (
            "argocd",
            {"keep": True, "confirm": True},
            {"sync-options": "Prune=false,Delete=false", "compare-options": "IgnoreExtraneous"},
        ),
        ("flux", {}, {"substitute": "disabled"}),
        ("flux", {"keep": True}, {"substitute": "disabled", "prune": "disabled"}),
        ("flux", {"confirm": True}, {"substitute": "disabled", "prune": "disabled"}),
    ],
)
def test_protection_in_the_engines_words(engine: str, more: dict[str, bool], expected: dict[str, str]):
    """What holds data, or needs a person, is kept from each engine's pruning."""
    owner = Owner("research", "ack", engine, frozenset({"dev1"}), "dev1")
    annotations = complete(owner, manifest("PersistentVolumeClaim", "data", "dev1", **more))["metadata"]["annotations"]
    said = {key.split("/")[1]: value for key, value in annotations.items() if key != "cubec.io/source"}

    assert said == expected


def test_finalizers_are_metadata():
    """What an engine must do before an object goes stands with its identity."""
    made = complete(PLATFORM, manifest("Application", "dev1", "argocd", finalizers=("example.com/wait",)))

    assert made["metadata"]["finalizers"] == ["example.com/wait"]


@pytest.mark.parametrize(
    ("kind", "namespace", "body", "labels"),
    [
        ("LimitRange", "dev1", {"kind": "ClusterRole"}, {}),
        ("LimitRange", "dev1", {"metadata": {"namespace": "dev2"}}, {}),
        ("LimitRange", "dev1", {}, {"cubec.io/group": "dev2"}),
        ("LimitRange", "dev1", {}, {"app.kubernetes.io/managed-by": "me"}),
        ("PersistentVolume", "", {"spec": {"claimRef": {"namespace": "dev2"}}}, {}),
        ("LocalQueue", "dev1", {"spec": {"clusterQueue": "dev2"}}, {}),
        ("RoleBinding", "dev1", {"roleRef": {"kind": "ClusterRole", "name": "cluster-admin"}}, {}),
        ("RoleBinding", "dev1", {"roleRef": {"kind": "Role", "name": "cubec:owner"}}, {}),
        ("Secret", "dev1", {"data": {"password": "aHVudGVyMg=="}}, {}),
    ],
)
def test_what_stands_inside_is_the_groups_own(kind: str, namespace: str, body: dict[str, Any], labels: dict[str, str]):
    """No identity is smuggled in, nothing refers to another group's objects, no right comes from elsewhere, no secret is plain."""
    name = "dev1--data-0a1b2c3d" if kind == "PersistentVolume" else "a"

    with pytest.raises(GateError):
        complete(GROUP, Manifest(kind, name, namespace, "groups/dev1.yaml", body, labels=labels))
