"""GitOps with a stand-in for Flux, whose controllers cannot be built here: the sample of `dev`, and commits.

On a cluster of somebody else's that has Flux, and with a repository for it (--git), the same drills are Flux's own.
Each test is a drill that needs none of the others. What is proven is that the output means the right thing under Flux's
documented rules, not that Flux follows them.
"""

import re
import time
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.cluster import definitions, small_groups
from tests.cluster.client import MERGE, Client
from tests.cluster.flux_real import Published, RealFlux
from tests.cluster.flux_standin import KUSTOMIZATIONS, FluxStandIn
from tests.cluster.observed import different, everything
from tests.cluster.renaming import Renaming
from tests.cluster.repository import ADDRESS, TODAY, Repository
from tests.cluster.words import names

PARTS = ("platform", "groups", "upkeep", "delivery")
OWN_GROUPS = ("leaving", "dropped", "sight")
CLAIMS = (
    ("the whole sample is live, part after part; none of its objects is left out", "test_the_whole_sample_is_live"),
    ("the next round changes no object", "test_a_second_round_changes_nothing"),
    (
        "a commit adds a member and raises a quota in every namespace of the group",
        "test_a_member_is_added_and_a_quota_raised",
    ),
    ("what is edited or deleted by hand is healed by the next round", "test_hand_edits_are_healed_by_the_next_round"),
    ("a broken group stops no other", "test_a_broken_group_stops_no_other"),
    ("a broken platform holds the groups of that commit", "test_a_broken_platform_holds_the_groups"),
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
    (
        "output that is gone prunes nothing; empty folders prune no namespace, volume or claim",
        "test_an_empty_tree_prunes_nothing_protected",
    ),
    ("texts that look like variables stay as they are written", "test_substitution_leaves_our_texts_alone"),
)


class Flux:
    """The repository, the cluster, and the stand-in between them, or Flux."""

    def __init__(self, cluster: Any, client: Client, repository: Repository, engine: FluxStandIn | RealFlux) -> None:
        self.cluster, self.client, self.repository, self.engine = cluster, client, repository, engine
        self.revision = ""
        self.timings: list[str] = []

    def publish(self, what: str, *, as_of: date = TODAY, build: bool = True) -> dict[str, str]:
        """Compile, commit, reconcile: what each Kustomization says in the end."""
        if build:
            self.repository.build(as_of)
        self.revision = self.repository.commit(what)
        began = time.monotonic()
        said = self.engine.reconcile(self.revision)
        self.timings.append(f"{time.monotonic() - began:6.1f} s  {what}")
        return said

    def read(self, path: str) -> Any:
        return self.client.get(path)

    def has(self, path: str) -> bool:
        return self.client.ask("GET", path).status != 404

    def desired(self) -> list[dict[str, Any]]:
        return [item for part in PARTS for item in self.repository.objects(f"output/dev/{part}")]


def ready(said: dict[str, str]) -> bool:
    return set(said.values()) == {""}


def custom(plural: str, kind: str, version: str, scope: str = "Namespaced") -> dict[str, Any]:
    """A definition that takes every field: what is in an object of such a kind does not matter here."""
    group, _, name = version.partition("/")
    definition = definitions.loose(plural, kind, group, name)
    definition["spec"]["scope"] = scope
    return definition


@pytest.fixture(scope="module")
def flux(start_cluster, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Flux]:
    """The sample's `dev` and a few small groups on Kubernetes 1.35, by bootstrap.yaml alone."""
    cluster = start_cluster(emulate="1.35", engine="flux-system")
    folder = tmp_path_factory.mktemp("platform")
    repository = _published(cluster, folder) if cluster.foreign else Repository(*_places(folder), ADDRESS)
    small_groups.add(repository, OWN_GROUPS, "dev", "dev-cpu")
    with Client(cluster.kubeconfig) as client:
        workflows = [one for one in definitions.pinned() if one["spec"]["names"]["kind"] == "WorkflowTemplate"]
        own = [
            custom("kustomizations", "Kustomization", "kustomize.toolkit.fluxcd.io/v1"),
            custom("gitrepositories", "GitRepository", "source.toolkit.fluxcd.io/v1"),
            custom("mutatingpolicies", "MutatingPolicy", "policies.kyverno.io/v1", "Cluster"),
        ]
        definitions.install(cluster, client, [*workflows, *own])
        for name in ("flux-system", "infra"):  # the engine's, and what an administrator keeps
            client.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        engine = RealFlux(client) if cluster.foreign else FluxStandIn(client, repository.work)
        flux = Flux(cluster, client, repository, engine)
        repository.build()
        cluster.apply("-f", repository.work / "output/dev/bootstrap.yaml")
        said = flux.publish(f"bootstrap.yaml: {len(flux.desired())} objects")
        assert ready(said), said
        yield flux
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\n{type(flux.engine).__name__}, from commit to live:", *flux.timings, sep="\n  ")


def _places(folder: Path) -> tuple[Path, Path]:
    return folder / "work", folder / "platform.git"


def _published(cluster: Any, folder: Path) -> Repository:
    """The sample for a cluster of which only Flux is known: of its version, without additions."""
    facts = cluster.facts
    renaming = Renaming(facts["prefix"], names(), engines=frozenset({"flux-system"}))
    repository = Published(*_places(folder), facts["repository"], renaming)
    document = "tenants/clusters/dev.yaml"
    repository.change(document, 'kubernetes: "1.35"', f'kubernetes: "{facts["version"]}"')
    additions = "[argo-workflows, kubeflow-notebooks, kubeflow-training, kyverno, ray, spark, volcano]"
    repository.change(document, additions, "[]")
    repository.change("tenants/platform.yaml", "value: 1000, default: true}", "value: 1000}")  # it would be everybody's
    for counted in (", jobs: {workflows.argoproj.io: 50}", "        jobs: {workflows.argoproj.io: 50}\n"):
        repository.change("tenants/groups/public.yaml", counted, "")
    return repository


def test_the_whole_sample_is_live(flux: Flux):
    """Every object of the output is in the cluster as it is in git, by the order that dependsOn gives; none is left out."""
    assert different(flux.client, flux.desired()) == []


def _judged(flux: Flux, path: str) -> bool:
    return "typeChecking" in flux.read(path).get("status", {})


def _but_for_its_status(found: dict[str, Any]) -> dict[str, Any]:
    """An object without what its controller writes, which it may just then: a CronJob is due every five minutes."""
    metadata = {**found["metadata"], "resourceVersion": "", "managedFields": []}
    managed = [one for one in found["metadata"]["managedFields"] if one.get("subresource") != "status"]
    return {**found, "metadata": metadata, "status": {}, "managed": managed}


def test_a_second_round_changes_nothing(flux: Flux):
    """Flux applies everything again every ten minutes: no object may change by that."""
    paths = [flux.client.path(item) for item in flux.desired() if item["kind"] != "Kustomization"]
    for path in (path for path in paths if "/validatingadmissionpolicies/" in path):  # a controller writes there, too
        flux.cluster.eventually(partial(_judged, flux, path), f"{path} is type-checked")
    assert ready(
        flux.engine.reconcile(flux.revision)
    )  # the first round after that moves the time of our own entry there
    before = {path: _but_for_its_status(flux.read(path)) for path in paths}
    assert ready(flux.engine.reconcile(flux.revision))
    assert {path: _but_for_its_status(flux.read(path)) for path in paths} == before


def test_a_member_is_added_and_a_quota_raised(flux: Flux):
    """Lines in a group's file: a binding more in each of its namespaces, and the new numbers in force."""
    path = "tenants/groups/vision.yaml"
    flux.repository.change(path, "    - user: li\n", "    - {user: amy, role: viewer}\n    - user: li\n")
    flux.repository.change(path, "{cpu: 32, memory: 128Gi}", "{cpu: 40, memory: 128Gi}")
    flux.repository.change(path, "        cpu: 192\n", "        cpu: 200\n")
    assert ready(flux.publish("a member added, a quota raised"))
    for namespace in ("vision-notebook", "vision-train"):
        assert flux.has(f"/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}/rolebindings/viewer--amy")
    quota = flux.read("/api/v1/namespaces/vision-notebook/resourcequotas/quota")
    assert quota["spec"]["hard"]["requests.cpu"] == "40"


def test_hand_edits_are_healed_by_the_next_round(flux: Flux):
    """Whoever edits a namespace or deletes a policy by hand gets back what git says."""
    edit = {"metadata": {"labels": {"cubec.io/protected": "false"}, "annotations": {"cubec.io/pools": "dev-v100"}}}
    policy = "/apis/networking.k8s.io/v1/namespaces/pipeline/networkpolicies/isolation"
    flux.client.must("PATCH", "/api/v1/namespaces/pipeline", edit, MERGE)
    flux.client.must("DELETE", policy)
    assert ready(flux.engine.reconcile(flux.revision))
    assert flux.has(policy)
    metadata = flux.read("/api/v1/namespaces/pipeline")["metadata"]
    assert metadata["labels"]["cubec.io/protected"] == "true"
    assert metadata["annotations"]["cubec.io/pools"] == "dev-cpu,dev-t4,dev-vgpu"


def test_a_broken_group_stops_no_other(flux: Flux):
    """What the API server refuses in one group's folder stops that group alone, before any of it is applied."""
    flux.repository.change("tenants/groups/sight.yaml", "cpu: 1,", "cpu: 2,")
    flux.repository.change("tenants/groups/dropped.yaml", "cpu: 1,", "cpu: 2,")
    flux.repository.build()
    path = "output/dev/groups/sight/quota.yaml"
    flux.repository.change(path, "requests.memory: 1Gi", 'requests.memory: "-1Gi"')
    said = flux.publish("a broken group beside good ones", build=False)
    assert {name for name, words in said.items() if words} == {"group-sight"}
    assert "must be greater than or equal to 0" in said["group-sight"]
    amounts = [
        flux.read(f"/api/v1/namespaces/{name}/resourcequotas/quota")["spec"]["hard"]["requests.cpu"]
        for name in ("sight", "dropped")
    ]
    assert amounts == ["1", "2"]
    assert ready(flux.publish("the correction of a broken group"))


def test_a_broken_platform_holds_the_groups(flux: Flux):
    """Groups wait for the platform of the same commit: nobody gets rights whose roles are not there yet."""
    flux.repository.change("tenants/groups/dropped.yaml", small_groups.AMY, "")
    flux.repository.build()
    flux.repository.change("output/dev/platform/priorities.yaml", "value: 1000\n", "value: ten\n")
    said = flux.publish("a broken platform", build=False)
    assert re.fullmatch(r"dependency '?(flux-system/)?cubec-platform'? is not ready", said["group-dropped"])
    binding = "/apis/rbac.authorization.k8s.io/v1/namespaces/dropped/rolebindings/viewer--amy"
    assert flux.has(binding)
    assert ready(flux.publish("the correction of a broken platform"))
    assert not flux.has(binding)


def test_a_decommissioned_group_goes_but_for_its_data(flux: Flux):
    """Only after its last day, and in two commits: the namespace goes, the volume and all other groups stay."""
    claim = flux.read("/api/v1/namespaces/leaving/persistentvolumeclaims/leaving-data")
    others = {key: uid for key, uid in everything(flux.client).items() if "leaving" not in key}
    flux.repository.change("tenants/groups/leaving.yaml", "  gid:", small_groups.LAST_DAY)
    assert ready(flux.publish("a group decommissioned"))
    assert "cubec.io/protected" not in flux.read("/api/v1/namespaces/leaving")["metadata"]["labels"]
    small_groups.remove(flux.repository, "leaving")
    assert ready(flux.publish("a decommissioned group removed", as_of=date(2026, 12, 1)))
    flux.cluster.eventually(lambda: not flux.has("/api/v1/namespaces/leaving"), "the namespace is gone")
    volume = flux.read(f"/api/v1/persistentvolumes/{claim['spec']['volumeName']}")
    assert (volume["status"]["phase"], volume["spec"]["persistentVolumeReclaimPolicy"]) == ("Released", "Retain")
    assert {key: uid for key, uid in everything(flux.client).items() if "leaving" not in key} == others


def test_a_group_that_was_not_decommissioned_stays(flux: Flux):
    """Its file is gone: Flux forgets it and deletes nothing; its file is back: Flux goes on where it was."""
    before = {key: uid for key, uid in everything(flux.client).items() if not key.startswith("Kustomization")}
    texts = small_groups.remove(flux.repository, "dropped")
    assert ready(flux.publish("a group removed by mistake"))
    assert not flux.has(f"{KUSTOMIZATIONS}/group-dropped")
    assert before.items() <= everything(flux.client).items()
    for path, text in texts.items():
        flux.repository.write(path, text)
    assert ready(flux.publish("a group back that was removed by mistake"))
    assert before.items() <= everything(flux.client).items()


def test_a_renamed_group_is_the_same_group(flux: Flux):
    """A new name moves nothing and leaves nothing behind: who leaves in the same commit has no access any more."""
    before = {key: uid for key, uid in everything(flux.client).items() if "sight" in key and "viewer--amy" not in key}
    small_groups.rename(flux.repository, "sight", "vision2")
    assert ready(flux.publish("a group renamed"))
    assert {key: uid for key, uid in everything(flux.client).items() if "sight" in key} == before


@pytest.mark.parametrize("left", ["nothing", "folders"])
def test_an_empty_tree_prunes_nothing_protected(flux: Flux, left: str):
    """Output that is gone is a failure, and prunes nothing; empty folders prune, but never namespaces, volumes or claims."""
    flux.repository.build()
    before = everything(flux.client)
    folders = {path.parent for path in (flux.repository.work / "output/dev").rglob("*.yaml")}
    flux.repository.remove("output")
    if left == "folders":
        for folder in folders:
            flux.repository.write(str((folder / ".gitkeep").relative_to(flux.repository.work)), "")
    said = flux.publish(f"an empty tree: {left}", build=False)
    after = everything(flux.client)
    if left == "nothing":
        assert all(said.values())
        assert "path not found" in said["cubec"]
        assert after == before
    kept = ("Namespace", "PersistentVolume", "PersistentVolumeClaim")
    assert {key: uid for key, uid in before.items() if key.split()[0] in kept}.items() <= after.items()
    flux.publish(f"all back after an empty tree: {left}")
    assert different(flux.client, flux.desired()) == []


def test_substitution_leaves_our_texts_alone(flux: Flux):
    """Even where somebody gives a Kustomization variables, what looks like one in our objects stays as it is written."""
    kustomization = f"{KUSTOMIZATIONS}/group-public"
    variables = {"spec": {"postBuild": {"substitute": {"HOME": "elsewhere"}}}}
    flux.client.must("PATCH", kustomization, variables, MERGE)
    flux.repository.build()
    path = "output/dev/groups/public/templates.yaml"
    ours = next(one for one in flux.repository.objects(path) if one["kind"] == "PodTemplate")
    ours["metadata"]["annotations"]["cubec.io/description"] = "echo ${HOME}"
    bare = {"apiVersion": "v1", "kind": "PodTemplate", "template": ours["template"]}
    bare["metadata"] = {"name": "bare", "namespace": ours["metadata"]["namespace"]}
    bare["metadata"]["annotations"] = {"cubec.io/description": "echo ${HOME}"}
    flux.repository.write(path, yaml.safe_dump_all([ours, bare]))
    assert ready(flux.publish("variables where none are meant", build=False))
    said = [flux.read(flux.client.path(one))["metadata"]["annotations"]["cubec.io/description"] for one in (ours, bare)]
    assert said == ["echo ${HOME}", "echo elsewhere"]
    flux.client.must("PATCH", kustomization, {"spec": {"postBuild": None}}, MERGE)
    assert ready(flux.publish("no variables any more"))
    assert different(flux.client, flux.desired()) == []
