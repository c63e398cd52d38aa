"""What happens to an object: made, changed, replaced, moved, deleted, or kept although the tree no longer holds it."""

from typing import Any

import pytest
from tests.unit.plan.changing import DEV1, DEV2, PLATFORM, VOLUME, base, edited, plan

from cubec.plan.objects import Action, Identity, ObjectChange, Placed, compare

SECRET = "Secret"


def identity(kind: str, name: str = "x", namespace: str = "dev1") -> Identity:
    return Identity("ack", "v1", kind, namespace, name)


def placed(path: str = "ack/groups/dev1/x.yaml", **body: Any) -> Placed:
    return Placed({"metadata": {"labels": {}}, **body}, path)


def one(kind: str, before: Placed, after: Placed) -> ObjectChange:
    (change,) = compare({identity(kind): before}, {identity(kind): after}, ["ack"])
    return change


@pytest.mark.parametrize(
    ("kind", "before", "after", "action"),
    [
        ("RoleBinding", {"roleRef": {"name": "a"}}, {"roleRef": {"name": "b"}}, Action.REPLACED),
        ("RoleBinding", {"subjects": [1]}, {"subjects": [2]}, Action.CHANGED),
        ("PersistentVolume", {"spec": {"nfs": {"path": "/a"}}}, {"spec": {"nfs": {"path": "/b"}}}, Action.REPLACED),
        ("PersistentVolume", {"spec": {"mountOptions": []}}, {"spec": {"mountOptions": ["ro"]}}, Action.CHANGED),
        ("LocalQueue", {"spec": {"clusterQueue": "a"}}, {"spec": {"clusterQueue": "b"}}, Action.REPLACED),
        ("PriorityClass", {"value": 1}, {"value": 2}, Action.REPLACED),
        ("Job", {"spec": {"template": 1}}, {"spec": {"template": 2}}, Action.REPLACED),
        (SECRET, {"type": "Opaque"}, {"type": "kubernetes.io/tls"}, Action.REPLACED),
        ("StorageClass", {"parameters": {"a": "b"}}, {"parameters": {}}, Action.REPLACED),
    ],
)
def test_fields_that_never_change(kind: str, before: dict[str, Any], after: dict[str, Any], action: Action):
    """What the API server refuses to change in place is a replacement; all else is a change."""
    change = one(kind, placed(**before), placed(**after))

    assert change.action is action
    assert change.fields


@pytest.mark.parametrize(
    ("storage_class", "size", "action"),
    [("fast", "2Ti", Action.CHANGED), ("fast", "500Gi", Action.REPLACED), ("", "2Ti", Action.REPLACED)],
)
def test_a_claim_grows_where_a_class_made_it(storage_class: str, size: str, action: Action):
    """Only a claim of a StorageClass may get larger, and none smaller."""

    def claim(storage: str) -> Placed:
        return placed(spec={"storageClassName": storage_class, "resources": {"requests": {"storage": storage}}})

    assert one("PersistentVolumeClaim", claim("1Ti"), claim(size)).action is action


def test_ciphertext_is_never_told():
    """That other ciphertext stands there is all that a plan says of it."""
    (field,) = one(SECRET, placed(data={"a": "x"}), placed(data={"a": "y"})).fields

    assert field.sealed


def test_a_moved_object_is_the_same_object():
    """Another file is no deletion; an immutable field weighs more than that."""
    moved = one("RoleBinding", placed(), placed("ack/groups/dev2/x.yaml"))
    replaced = one("RoleBinding", placed(roleRef=1), placed("ack/groups/dev2/x.yaml", roleRef=2))

    assert (moved.action, moved.was) == (Action.MOVED, "ack/groups/dev1/x.yaml")
    assert (replaced.action, replaced.was) == (Action.REPLACED, "ack/groups/dev1/x.yaml")


@pytest.mark.parametrize("engine", ["argocd", "flux", "none"])
def test_what_goes_with_a_group(engine: str):
    """A group past its last day goes with its namespace and its claims; its volumes stay, whatever the engine."""
    cluster = "tenants/clusters/ack.yaml"
    before = edited(
        base(),
        (cluster, "engine: argocd", f"engine: {engine}"),
        (DEV2, "gid: 10002", "gid: 10002\n  state: decommissioned\n  until: 2026-11-01\n  reason: over"),
    )
    after = edited(before, (VOLUME, "    - {group: dev2, access: read-write, claim: department1-public-dev2}\n", ""))
    del after[DEV2]
    actions = {(change.identity.kind, change.action) for change in plan(before, after).objects}

    assert ("Namespace", Action.DELETED) in actions
    assert ("PersistentVolumeClaim", Action.DELETED) in actions
    assert ("PersistentVolume", Action.PROTECTED) in actions
    assert ("PersistentVolume", Action.DELETED) not in actions


@pytest.mark.parametrize("engine", ["argocd", "flux"])
def test_what_stays_of_an_active_group(engine: str):
    """Nothing of a group goes whose document was removed without notice: its engine object does not take it along."""
    before = edited(base(), ("tenants/clusters/ack.yaml", "engine: argocd", f"engine: {engine}"))
    after = edited(before, (VOLUME, "    - {group: dev2, access: read-write, claim: department1-public-dev2}\n", ""))
    del after[DEV2]
    found = plan(before, after).objects
    deleted = {change.identity.kind for change in found if change.action is Action.DELETED}

    assert deleted <= {"AppProject", "Application", "Kustomization"}
    assert any(change.identity.kind == "Namespace" and change.action is Action.PROTECTED for change in found)


def test_a_cluster_that_is_no_longer_managed():
    """Objects of a cluster that the platform gives up stay where they are."""
    change = next(iter(compare({identity("ConfigMap"): placed()}, {}, [])))

    assert change.action is Action.PROTECTED
    assert "no longer managed" in change.why


def test_a_removed_member_loses_the_binding_only():
    """A membership that is taken out is one binding less, and what the namespace lists."""
    before = edited(base(), (DEV1, "members:", "members:\n    - user: tom\n      role: viewer"))
    found = plan(before, base())

    assert [change.identity.name for change in found.objects if change.action is Action.DELETED] == ["viewer--tom"]
    assert found.destruction.members == {"dev1": ("tom",)}


def test_the_platform_touches_all():
    """A setting of the platform is compiled for every group."""
    found = plan(base(), edited(base(), (PLATFORM, "spec:", "spec:\n  podSecurity: restricted")))

    assert {change.identity.name for change in found.objects if change.identity.kind == "Namespace"} >= {"dev1", "dev2"}
