"""People of a company's directory on the platform of ``dev``: a real issuer, real tokens, and the rights that were compiled."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import ec
from tests.cluster import issuer, sample
from tests.cluster.attempts import accepted, attempt, live, refusal, remove
from tests.cluster.client import Client
from tests.cluster.issuer import Issuer
from tests.cluster.pods import POOL, container, job, long_running, named, pod

CLAIMS = (
    (
        "who is in the directory's group works in that group's namespaces, and in no other",
        "test_a_member_of_the_directory",
    ),
    ("a person whose name there differs (`subject`) has their role by that name alone", "test_a_name_of_the_directory"),
    ("a guest sees the group's jobs and cannot touch them", "test_a_guest_sees_and_touches_nothing"),
    ("tokens for others, expired, forged or of another issuer are refused with 401", "test_bad_tokens_are_refused"),
    ("nobody becomes somebody else by what their claims say", "test_claims_cannot_borrow_a_name"),
    ("a member's pods run on their pool's nodes: a whole node of eight V100, no slice of a shared card", "test_pools"),
)
pytestmark = pytest.mark.own_server
TRAIN, JUPYTER = "/apis/batch/v1/namespaces/vision-train/jobs", "/apis/batch/v1/namespaces/jupyter/jobs"
ME = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
REVIEW = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
KIM = {"preferred_username": "kim", "groups": ["vision-team", "staff"]}
ON_CPU = {"nodeSelector": {POOL: "dev-cpu"}}
Login = Callable[..., Client]


@pytest.fixture(scope="module")
def cluster(start_cluster) -> Any:
    """One with the nodes of the pools of ``dev``, and their cards."""
    return start_cluster(nodes=sample.nodes("dev"))


@pytest.fixture(scope="module")
def admin(cluster) -> Iterator[Client]:
    """The administrator of a cluster on which the committed output of ``dev`` is applied."""
    with Client(cluster.kubeconfig) as client:
        client.apply(named("Namespace", "infra"))
        items = [item for item in sample.objects(sample.committed(), "dev") if client.knows(item)]
        assert not [item["metadata"]["name"] for item in items if not accepted(client.apply(item))]
        yield client


@pytest.fixture(scope="module")
def directory(cluster, admin: Client, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issuer]:
    """The directory, once the API server trusts it as the cluster's document says."""
    document = yaml.safe_load((sample.ROOT / "tenants/clusters/dev.yaml").read_text())
    with issuer.running(tmp_path_factory.mktemp("issuer")) as running:
        stated = issuer.configuration(running, document["spec"]["identity"])
        fresh = cluster.folder / "authentication.new"
        fresh.write_text(json.dumps(stated))
        fresh.rename(cluster.folder / "authentication.yaml")
        kim = admin.user(running.token(KIM))
        cluster.eventually(lambda: kim.ask("POST", ME, REVIEW).status == 201, "the API server trusts the issuer")
        yield running


@pytest.fixture(scope="module")
def login(admin: Client, directory: Issuer) -> Login:
    """A connection of whoever the claims say."""

    def connect(**claims: Any) -> Client:
        return admin.user(directory.token(claims))

    return connect


def test_a_member_of_the_directory(admin: Client, login: Login):
    """Kim is in vision-team: she makes, sees and deletes jobs and pods in vision-train; elsewhere all of it is refused."""
    kim = login(**KIM)
    work, other = job("own", "vision-train"), job("own", "jupyter")
    placed = {"nodeSelector": {POOL: "dev-cpu"}}

    assert kim.must("POST", ME, REVIEW)["status"]["userInfo"]["username"] == "oidc:kim"
    assert accepted(attempt(kim, work, dry=False))
    assert accepted(attempt(kim, pod("own", "vision-train", placed)))
    assert [kim.ask("GET", path).status for path in (TRAIN, JUPYTER, "/apis/batch/v1/jobs")] == [200, 403, 403]
    assert (attempt(kim, other).status, attempt(kim, pod("own", "jupyter", placed)).status) == (403, 403)
    assert accepted(remove(kim, work))
    assert remove(kim, other).status == 403


def test_pools(cluster, admin: Client, login: Login):
    """Kim has two pools: a pod without cards runs on one, one with eight V100 fills a node of the other; a slice is refused."""
    kim = login(**KIM)
    reserved = {"key": "cubec.io/pool", "value": "dev-v100", "operator": "Equal", "effect": "NoSchedule"}
    shapes = {
        "plain": ({POOL: "dev-cpu"}, [], {}),
        "cards": ({POOL: "dev-v100"}, [reserved], {"nvidia.com/gpu": "8"}),
        "more": ({POOL: "dev-v100"}, [reserved], {"nvidia.com/gpu": "8"}),
    }
    found = {}
    for name, (selector, tolerations, limits) in shapes.items():
        spec = {"nodeSelector": selector, "tolerations": tolerations}
        item = long_running(name, "vision-train", {**spec, "containers": [container(resources={"limits": limits})]})
        assert not refusal(attempt(kim, item, dry=False))
        found[name] = cluster.eventually(
            lambda item=item: live(admin, item).get("spec", {}).get("nodeName"), f"{name} is bound"
        )
    vgpu = pod("slice", "vision-train", {"containers": [container(resources={"limits": {"nvidia.com/vgpu": "1"}})]})

    assert found["plain"].startswith("dev-cpu-")
    assert {found["cards"], found["more"]} == {"v100-01", "v100-02"}
    assert "requests.nvidia.com/vgpu=1" in refusal(attempt(admin, {**vgpu, "spec": {**vgpu["spec"], **ON_CPU}}))
    for name in shapes:
        assert accepted(remove(admin, named("Pod", name, "vision-train")))


def test_who_is_in_no_group_gets_nothing(login: Login):
    """Jo has a valid token and is in no group of the platform: known, and refused everywhere."""
    jo = login(preferred_username="jo", groups=["staff"])

    assert jo.ask("POST", ME, REVIEW).status == 201
    assert [jo.ask("GET", path).status for path in (TRAIN, JUPYTER)] == [403, 403]


def test_a_name_of_the_directory(login: Login):
    """User amy is amy.lee there and owner in jupyter: she writes Secrets and never reads one; as amy she is nobody."""
    lee, amy = login(preferred_username="amy.lee"), login(preferred_username="amy")
    secret = named("Secret", "own", "jupyter", stringData={"key": "value"})
    elsewhere = named("Secret", "own", "vision-train", stringData={"key": "value"})

    assert accepted(attempt(lee, secret, dry=False))
    assert lee.ask("GET", "/api/v1/namespaces/jupyter/secrets/own").status == 403
    assert attempt(lee, elsewhere).status == 403
    assert [who.ask("GET", JUPYTER).status for who in (lee, amy)] == [200, 403]


def test_a_guest_sees_and_touches_nothing(login: Login):
    """Tom is a viewer of vision: he lists kim's job; that he can make or delete one is refused, to kim it is not."""
    kim, tom = login(**KIM), login(preferred_username="tom")
    work = job("seen", "vision-train")
    assert accepted(attempt(kim, work, dry=False))

    assert "seen" in {item["metadata"]["name"] for item in tom.get(TRAIN)["items"]}
    assert (attempt(tom, job("own", "vision-train")).status, attempt(kim, job("own", "vision-train")).status) == (
        403,
        201,
    )
    assert (remove(tom, work).status, remove(kim, work).status) == (403, 200)


BAD = {
    "for another client": {"aud": "other"},
    "expired": {"exp": 1_700_000_000},
    "not valid yet": {"nbf": 4_000_000_000},
    "of another issuer": {"iss": "https://login.example.org"},
    "without a name": {"preferred_username": None},
}


@pytest.mark.parametrize("what", BAD)
def test_bad_tokens_are_refused(login: Login, what: str):
    """Kim's token is taken; the same with one claim that is wrong is not, before anybody asks for rights."""
    assert login(**KIM).ask("GET", TRAIN).status == 200
    assert login(**{**KIM, **BAD[what]}).ask("GET", TRAIN).status == 401


def test_forged_tokens_are_refused(admin: Client, directory: Issuer):
    """The right claims signed with another key are nobody's."""
    forged = directory.token(KIM, key=ec.generate_private_key(ec.SECP256R1()))

    assert admin.user(forged).ask("GET", TRAIN).status == 401
    assert admin.user(directory.token(KIM)).ask("GET", TRAIN).status == 200


BORROWED = {
    "the prefix in the claim": {"preferred_username": "eve", "groups": ["oidc:vision-team"]},
    "an administrators' group": {"preferred_username": "eve", "groups": ["system:masters"]},
    "the group as a name": {"preferred_username": "vision-team", "groups": []},
    "an account's name": {"preferred_username": "system:serviceaccount:cubec-system:upkeep-pull-secrets"},
    "a member's name, differently written": {"preferred_username": "Li"},
}


@pytest.mark.parametrize("what", BORROWED)
def test_claims_cannot_borrow_a_name(login: Login, what: str):
    """Prefixes keep names of the directory apart from those of the cluster; what eve claims leads nowhere."""
    eve = login(**BORROWED[what])

    assert eve.ask("POST", ME, REVIEW).status == 201
    assert [eve.ask("GET", path).status for path in (TRAIN, "/api/v1/namespaces/infra/secrets")] == [403, 403]
    assert login(preferred_username="li").ask("GET", TRAIN).status == 200
