"""The upkeep tasks ``nodes`` and ``pullSecrets`` on a real API server, each with the token of its own account."""

import base64
from typing import Any

import pytest
from tests.cluster.attempts import attempt, refusal
from tests.cluster.client import account_token
from tests.cluster.upkeep_site import KEY, LISTED, POOL, REGISTRIES, SECRETS, SYSTEM, UpkeepSite, upkeep_site

CLAIMS = (
    ("`nodes` sets labels and taints, keeps all others, and then has nothing to do", "test_nodes_are_marked"),
    ("a dry run says the same as a run that does it, and does nothing", "test_a_dry_run_says_the_same"),
    (
        "what is no longer declared goes, from nodes of no pool, too; what others set stays",
        "test_what_is_no_longer_declared_goes",
    ),
    ("what others wrote over our labels is written back, and they are named", "test_others_are_named"),
    ("a new node of a selector is marked; an absent one is reported", "test_new_and_absent_nodes"),
    (
        "no pools at all takes marks off three nodes a run; what is no list of pools stops the run",
        "test_an_empty_list_strips_slowly",
    ),
    ("`pullSecrets` copies logins where they are listed, and nowhere else", "test_copies_where_listed"),
    ("a changed login reaches its copies, which are never away", "test_a_changed_login_reaches_its_copies"),
    (
        "a copy goes where its registry is no longer listed, and with its binding",
        "test_a_copy_goes_where_it_is_not_listed",
    ),
    (
        "somebody's own Secret of that name stays as it is; a broken original changes no copy",
        "test_what_is_not_ours_stays",
    ),
    ("who owns a group can neither change a copy nor write one", "test_owners_cannot_write_copies"),
    ("a CronJob of the job starts a pod that the API server admits", "test_the_cron_job_starts"),
)
pytestmark = pytest.mark.own_cluster
TAINTS = [
    {"key": "cubec.io/pool", "value": "vision", "effect": "NoSchedule"},
    {"key": "example.com/maintenance", "value": "weekly", "effect": "PreferNoSchedule"},
]
FOREIGN = {"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}


@pytest.fixture(scope="module")
def module_site(start_cluster, tmp_path_factory) -> UpkeepSite:
    return upkeep_site(start_cluster, tmp_path_factory.mktemp("accounts"))


@pytest.fixture
def site(module_site: UpkeepSite) -> UpkeepSite:
    """The site as before its first run, whatever the test before has left."""
    module_site.restore()
    module_site.strip_nodes()
    module_site.drop_copies()
    for registry in SECRETS:
        module_site.original(registry, "first")
    return module_site


def labels(site: UpkeepSite, name: str) -> dict[str, str]:
    return site.node(name)["metadata"]["labels"]


def taints(site: UpkeepSite, name: str) -> list[dict[str, str]]:
    return site.node(name)["spec"].get("taints", [])


def versions(site: UpkeepSite) -> list[Any]:
    """Metadata of every node but for what kwok's heartbeats change."""
    return [
        (node["metadata"]["name"], node["metadata"]["labels"], node["metadata"].get("annotations"), node["spec"])
        for node in site.get("/api/v1/nodes")["items"]
    ]


def test_nodes_are_marked(site: UpkeepSite):
    """Labels and taints of declared pools, cube-studio's among them, beside foreign ones; the second run plans nothing."""
    site.patch("/api/v1/nodes/vision01", {"metadata": {"labels": {"rack": "r9"}}, "spec": {"taints": [FOREIGN]}})

    first, second = site.run("nodes"), site.run("nodes")

    assert (first.status, first.says("error")) == (0, [])
    assert labels(site, "vision01").items() >= {POOL: "vision", "org": "dev1", "cpu": "true", "rack": "r9"}.items()
    assert (
        labels(site, "worker01").items() >= {POOL: "gpu-t4", "gpu": "true", "gpu-type": "T4", "org": "public"}.items()
    )
    assert taints(site, "vision01") == [FOREIGN, *TAINTS]
    assert POOL not in labels(site, "stray")
    assert (second.status, second.end["planned"]) == (0, 0)


def test_a_dry_run_says_the_same(site: UpkeepSite):
    """Without ``--apply`` the log differs in its times and in what it says of itself, and nothing changes."""
    before = versions(site)
    dry = site.run("nodes", "--namespace", SYSTEM)
    after, real = versions(site), site.run("nodes")

    assert before == after
    said = [[{**one, "time": "", "dryRun": ""} for one in done.log[:-1]] for done in (dry, real)]
    assert said[0] == said[1]
    assert len(said[0]) == 8  # six nodes of three pools, two of them tainted
    assert (dry.end["done"], real.end["done"]) == (0, 8)


def test_what_is_no_longer_declared_goes(site: UpkeepSite):
    """A node that left all pools loses what we set, and keeps a label that somebody else set to the same value."""
    site.run("nodes")
    site.patch("/api/v1/nodes/vision01", {"spec": {"taints": [*TAINTS, FOREIGN]}})
    shared = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "vision01", "labels": {"cpu": "true"}}}
    query = "fieldManager=somebody"
    site.admin.must("PATCH", f"/api/v1/nodes/vision01?{query}", shared, "application/apply-patch+yaml")
    site.tell("nodes", lambda told: told["pools"][2]["nodes"].update(names=["vision02"]))

    done = site.run("nodes")

    left = labels(site, "vision01")
    assert (done.status, done.says("error")) == (0, [])
    assert not left.keys() & {POOL, "train", "org", "example.com/rack"}
    assert left["cpu"] == "true"
    assert taints(site, "vision01") == [FOREIGN]
    assert "cubec.io/taints" not in site.node("vision01")["metadata"]["annotations"]
    assert taints(site, "vision02") == TAINTS
    assert site.run("nodes").end["planned"] == 0


def test_others_are_named(site: UpkeepSite):
    """A label that somebody set to another value is taken back, and the log names who it was; so is a taint's value."""
    site.run("nodes")
    site.patch("/api/v1/nodes/worker02", {"metadata": {"labels": {"gpu-type": "V100"}}}, "kubectl-label")
    site.patch("/api/v1/nodes/vision02", {"spec": {"taints": [{**TAINTS[0], "value": "other"}, TAINTS[1]]}})

    done = site.run("nodes")

    assert "labels: gpu-type=T4 (was 'V100', by kubectl-label)" in [one["text"] for one in done.log]
    assert labels(site, "worker02")["gpu-type"] == "T4"
    assert taints(site, "vision02") == TAINTS


def test_new_and_absent_nodes(site: UpkeepSite):
    """A node that gets a selector's label is marked in the next run; one that is declared and absent is a warning."""
    site.tell("nodes", lambda told: told["pools"][1]["nodes"]["names"].append("worker09"))
    first = site.run("nodes")
    assert POOL not in labels(site, "stray")
    site.patch("/api/v1/nodes/stray", {"metadata": {"labels": {"example.com/zone": "b"}}})
    second = site.run("nodes")
    site.patch("/api/v1/nodes/stray", {"metadata": {"labels": {"example.com/zone": None}}})

    assert first.says("warning") == ["node worker09: is declared in pool gpu-t4, and not in the cluster"]
    assert (second.end["planned"], second.status) == (1, 0)
    assert site.run("nodes").end["done"] == 1
    assert POOL not in labels(site, "stray")


def test_an_empty_list_strips_slowly(site: UpkeepSite):
    """Three removals a run and no more; text that is no list of pools stops the run with status 5."""
    site.run("nodes")

    def no_list(told: dict[str, Any]) -> None:
        told["pools"] = None

    site.tell("nodes", no_list)
    before, stopped = versions(site), site.run("nodes")
    after = versions(site)
    site.tell("nodes", lambda told: told["pools"].clear())
    first = site.run("nodes")

    assert stopped.status == 5
    assert "is not what the compiler writes" in stopped.says("error")[0]
    assert before == after
    assert (first.status, first.end["done"]) == (0, 3)
    assert first.says("warning") == [
        "removals from nodes: 8 removals from nodes, and one run makes 3 at most: the others wait for the next runs"
    ]
    assert [site.run("nodes").end["done"] for _ in range(3)] == [3, 2, 0]
    assert not [name for name, found, *_ in versions(site) if POOL in found]


def copies(site: UpkeepSite) -> dict[tuple[str, str], dict[str, Any]]:
    found = {(space, name): site.secret(space, name) for space in LISTED for name in SECRETS}
    return {pair: secret for pair, secret in found.items() if secret}


def test_copies_where_listed(site: UpkeepSite):
    """Each listed pair has a copy of the right type, which belongs to its binding; no other namespace has one."""
    first, second = site.run("pullSecrets"), site.run("pullSecrets")
    found = copies(site)

    assert (first.status, first.says("error")) == (0, [])
    assert (second.status, second.end["planned"]) == (0, 0)
    assert set(found) == {("dev1", "hub"), ("dev1", "lab"), ("dev2", "hub"), ("dev3", "lab")}
    for (_, registry), copy in found.items():
        original = site.secret(REGISTRIES, registry)
        assert (copy["type"], copy["data"]) == (original["type"], original["data"])
        assert [owner["name"] for owner in copy["metadata"]["ownerReferences"]] == [
            f"cubec--upkeep-pull-secrets--{registry}"
        ]


def test_a_changed_login_reaches_its_copies(site: UpkeepSite):
    """The copy is the same object with other content: no pod ever looks for it in vain. The log does not say either login."""
    site.run("pullSecrets")
    before = copies(site)
    site.original("hub", "second-3cf1")

    done = site.run("pullSecrets")
    after = copies(site)

    assert (done.status, done.end["done"]) == (0, 2)
    assert b"second-3cf1" in base64.b64decode(after["dev2", "hub"]["data"][KEY])
    assert {pair: one["metadata"]["uid"] for pair, one in before.items()} == {
        pair: one["metadata"]["uid"] for pair, one in after.items()
    }
    assert "second-3cf1" not in str(done.log)


def test_a_copy_goes_where_it_is_not_listed(site: UpkeepSite):
    """With the annotation alone the job removes it; with the binding the garbage collector does, the job having no right left."""
    site.run("pullSecrets")
    site.list_registries("dev1", "hub")
    done = site.run("pullSecrets")
    assert (done.status, [one["text"] for one in done.log if "action" in one]) == (
        0,
        ["the namespace no longer lists the registry lab"],
    )
    assert ("dev1", "lab") not in copies(site)

    path = "/apis/rbac.authorization.k8s.io/v1/namespaces/dev2/rolebindings/cubec--upkeep-pull-secrets--hub"
    site.list_registries("dev2", "")
    site.admin.must("DELETE", path)
    site.cluster.eventually(lambda: ("dev2", "hub") not in copies(site), "the copy is gone with its binding")
    assert set(copies(site)) == {("dev1", "hub"), ("dev3", "lab")}
    last = site.run("pullSecrets")
    assert (last.status, last.end["planned"]) == (0, 0)


def test_what_is_not_ours_stays(site: UpkeepSite):
    """A Secret that somebody made is reported and left; while an original is broken or gone, its copies stay."""
    site.put_secret("dev2", "hub", {"mine": "bWluZQ=="}, "Opaque")
    site.run("pullSecrets")
    own = site.secret("dev2", "hub")
    site.put_secret(REGISTRIES, "hub", {KEY: "e30="})
    site.drop_secret(REGISTRIES, "lab")

    done = site.run("pullSecrets")

    assert own["data"] == {"mine": "bWluZQ=="}
    assert (done.status, done.end["planned"]) == (0, 0)
    assert done.says("warning") == [
        "Secret registries/hubsecret: what stands under '.dockerconfigjson' has no login under 'auths'; its copies stay as they are",
        "Secret registries/pull-lab: is not there; its copies stay as they are",
    ]
    assert set(copies(site)) == {("dev1", "hub"), ("dev1", "lab"), ("dev2", "hub"), ("dev3", "lab")}


def test_owners_cannot_write_copies(site: UpkeepSite):
    """An owner may write Secrets, but neither one of a registry's type nor over a copy; the job may, and with its token no Secret can be had that another account's token is put into."""
    site.run("pullSecrets")
    tom = site.admin.user(account_token(site.admin, "cubec-users", "tom"))
    copy = site.secret("dev1", "hub")
    login = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "mine", "namespace": "dev1"},
        "type": copy["type"],
    }
    written = {**copy, "data": {KEY: "e30="}, "metadata": {**copy["metadata"], "managedFields": None}}

    answers = [attempt(tom, {**login, "data": copy["data"]}), tom.ask("PUT", tom.path(copy), written)]

    thief = site.admin.user(account_token(site.admin, SYSTEM, "upkeep-pull-secrets"))
    grab = {**login, "type": "kubernetes.io/service-account-token"}
    grab["metadata"] = {**login["metadata"], "annotations": {"kubernetes.io/service-account.name": "default"}}

    assert ["only Secrets of type Opaque" in refusal(answers[0]), "Secret" in refusal(answers[1])] == [True, True]
    assert "only Secrets of type Opaque" in refusal(attempt(thief, grab))
    assert copies(site)["dev1", "hub"]["data"] == copy["data"]


def test_the_cron_job_starts(site: UpkeepSite):
    """A Job of the emitted CronJob gets its pod past every policy, and the pod runs as the task's account, as nobody, and read-only."""
    site.cluster.kubectl("-n", SYSTEM, "create", "job", "once", "--from=cronjob/upkeep-nodes")
    query = "labelSelector=job-name%3Donce"
    pods = site.cluster.eventually(
        lambda: site.get(f"/api/v1/namespaces/{SYSTEM}/pods?{query}")["items"], "the job has a pod"
    )
    site.cluster.kubectl("-n", SYSTEM, "delete", "job", "once")

    spec = pods[0]["spec"]
    assert (spec["serviceAccountName"], spec["securityContext"]["runAsNonRoot"]) == ("upkeep-nodes", True)
    assert spec["containers"][0]["securityContext"]["readOnlyRootFilesystem"]
    assert [mount["mountPath"] for mount in spec["containers"][0]["volumeMounts"]] == [
        "/var/run/secrets/kubernetes.io/serviceaccount"
    ]
