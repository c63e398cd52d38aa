"""The scenario of the two seed platforms on a live API server: each denial stands beside the same request that is allowed.

Cluster ``ack`` without Kueue, so that the quotas decide alone, and without an engine, so that kubectl applies the folders.
"""

import shlex
from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any

import pytest
from tests.cluster import ack, sample
from tests.cluster.attempts import accepted, attempt, found, live, refusal, remove
from tests.cluster.client import MERGE, Client, account_token
from tests.cluster.pods import POOL, container, job, named, pod

CLAIMS = (
    ("kubectl applies the folders, in the order that the output's README names", "test_kubectl_applies_the_folders"),
    ("bob works in dev1, and not in dev2 or the whole cluster", "test_bob_works_in_dev1_and_nowhere_else"),
    ("bob reads nothing of the whole cluster", "test_bob_sees_nothing_of_the_whole_cluster"),
    ("bob's second pod with a card is refused by quota", "test_the_second_card_of_bob"),
    ("a job of bob's that is over the quota waits, and runs once there is room", "test_a_job_over_the_quota_waits"),
    ("tom's ninth cpu and third card are refused; 8 cpu and 2 cards run", "test_eight_cpu_and_two_cards_of_tom"),
    ("the two department claims bind to two volumes on one server and path", "test_one_directory_two_claims"),
    ("a claim whose volume grew is made anew by the README's two commands", "test_a_claim_is_made_anew"),
    ("protected namespaces cannot be deleted, by an administrator neither", "test_protected_namespaces_stay"),
    ("nobody starts a pod beside people's accounts", "test_nobody_starts_a_pod_beside_the_accounts"),
    (
        "tom as viewer of dev1: one RoleBinding more, he sees bob's jobs and cannot touch them",
        "test_tom_becomes_viewer",
    ),
    ("a decommissioned group's namespace goes, its volumes' data stays", "test_a_decommissioned_group_goes"),
    ("a group that is active again gets its data back by the README's command", "test_its_data_comes_back"),
)


@pytest.fixture(scope="module")
def platform(start_cluster, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The cluster, with ``ack`` applied by kubectl as the README says where there is no engine."""
    cluster = start_cluster(nodes=sample.WORKERS)
    folder = tmp_path_factory.mktemp("output")
    ack.write(folder)
    for part in ack.ORDER:
        cluster.apply("--recursive", "-f", folder / "ack" / part)
    return cluster


@pytest.fixture(scope="module")
def admin(platform) -> Iterator[Client]:
    """The administrator, once policies and quotas count."""
    with Client(platform.kubeconfig) as client:
        probe = pod("probe", "dev1")
        platform.eventually(
            lambda: POOL in attempt(client, probe).body.get("spec", {}).get("nodeSelector", {}), "policies count"
        )
        for namespace in ("dev1", "dev2", "cubec-users"):
            path = f"/api/v1/namespaces/{namespace}/resourcequotas"
            platform.eventually(partial(ack.counts, client, path), f"the quota of {namespace} counts")
        yield client


@pytest.fixture(scope="module")
def bob(admin: Client) -> Client:
    return admin.user(account_token(admin, "cubec-users", "bob"))


@pytest.fixture(scope="module")
def tom(admin: Client) -> Client:
    return admin.user(account_token(admin, "cubec-users", "tom"))


def test_kubectl_applies_the_folders(admin: Client):
    """Everything that the sample has for ``ack``, but for additions, is there after four commands."""
    items = [item for item in sample.objects(sample.committed(), "ack") if admin.knows(item)]

    assert len(items) > 80
    assert not [item["metadata"]["name"] for item in items if not live(admin, item)]


@pytest.mark.parametrize("work", ack.WORK)
def test_bob_works_in_dev1_and_nowhere_else(bob: Client, admin: Client, work: str):
    """Bob makes, lists, changes and deletes his work in dev1; the same in dev2, and lists of the whole cluster, are 403."""
    item = ack.WORK[work]
    elsewhere = {**item, "metadata": {**item["metadata"], "namespace": "dev2"}}
    own, other = (admin.path(one).rpartition("/")[0] for one in (item, elsewhere))
    everywhere = own.replace("/namespaces/dev1", "")
    touch = {"metadata": {"labels": {"seen": "yes"}}}
    path, foreign = admin.path(item), admin.path(elsewhere)

    assert accepted(attempt(bob, item, dry=False))
    assert {one["metadata"]["name"] for one in bob.get(own)["items"]} >= {"work"}
    assert accepted(bob.ask("PATCH", path, touch, MERGE))
    assert attempt(bob, elsewhere).status == 403
    assert [bob.ask("GET", one).status for one in (own, other, everywhere)] == [200, 403, 403]
    assert bob.ask("PATCH", foreign, touch, MERGE).status == 403
    assert [bob.ask("DELETE", one).status for one in (path, foreign)] == [200, 403]


@pytest.mark.parametrize("resource", ["pods", "configmaps", "persistentvolumeclaims", "services", "events"])
def test_bob_sees_nothing_of_the_whole_cluster(bob: Client, resource: str):
    """What bob lists in his namespace he cannot list in the other group's, nor in all at once."""
    paths = (f"/api/v1/namespaces/dev1/{resource}", f"/api/v1/namespaces/dev2/{resource}", f"/api/v1/{resource}")

    assert [bob.ask("GET", path).status for path in paths] == [200, 403, 403]


@pytest.mark.parametrize("path", ["secrets", "serviceaccounts", "namespaces/dev1/secrets", "namespaces/dev2/secrets"])
def test_bob_reads_no_secrets(bob: Client, admin: Client, path: str):
    """Secrets and accounts are closed to bob, in his own namespace, too; the administrator may read them."""
    assert bob.ask("GET", f"/api/v1/{path}").status == 403
    assert admin.ask("GET", f"/api/v1/{path}").status == 200


def _run(platform, user: Client, *items: Any) -> None:
    """Wait until pods run, where there are nodes for them; for quotas they count in any case."""
    for item in () if platform.foreign else items:
        platform.eventually(partial(ack.running, user, item), f"{item['metadata']['name']} runs")


def test_the_second_card_of_bob(platform, bob: Client):
    """The first pod with a card runs, the second is refused by the quota; one without a card is accepted meanwhile."""
    first, second = (ack.asking(name, "dev1", cards=1) for name in ("one", "two"))
    plain = ack.asking("none", "dev1")

    assert accepted(attempt(bob, first, dry=False))
    _run(platform, bob, first)
    assert "exceeded quota: quota, requested: requests.nvidia.com/gpu=1, used: requests.nvidia.com/gpu=1" in refusal(
        attempt(bob, second, dry=False)
    )
    assert accepted(attempt(bob, plain))
    remove(bob, first)
    platform.eventually(partial(ack.gone, bob, first), "the card is free")
    platform.eventually(lambda: accepted(attempt(bob, second)), "the second pod has room")


@pytest.mark.own_nodes
def test_a_job_over_the_quota_waits(platform, bob: Client):
    """A job of one card waits while a pod has the only one, says why, and ends once the pod is gone."""
    first = ack.asking("holder", "dev1", cards=1)
    second = job("waits", "dev1", {"containers": [container(cards=1)]})
    platform.eventually(lambda: accepted(attempt(bob, first, dry=False)), "there is room for the first")

    assert accepted(attempt(bob, second, dry=False))
    platform.eventually(
        lambda: any("exceeded quota" in one["message"] for one in ack.events(bob, "waits", "FailedCreate")),
        "the job says why it waits",
    )
    remove(bob, first)
    platform.eventually(lambda: live(bob, second).get("status", {}).get("succeeded") == 1, "the job ran")
    remove(bob, second)


def test_eight_cpu_and_two_cards_of_tom(platform, tom: Client):
    """Nine cpu or three cards are refused; two pods of four cpu and a card each run together, and then nothing fits."""
    assert "requested: requests.cpu=9" in refusal(attempt(tom, ack.asking("nine", "dev2", cpu="9")))
    assert "requested: requests.nvidia.com/gpu=3" in refusal(attempt(tom, ack.asking("three", "dev2", cards=3)))

    pair = [ack.asking(name, "dev2", cpu="4", cards=1) for name in ("left", "right")]
    assert [refusal(attempt(tom, item, dry=False)) for item in pair] == ["", ""]
    _run(platform, tom, *pair)
    used = tom.get("/api/v1/namespaces/dev2/resourcequotas/quota")["status"]["used"]
    assert (used["requests.cpu"], used["requests.nvidia.com/gpu"]) == ("8", "2")
    assert "exceeded quota" in refusal(attempt(tom, ack.asking("more", "dev2", cpu="100m")))
    for item in pair:
        remove(tom, item)
    platform.eventually(partial(ack.gone, tom, *pair), "the cards are free")


def test_one_directory_two_claims(platform, bob: Client, tom: Client, admin: Client):
    """Each group sees the department's directory as a claim of its own, bound to a volume of its own, and not the other's."""
    volumes = {}
    for namespace, user in (("dev1", bob), ("dev2", tom)):
        claim = named("PersistentVolumeClaim", f"department1-public-{namespace}", namespace)
        platform.eventually(lambda who=user, one=claim: live(who, one)["status"]["phase"] == "Bound", "the claim binds")
        name = live(user, claim)["spec"]["volumeName"]
        volumes[name] = live(admin, named("PersistentVolume", name))
    other = admin.path(named("PersistentVolumeClaim", "department1-public-dev2", "dev2"))

    assert len(volumes) == 2
    assert {(one["spec"]["nfs"]["server"], one["spec"]["nfs"]["path"]) for one in volumes.values()} == {
        ("nas-1.example.com", "/department1")
    }
    assert {one["status"]["phase"] for one in volumes.values()} == {"Bound"}
    assert (tom.ask("GET", other).status, bob.ask("GET", other).status) == (200, 403)


def by_hand(claim: Any, volume: Any) -> list[list[str]]:
    """What the README says about volumes that stay: how to delete a claim, and how to make its volume available."""
    text = (sample.ROOT / "README.md").read_text().partition("### Volumes that stay")[2].partition("###")[0]
    names = {"NAMESPACE": claim["metadata"]["namespace"], "CLAIM": claim["metadata"]["name"]}
    names |= {"VOLUME": volume["metadata"]["name"]}
    lines = [shlex.split(line, comments=True) for line in text.splitlines() if line.startswith("kubectl ")]
    return [[names.get(word, word) for word in line[1:]] for line in lines]


def capacity(admin: Client, volume: Any) -> str:
    return live(admin, volume)["spec"]["capacity"]["storage"]


def test_a_claim_is_made_anew(platform, admin: Client):
    """The API server refuses the new size; after the two commands the same claim is bound to the same volume, which has it."""
    claim = named("PersistentVolumeClaim", "dev1-public", "dev1")
    volume = named("PersistentVolume", live(admin, claim)["spec"]["volumeName"])
    grown = ack.by_identity(sample.changed([ack.GROWN]))
    new_claim = grown["PersistentVolumeClaim", "dev1", "dev1-public"]
    new_volume = grown["PersistentVolume", "", volume["metadata"]["name"]]
    assert accepted(admin.apply(new_volume))
    assert "only dynamically provisioned pvc can be resized" in refusal(admin.apply(new_claim))

    delete, release = by_hand(claim, volume)
    platform.kubectl(*delete)
    assert accepted(admin.apply(new_claim))
    platform.kubectl(*release)

    platform.eventually(lambda: live(admin, claim)["status"].get("phase") == "Bound", "the claim binds")
    assert live(admin, claim)["spec"]["volumeName"] == volume["metadata"]["name"]
    assert (capacity(admin, volume), live(admin, claim)["status"]["capacity"]) == ("2Ti", {"storage": "2Ti"})


@pytest.mark.parametrize("name", ["dev1", "dev2", "cubec-users", "cubec-system", "arena-system"])
def test_protected_namespaces_stay(admin: Client, name: str):
    """The administrator's own deletion is refused, in words that say what to do; that of any other namespace is not."""
    other = named("Namespace", f"other-{name}")
    assert accepted(attempt(admin, other, dry=False))

    assert f"namespace {name} is protected" in refusal(remove(admin, named("Namespace", name)))
    assert accepted(remove(admin, other))


def test_nobody_starts_a_pod_beside_the_accounts(admin: Client, bob: Client):
    """Not bob, who has no rights there, and by the quota not the administrator either."""
    hardened = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "runAsNonRoot": True}
    hardened["seccompProfile"] = {"type": "RuntimeDefault"}
    beside = pod("beside", "cubec-users", {"containers": [container(securityContext=hardened)]})
    elsewhere = {**beside, "metadata": {"name": "beside", "namespace": "cubec-system"}}

    assert attempt(bob, beside).status == 403
    assert "exceeded quota: no-pods" in refusal(attempt(admin, beside))
    assert accepted(attempt(admin, elsewhere))


def test_tom_becomes_viewer(platform, admin: Client, bob: Client, tom: Client):
    """One membership more is one RoleBinding more: tom sees bob's jobs and pods then, and cannot touch them."""
    before, after = (ack.by_identity(sample.changed(changes)) for changes in ((), (ack.VIEWER,)))
    work = job("watched", "dev1", run_for="1h")
    jobs = "/apis/batch/v1/namespaces/dev1/jobs"
    assert accepted(attempt(bob, work, dry=False))
    assert tom.ask("GET", jobs).status == 403

    assert after.keys() - before.keys() == {("RoleBinding", "dev1", "viewer--tom")}
    assert not before.keys() - after.keys()
    changed = [key for key in before if before[key] != after[key]]
    assert [key[:1] for key in changed] in ([], [("Namespace",)])
    for item in (after["RoleBinding", "dev1", "viewer--tom"], *(after[key] for key in changed)):
        assert accepted(admin.apply(item))

    platform.eventually(lambda: tom.ask("GET", jobs).status == 200, "tom sees jobs")
    assert "watched" in {one["metadata"]["name"] for one in tom.get(jobs)["items"]}
    platform.eventually(lambda: found(tom, pod("any", "dev1"), job_name="watched"), "tom sees the job's pod")
    path = admin.path(work)
    touch = {"metadata": {"labels": {"seen": "yes"}}}
    assert (tom.ask("PATCH", path, touch, MERGE).status, bob.ask("PATCH", path, touch, MERGE).status) == (403, 200)
    assert (attempt(tom, job("own", "dev1")).status, attempt(tom, job("own", "dev2")).status) == (403, 201)
    assert tom.ask("POST", "/api/v1/namespaces/dev1/pods/any/exec", {}).status == 403
    assert (remove(tom, work).status, remove(bob, work).status) == (403, 200)


def test_a_decommissioned_group_goes(platform, admin: Client, bob: Client):
    """Decommissioned, the namespace is no longer protected and goes; its volumes stay behind, and dev2 keeps its own."""
    namespace, data = named("Namespace", "dev1"), named("PersistentVolumeClaim", "dev1-public", "dev1")
    volume = named("PersistentVolume", live(admin, data)["spec"]["volumeName"])
    assert "set state: decommissioned in the file of group dev1 first" in refusal(remove(admin, namespace))

    leaving = ack.by_identity(sample.changed([ack.LEAVING], as_of=date(2027, 1, 1)))
    assert accepted(admin.apply(leaving["Namespace", "", "dev1"]))
    assert "cubec.io/protected" not in live(admin, namespace)["metadata"]["labels"]
    platform.eventually(lambda: accepted(remove(admin, namespace)), "the namespace may go")
    platform.eventually(partial(ack.gone, admin, namespace), "the namespace is gone")

    kept = live(admin, volume)
    assert (kept["status"]["phase"], kept["spec"]["persistentVolumeReclaimPolicy"]) == ("Released", "Retain")
    assert kept["spec"]["nfs"]["path"] == "/dev1"
    other = named("PersistentVolumeClaim", "department1-public-dev2", "dev2")
    assert live(admin, other)["status"]["phase"] == "Bound"
    assert bob.ask("GET", "/api/v1/namespaces/dev1/pods").status == 403


def test_its_data_comes_back(platform, admin: Client):
    """Active again, the group has a claim that waits for the volume of before, and gets it by the README's second command."""
    found = ack.by_identity(sample.committed())
    claim, namespace = named("PersistentVolumeClaim", "dev1-public", "dev1"), found["Namespace", "", "dev1"]
    for item in (namespace, found["PersistentVolumeClaim", "dev1", "dev1-public"]):
        assert accepted(admin.apply(item))
    volume = named("PersistentVolume", live(admin, claim)["spec"]["volumeName"])
    assert live(admin, volume)["status"]["phase"] == "Released"

    platform.kubectl(*by_hand(claim, volume)[1])

    platform.eventually(lambda: live(admin, claim)["status"].get("phase") == "Bound", "the claim binds")
    assert live(admin, volume)["spec"]["nfs"]["path"] == "/dev1"
