"""GitOps with the real Argo CD: the sample's repository, bootstrap.yaml applied once, and from then on nothing but commits.

Each test is a drill that needs none of the others: those that change much have a group of their own, beside the sample's.
"""

import json
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import yaml
from tests.cluster import definitions, small_groups, whole
from tests.cluster.argocd import ArgoCd
from tests.cluster.client import MERGE, Client
from tests.cluster.observed import different, everything
from tests.cluster.repository import Repository

from cubec.cli import status

POOL = {"cubec.node-restriction.kubernetes.io/pool": "gpu-t4"}  # which the upkeep job would set
NODES = [{"name": f"worker0{number}", "labels": POOL} for number in (1, 2, 3)]
PARTS = ("platform", "groups", "upkeep", "delivery")
OWN_GROUPS = ("quiet", "leaving", "dropped", "sight")
CLAIMS = (
    ("`bootstrap.yaml` applied once makes the whole sample live and healthy", "test_the_whole_sample_is_live"),
    ("what Argo CD has applied does not drift", "test_what_the_engine_applied_does_not_drift"),
    ("a field that Argo CD set, and that no source asks for now, drifts", "test_what_the_engine_once_set_drifts"),
    ("a commit adds a member", "test_a_member_is_added"),
    (
        "a commit takes a member's access away, even where the group is unhealthy",
        "test_access_ends_even_where_something_is_unwell",
    ),
    ("a commit raises a quota and its queue", "test_a_quota_is_raised"),
    ("a commit shares a volume with a second group", "test_a_volume_is_shared"),
    ("what is edited or deleted by hand is healed", "test_hand_edits_are_healed"),
    (
        "a broken group stops no other, and its correction never has to wait for people",
        "test_a_broken_group_stops_no_other",
    ),
    (
        "a group's project refuses foreign namespaces, cluster-wide objects and kinds that no group has",
        "test_foreign_objects_are_refused",
    ),
    ("an engine that is killed in the middle goes on", "test_a_restart_in_the_middle_loses_nothing"),
    ("a suspended group starts nothing, loses nothing, and goes on later", "test_a_suspended_group_starts_nothing"),
    (
        "a decommissioned group goes in two commits; its volumes and all other groups stay",
        "test_a_decommissioned_group_goes_but_for_its_data",
    ),
    (
        "a group whose file is gone by mistake stays as it is, claims and all",
        "test_a_group_that_was_not_decommissioned_stays",
    ),
    (
        "a renamed group keeps everything, and who leaves with that commit loses access",
        "test_a_renamed_group_is_the_same_group",
    ),
    ("an empty tree prunes nothing, and every application says why", "test_an_empty_tree_prunes_nothing"),
)


@pytest.fixture(scope="module")
def argo(start_cluster, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[ArgoCd]:
    """The sample and a few small groups on a cluster, by bootstrap.yaml alone. Prints in the end how long things took."""
    cluster = start_cluster(extras="kueue,argocd", nodes=NODES)
    address = f"{cluster.facts['git_url']}/platform.git"
    repository = Repository(tmp_path_factory.mktemp("platform"), cluster.folder / "git/platform.git", address)
    small_groups.add(repository, OWN_GROUPS, "ack", "gpu-t4")
    with Client(cluster.kubeconfig) as client:
        secrets = [one for one in definitions.pinned() if one["spec"]["group"] == "external-secrets.io"]
        definitions.install(cluster, client, secrets)
        argo = ArgoCd(cluster.folder, client, repository)
        revision = argo.publish("the platform")
        cluster.apply("-f", repository.work / "output/ack/bootstrap.yaml")
        expected = {"cubec", "cubec-platform", "cubec-upkeep", "group-dev1", "group-dev2"}
        expected |= {f"group-{name}" for name in OWN_GROUPS}
        argo.live(
            f"bootstrap.yaml: {len(expected)} applications, {len(desired(argo))} objects",
            lambda: argo.synced(revision, *expected) and set(argo.applications()) == expected,
        )
        yield argo
        argo.stop_controller()
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print("\nArgo CD, from commit to live:", *argo.timings, sep="\n  ")


def desired(argo: ArgoCd) -> list[dict[str, Any]]:
    return [item for part in PARTS for item in argo.repository.objects(f"output/ack/{part}")]


def test_the_whole_sample_is_live(argo: ArgoCd):
    """Every object of the output is in the cluster as it is in git, and every application says that it is healthy."""
    assert different(argo.client, desired(argo)) == []
    for item in (item for item in desired(argo) if item["kind"] == "ExternalSecret"):
        ready = {"type": "Ready", "status": "True", "reason": "SecretSynced", "message": "as the operator would say"}
        argo.client.must("PATCH", f"{argo.client.path(item)}/status", {"status": {"conditions": [ready]}}, MERGE)
    argo.until(
        "healthy",
        lambda: {item["status"]["health"]["status"] for item in argo.applications().values()} == {"Healthy"},
    )


@pytest.mark.own_cluster
def test_what_the_engine_applied_does_not_drift(argo: ArgoCd):
    """Applied by the engine under its own name, and marked by it: nothing differs but the address that these tests change."""
    objects = _drifting(argo)

    assert {one["kind"] for one in objects} == {"AppProject", "Application"}
    fields = {json.dumps(field["path"]) for one in objects for field in one["fields"]}
    assert fields == {'["spec", "source", "repoURL"]', '["spec", "sourceRepos"]'}


@pytest.mark.own_cluster
def test_what_the_engine_once_set_drifts(argo: ArgoCd):
    """A limit taken out of the sources, and not committed, is still held by the cluster as the engine set it: drift says so."""
    stated = "      quota:\n        cpu: 8\n"
    argo.repository.change("tenants/groups/dev2.yaml", stated, "      quota:\n")
    objects = _drifting(argo)
    argo.repository.change("tenants/groups/dev2.yaml", "      quota:\n", stated)

    fields = {one["kind"]: one["fields"] for one in objects if "App" not in one["kind"]}
    assert fields["ResourceQuota"] == [{"path": ["spec", "hard", "requests.cpu"], "sealed": False, "live": "8"}]
    assert fields.keys() == {"ResourceQuota", "ClusterQueue"}


def _drifting(argo: ArgoCd) -> list[dict[str, Any]]:
    result = whole.drift(argo.repository.work, argo.folder / "kubeconfig", "--other-server", "--format", "json")
    assert result.returncode == status.NO
    return json.loads(result.stdout)["objects"]


def test_a_member_is_added(argo: ArgoCd):
    """A line in a group's file: somebody reads that group, and still touches nothing."""
    tom = "role: developer\n    - {user: tom, role: viewer}\n"
    argo.repository.change("tenants/groups/dev1.yaml", "role: developer\n", tom)
    argo.publish("tom watches dev1")

    def may_tom(verb: str) -> bool:
        asked = {"namespace": "dev1", "verb": verb, "resource": "pods"}
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SubjectAccessReview",
            "spec": {"user": "system:serviceaccount:cubec-users:tom", "resourceAttributes": asked},
        }
        path = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
        return argo.client.must("POST", path, review)["status"]["allowed"]

    argo.live("a member added", lambda: may_tom("list"))
    assert not may_tom("create")


def test_access_ends_even_where_something_is_unwell(argo: ArgoCd):
    """A pull secret that its store does not have makes a group unhealthy; who leaves it loses access all the same."""
    secret = argo.client.path(argo.find("ExternalSecret", "hubsecret", "quiet"))
    for state in ("False", "True"):
        ready = {"type": "Ready", "status": state, "reason": "SecretSyncedError", "message": "no such key"}
        argo.client.must("PATCH", f"{secret}/status", {"status": {"conditions": [ready]}}, MERGE)
        if state == "False":
            argo.until(
                "unhealthy", lambda: argo.applications()["group-quiet"]["status"]["health"]["status"] == "Degraded"
            )
            argo.repository.change("tenants/groups/quiet.yaml", small_groups.AMY, "")
            argo.publish("amy leaves quiet")
            argo.live("a member removed", lambda: not argo.find("RoleBinding", "viewer--amy", "quiet"))


def test_a_quota_is_raised(argo: ArgoCd):
    """A number in a group's file: the API server enforces the new one, and the queue holds the same."""
    argo.repository.change("tenants/groups/dev2.yaml", "      quota:\n        cpu: 8", "      quota:\n        cpu: 10")
    argo.publish("dev2 gets 10 cpu")
    argo.live(
        "a quota raised",
        lambda: argo.find("ResourceQuota", "quota", "dev2")["status"]["hard"]["requests.cpu"] == "10",
    )

    def nominal() -> str:
        groups = argo.find("ClusterQueue", "dev2")["spec"]["resourceGroups"]
        amounts = (one for group in groups for flavor in group["flavors"] for one in flavor["resources"])
        return next(one["nominalQuota"] for one in amounts if one["name"] == "cpu")

    argo.until("the queue has it too", lambda: nominal() == "10")


def test_a_volume_is_shared(argo: ArgoCd):
    """A grant and a listing: the other group has a bound claim of its own, and the first group's is untouched."""
    before = argo.find("PersistentVolumeClaim", "dev2-public", "dev2")["metadata"]["uid"]
    argo.repository.change(
        "tenants/volumes/nas.yaml",
        "        - {group: dev2}\n",
        "        - {group: dev2}\n        - {group: dev1, access: read-only}\n",
    )
    listing = "  volumes: # a volume arrives where its file grants it and this file lists it\n"
    argo.repository.change(
        "tenants/groups/dev1.yaml", listing, f"{listing}    - {{volume: dev2-public, mount: /data/dev2}}\n"
    )
    argo.publish("dev2 shares with dev1")
    argo.live(
        "a volume shared",
        lambda: argo.find("PersistentVolumeClaim", "dev2-public", "dev1")["status"]["phase"] == "Bound",
    )
    volumes = {
        argo.find("PersistentVolumeClaim", "dev2-public", name)["spec"]["volumeName"] for name in ("dev1", "dev2")
    }
    assert len(volumes) == 2
    assert argo.find("PersistentVolumeClaim", "dev2-public", "dev2")["metadata"]["uid"] == before


def test_hand_edits_are_healed(argo: ArgoCd):
    """Whoever edits a namespace, a quota or a policy by hand gets back what git says, within seconds."""
    namespace = {
        "metadata": {"labels": {"cubec.io/protected": None}, "annotations": {"cubec.io/pools": "gpu-t4,secret"}}
    }
    quota = {"spec": {"hard": {"requests.nvidia.com/gpu": "3"}}}
    began = time.monotonic()
    argo.client.must("PATCH", "/api/v1/namespaces/dev1", namespace, MERGE)
    argo.client.must("PATCH", "/api/v1/namespaces/dev1/resourcequotas/quota", quota, MERGE)
    argo.client.must("DELETE", "/apis/networking.k8s.io/v1/namespaces/dev1/networkpolicies/isolation")

    def healed() -> bool:
        metadata = argo.find("Namespace", "dev1")["metadata"]
        return (
            metadata["labels"].get("cubec.io/protected") == "true"
            and metadata["annotations"]["cubec.io/pools"] == "gpu-t4"
            and argo.find("ResourceQuota", "quota", "dev1")["spec"]["hard"]["requests.nvidia.com/gpu"] == "1"
            and argo.find("NetworkPolicy", "isolation", "dev1")
        )

    argo.until("healed", healed)
    argo.note("a hand edit healed (from the edit)", time.monotonic() - began)


def test_a_broken_group_stops_no_other(argo: ArgoCd):
    """What the API server refuses in one group's folder keeps that group as it was; its correction never has to wait."""
    path = "output/ack/groups/dev2/quota.yaml"
    argo.repository.change("tenants/groups/dev1.yaml", "        gpu: 1 #", "        pods: 77\n        gpu: 1 #")
    argo.repository.build()
    argo.repository.change(path, "requests.memory: 60Gi", 'requests.memory: "-60Gi"')
    argo.publish("dev2 is broken, dev1 is well", build=False)
    argo.live(
        "a good group beside a broken one",
        lambda: argo.find("ResourceQuota", "quota", "dev1")["spec"]["hard"]["pods"] == "77",
    )
    argo.until("the refusal is shown", lambda: argo.says("group-dev2", "must be greater than or equal to 0"))
    assert argo.find("ResourceQuota", "quota", "dev2")["spec"]["hard"]["requests.memory"] == "60Gi"
    revision = argo.publish("dev2 is corrected")
    argo.live("the correction of a broken group", lambda: argo.synced(revision, "group-dev2"))


FOREIGN = (
    (
        {
            "apiVersion": "v1",
            "kind": "LimitRange",
            "metadata": {"name": "x", "namespace": "dev1"},
            "spec": {"limits": []},
        },
        "namespace dev1 is not permitted in project 'group-dev2'",
    ),
    (
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "x"}},
        "resource :Namespace is not permitted in project group-dev2",
    ),
    (
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": "x"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
            "subjects": [{"kind": "ServiceAccount", "name": "tom", "namespace": "cubec-users"}],
        },
        "resource rbac.authorization.k8s.io:ClusterRoleBinding is not permitted in project group-dev2",
    ),
    (
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "Role",
            "metadata": {"name": "x", "namespace": "dev2"},
            "rules": [],
        },
        "resource rbac.authorization.k8s.io:Role is not permitted in project group-dev2",
    ),
)


def test_foreign_objects_are_refused(argo: ArgoCd):
    """What a group's folder may not hold is refused by its project, thing by thing, and the cluster never sees it."""
    argo.repository.build()
    items = [item for item, _ in FOREIGN]
    argo.repository.write("output/ack/groups/dev2/foreign.yaml", yaml.safe_dump_all(items))
    argo.publish("foreign things in dev2's folder", build=False)
    for _, refusal in FOREIGN:
        argo.until(refusal, lambda refusal=refusal: argo.says("group-dev2", refusal))
    assert [item["kind"] for item in items if argo.client.ask("GET", argo.client.path(item)).status != 404] == []
    revision = argo.publish("and gone again")
    argo.live("the correction of a refused folder", lambda: argo.synced(revision, "group-dev2"))


def test_a_restart_in_the_middle_loses_nothing(argo: ArgoCd):
    """Argo CD's controller is killed while it applies a new group; when it is back, the group becomes whole."""
    small_groups.add(argo.repository, ["late"], "ack", "gpu-t4", 10150)
    revision = argo.publish("a new group")
    argo.until("it has begun", lambda: argo.find("AppProject", "group-late", "argocd"))
    argo.kill_controller()
    assert not argo.find("PersistentVolumeClaim", "late-data", "late")
    argo.start_controller()
    argo.live("a group added, with a restart of the engine", lambda: argo.synced(revision, "group-late"))
    argo.until("bound", lambda: argo.find("PersistentVolumeClaim", "late-data", "late")["status"]["phase"] == "Bound")


def pod(name: str) -> dict[str, Any]:
    container = {
        "name": "main",
        "image": "registry.example.com/a:1",
        "resources": {"limits": {"cpu": "100m", "memory": "64Mi"}},
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "quiet"},
        "spec": {"containers": [container]},
    }


def test_a_suspended_group_starts_nothing(argo: ArgoCd):
    """What runs goes on, nothing new starts, nothing is deleted; and back."""
    assert argo.client.create(pod("before")).status == 201
    argo.until(
        "it runs", lambda: argo.client.get("/api/v1/namespaces/quiet/pods/before")["status"]["phase"] == "Running"
    )
    before = everything(argo.client)
    argo.repository.change("tenants/groups/quiet.yaml", "  gid:", "  state: suspended\n  gid:")
    argo.publish("quiet is suspended")
    argo.live(
        "a group suspended", lambda: argo.find("ResourceQuota", "quota", "quiet")["status"]["hard"]["pods"] == "0"
    )
    assert "exceeded quota" in argo.client.create(pod("after")).body["message"]
    assert argo.client.get("/api/v1/namespaces/quiet/pods/before")["status"]["phase"] == "Running"
    assert everything(argo.client) == before
    argo.repository.change("tenants/groups/quiet.yaml", "  state: suspended\n", "")
    argo.publish("quiet goes on")
    argo.live("a suspended group active again", lambda: argo.client.create(pod("after")).status == 201)


def test_a_decommissioned_group_goes_but_for_its_data(argo: ArgoCd):
    """Only after its last day, and in two commits: the namespace goes, the volume and all other groups stay."""
    volume = argo.find("PersistentVolumeClaim", "leaving-data", "leaving")["spec"]["volumeName"]
    others = {key: uid for key, uid in everything(argo.client).items() if "leaving" not in key}
    argo.repository.change("tenants/groups/leaving.yaml", "  gid:", small_groups.LAST_DAY)
    revision = argo.publish("leaving leaves")
    argo.live("a group decommissioned", lambda: argo.synced(revision, "group-leaving"))
    assert "cubec.io/protected" not in argo.find("Namespace", "leaving")["metadata"]["labels"]
    assert argo.find("PersistentVolumeClaim", "leaving-data", "leaving")["status"]["phase"] == "Bound"
    small_groups.remove(argo.repository, "leaving")
    argo.publish("leaving is gone", as_of=date(2026, 12, 1))
    argo.live("a decommissioned group removed", lambda: not argo.find("Namespace", "leaving"))
    argo.until("the project goes last", lambda: not argo.find("AppProject", "group-leaving", "argocd"))
    kept = argo.find("PersistentVolume", volume)
    assert (kept["status"]["phase"], kept["spec"]["persistentVolumeReclaimPolicy"]) == ("Released", "Retain")
    assert not argo.find("ClusterQueue", "leaving")
    assert {key: uid for key, uid in everything(argo.client).items() if "leaving" not in key} == others


def test_a_group_that_was_not_decommissioned_stays(argo: ArgoCd):
    """Its file is gone: Argo CD forgets it and deletes nothing; its file is back: Argo CD goes on where it was."""
    whole = {
        key: uid for key, uid in everything(argo.client).items() if not key.startswith(("Application", "AppProject"))
    }
    texts = small_groups.remove(argo.repository, "dropped")
    argo.publish("dropped by mistake")
    argo.until("it is forgotten", lambda: not argo.find("AppProject", "group-dropped", "argocd"))
    assert whole.items() <= everything(argo.client).items()
    for path, text in texts.items():
        argo.repository.write(path, text)
    revision = argo.publish("dropped is back")
    argo.live("a group back that was removed by mistake", lambda: argo.synced(revision, "group-dropped"))
    assert whole.items() <= everything(argo.client).items()


def test_a_renamed_group_is_the_same_group(argo: ArgoCd):
    """A new name moves nothing and leaves nothing behind: who leaves in the same commit has no access any more."""
    before = {key: uid for key, uid in everything(argo.client).items() if "sight" in key and "viewer--amy" not in key}
    small_groups.rename(argo.repository, "sight", "vision2")
    revision = argo.publish("sight is called vision2")
    argo.live("a group renamed", lambda: argo.synced(revision, "group-sight"))
    assert argo.find("RoleBinding", "developer--bob", "sight")["metadata"]["labels"]["cubec.io/group"] == "vision2"
    assert {key: uid for key, uid in everything(argo.client).items() if "sight" in key} == before


@pytest.mark.parametrize("left", ["nothing", "folders"])
def test_an_empty_tree_prunes_nothing(argo: ArgoCd, left: str):
    """Output that is gone, or folders without objects, are taken for a mistake: every application stops and says so."""
    argo.repository.build()
    before = everything(argo.client)
    folders = {path.parent for path in (argo.repository.work / "output/ack").rglob("*.yaml")}
    argo.repository.remove("output")
    if left == "folders":
        for folder in folders:
            argo.repository.write(str((folder / ".gitkeep").relative_to(argo.repository.work)), "")
    argo.publish("all is gone", build=False)
    words = {"nothing": "app path does not exist", "folders": "auto-sync will wipe out all resources"}[left]
    argo.until("every application stops", lambda: all(argo.says(name, words) for name in argo.applications()))
    assert everything(argo.client) == before
    revision = argo.publish("all is back")
    argo.live("all back after an empty tree", lambda: argo.synced(revision, *argo.applications()))
    assert everything(argo.client) == before
