"""The scenario of the two seed platforms, judged from the committed output alone: nothing here imports an emitter."""

from pathlib import Path

import pytest

from tests.rbac import Rbac, Request, Subject, load

OUTPUT = Path(__file__).parents[1] / "output"
ACK, DEV = load(OUTPUT / "ack"), load(OUTPUT / "dev")
BOB, TOM = Subject.account("cubec-users", "bob"), Subject.account("cubec-users", "tom")
STRANGER = Subject.account("dev1", "default")

WORK = [
    ("", "pods"),
    ("", "services"),
    ("", "configmaps"),
    ("batch", "jobs"),
    ("apps", "deployments"),
    ("kubeflow.org", "tfjobs"),
]
READ = ("get", "list", "watch")
WRITE = ("create", "update", "patch", "delete")
FORBIDDEN = [
    ("", "resourcequotas"),
    ("", "limitranges"),
    ("", "namespaces"),
    ("", "persistentvolumes"),
    ("", "serviceaccounts"),
    ("networking.k8s.io", "networkpolicies"),
    ("rbac.authorization.k8s.io", "roles"),
    ("rbac.authorization.k8s.io", "rolebindings"),
    ("kueue.x-k8s.io", "localqueues"),
    ("kueue.x-k8s.io", "clusterqueues"),
]


@pytest.fixture(scope="module")
def ack() -> Rbac:
    return Rbac(ACK)


def objects(cluster, kind: str, namespace: str = "") -> dict[str, dict]:
    return {
        item["metadata"]["name"]: item
        for item in cluster
        if item["kind"] == kind and namespace in ("", item["metadata"].get("namespace", ""))
    }


@pytest.mark.parametrize(("group", "resource"), WORK)
def test_bob_works_in_dev1_and_nowhere_else(ack: Rbac, group: str, resource: str):
    """Bob does everything with the group's work in dev1, nothing in dev2, nothing in the cluster."""
    for verb in READ + WRITE:
        assert ack.allowed(BOB, Request(verb, resource, group, namespace="dev1"))
        assert not ack.allowed(BOB, Request(verb, resource, group, namespace="dev2"))
        assert not ack.allowed(BOB, Request(verb, resource, group))
        assert not ack.allowed(BOB, Request(verb, resource, group, namespace="cubec-users"))


@pytest.mark.parametrize(("group", "resource"), FORBIDDEN)
def test_nobody_changes_the_walls(ack: Rbac, group: str, resource: str):
    """Quotas, limits, policies, volumes, rights: no member changes any, in their own namespace neither."""
    for who in (BOB, TOM, STRANGER):
        for namespace in ("", "dev1", "dev2", "cubec-users", "cubec-system"):
            for verb in (*WRITE, "deletecollection", "bind", "escalate", "impersonate"):
                assert not ack.allowed(who, Request(verb, resource, group, namespace=namespace))


def test_secrets_and_tokens_are_out_of_reach(ack: Rbac):
    """No member reads a Secret anywhere or mints a token for anybody."""
    for who in (BOB, TOM, STRANGER):
        for namespace in ("", "dev1", "dev2", "cubec-users", "cubec-system"):
            for verb in READ:
                assert not ack.allowed(who, Request(verb, "secrets", namespace=namespace))
            assert not ack.allowed(who, Request("create", "serviceaccounts", subresource="token", namespace=namespace))


def test_the_pods_own_account_may_do_nothing(ack: Rbac):
    """Who gets into a pod of dev1 has no rights through its account."""
    for verb in READ + WRITE:
        for group, resource in WORK:
            assert not ack.allowed(STRANGER, Request(verb, resource, group, namespace="dev1"))


def test_no_binding_reaches_over_the_wall():
    """Cluster-wide bindings are the platform's own: a closed list."""
    names = set(objects(ACK, "ClusterRoleBinding")) | set(objects(DEV, "ClusterRoleBinding"))

    assert names == {"cubec:arena-client", "cubec:platform-admin--zoe", "cubec:upkeep", "cubec:upkeep-nodes"}


def test_no_role_has_a_wildcard():
    """No rule of any role says ``*``, and nothing aggregates roles from elsewhere."""
    for item in ACK + DEV:
        if item["kind"] in {"Role", "ClusterRole"}:
            for rule in item["rules"]:
                assert "*" not in rule["verbs"] + rule["resources"] + rule["apiGroups"]
            assert not any("aggregate" in key for key in item["metadata"]["labels"])


def test_dev1_has_one_card_and_no_limit_on_cpu():
    """Bob's second card is refused; cpu and memory are not limited."""
    hard = objects(ACK, "ResourceQuota", "dev1")["quota"]["spec"]["hard"]

    assert hard["requests.nvidia.com/gpu"] == "1"
    assert not any("cpu" in key or "memory" in key for key in hard)


def test_dev2_has_8_cpu_60_gib_and_2_cards():
    """Tom's ninth cpu and third card are refused."""
    hard = objects(ACK, "ResourceQuota", "dev2")["quota"]["spec"]["hard"]

    assert (hard["requests.cpu"], hard["requests.memory"], hard["requests.nvidia.com/gpu"]) == ("8", "60Gi", "2")
    limits = objects(ACK, "LimitRange", "dev2")["defaults"]["spec"]["limits"]
    assert {"cpu", "memory"} == set(limits[0]["default"]) == set(limits[0]["defaultRequest"])


def test_queue_and_quota_say_the_same():
    """What Kueue guarantees and lends to a namespace never exceeds what its quota lets through."""
    for name, queue in objects(ACK, "ClusterQueue").items():
        hard = objects(ACK, "ResourceQuota", name)["quota"]["spec"]["hard"]
        for group in queue["spec"]["resourceGroups"]:
            for flavor in group["flavors"]:
                assert [one["name"] for one in flavor["resources"]] == group["coveredResources"]
        cards = sum(
            int(one["nominalQuota"]) + int(one.get("borrowingLimit", "0"))
            for group in queue["spec"]["resourceGroups"]
            for flavor in group["flavors"]
            for one in flavor["resources"]
            if one["name"] == "nvidia.com/gpu"
        )
        assert hard["requests.nvidia.com/gpu"] == str(cards)


def test_one_directory_two_claims():
    """Both department claims bind to volumes on one server and path, each reserved for its claim alone."""
    volumes = objects(ACK, "PersistentVolume")
    claims = {
        (item["metadata"]["namespace"], item["metadata"]["name"]): item
        for item in ACK
        if item["kind"] == "PersistentVolumeClaim"
    }
    paths = set()
    for namespace in ("dev1", "dev2"):
        claim = claims[namespace, f"department1-public-{namespace}"]
        volume = volumes[claim["spec"]["volumeName"]]["spec"]
        reserved = {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "namespace": namespace,
            "name": claim["metadata"]["name"],
        }
        assert volume["claimRef"] == reserved
        assert volume["persistentVolumeReclaimPolicy"] == "Retain"
        assert volume["storageClassName"] == claim["spec"]["storageClassName"] == ""
        paths.add((volume["nfs"]["server"], volume["nfs"]["path"]))

    assert paths == {("nas-1.example.com", "/department1")}
    assert len(
        {item["spec"]["claimRef"]["namespace"] + item["spec"]["claimRef"]["name"] for item in volumes.values()}
    ) == len(volumes)


def test_data_is_never_pruned():
    """Volumes and claims survive whatever leaves the tree; a namespace only goes with its group, when a person says so."""
    for item in ACK:
        options = item["metadata"]["annotations"].get("argocd.argoproj.io/sync-options", "")
        if item["kind"] in {"PersistentVolume", "PersistentVolumeClaim"}:
            assert options == "Prune=false,Delete=false"
        if item["kind"] == "Namespace":
            assert options == "Prune=false,Delete=confirm"
            assert item["metadata"]["labels"]["cubec.io/protected"] == "true"
    for item in DEV:
        kept = item["metadata"]["annotations"].get("kustomize.toolkit.fluxcd.io/prune")
        assert (kept == "disabled") == (item["kind"] in {"PersistentVolume", "PersistentVolumeClaim", "Namespace"})
        assert item["metadata"]["annotations"]["kustomize.toolkit.fluxcd.io/substitute"] == "disabled"


def test_a_viewer_sees_and_touches_nothing():
    """Tom, a guest of vision on dev, reads its jobs and pods and changes none."""
    rbac = Rbac(DEV)
    tom = Subject("oidc:tom", ("system:authenticated",))
    for group, resource in WORK:
        assert rbac.allowed(tom, Request("list", resource, group, namespace="vision-train"))
        assert not rbac.allowed(tom, Request("list", resource, group, namespace="jupyter"))
        for verb in WRITE:
            assert not rbac.allowed(tom, Request(verb, resource, group, namespace="vision-train"))
    assert rbac.allowed(tom, Request("get", "pods", subresource="log", namespace="vision-train"))
    uids = objects(DEV, "Namespace")["vision-train"]["metadata"]["annotations"]["cubec.io/uids"]
    assert "20002" not in uids.split(","), "and nobody's pods run as him, who could not have started them"
    assert not rbac.allowed(tom, Request("create", "pods", subresource="exec", namespace="vision-train"))


def test_a_group_of_the_directory_is_a_member():
    """Whoever the directory puts into vision-team works in vision's namespaces, and in no other group's."""
    rbac = Rbac(DEV)
    somebody = Subject("oidc:somebody", ("oidc:vision-team", "system:authenticated"))

    assert rbac.allowed(somebody, Request("create", "jobs", "batch", namespace="vision-train"))
    assert not rbac.allowed(somebody, Request("list", "jobs", "batch", namespace="pipeline"))
    assert not rbac.allowed(Subject("oidc:vision-team"), Request("list", "jobs", "batch", namespace="vision-train"))


def test_registries_reach_every_group_namespace():
    """The pull secret that all groups have is on the accounts of every namespace's pods, and the job may copy just it."""
    for cluster in (ACK, DEV):
        for item in cluster:
            if item["kind"] == "ServiceAccount" and item["metadata"]["name"] in {"default", "workload"}:
                assert item["imagePullSecrets"] == [{"name": "hubsecret"}]
                assert item["automountServiceAccountToken"] is False
    for item in objects(DEV, "Namespace").values():
        if "cubec.io/group" in item["metadata"]["labels"]:
            assert item["metadata"]["annotations"]["cubec.io/pull-secrets"] == "hub"


def test_every_namespace_is_closed():
    """Each group namespace has Pod Security, a quota, defaults and a network policy that selects every pod."""
    for cluster in (ACK, DEV):
        for name, item in objects(cluster, "Namespace").items():
            if "cubec.io/group" not in item["metadata"]["labels"]:
                continue
            assert item["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] in {"baseline", "restricted"}
            assert objects(cluster, "ResourceQuota", name)
            assert objects(cluster, "LimitRange", name)
            policies = objects(cluster, "NetworkPolicy", name)
            assert all(policy["spec"]["podSelector"] == {} for policy in policies.values())
            assert policies
            for policy in policies.values():
                for rule in policy["spec"].get("ingress", []):
                    assert rule["from"], "an empty list of sources would be everybody"


def test_cards_of_two_models():
    """The namespace that trains on V100 has 16 of them, notebooks have none, slices are counted as slices."""
    hard = {
        name: objects(DEV, "ResourceQuota", name)["quota"]["spec"]["hard"]
        for name in ("vision-train", "vision-notebook", "service")
    }

    assert hard["vision-train"]["requests.nvidia.com/gpu"] == "16"
    assert hard["vision-notebook"]["requests.nvidia.com/gpu"] == "0"
    assert hard["service"]["requests.nvidia.com/vgpu"] == "15"


def test_no_secret_stands_in_the_output():
    """No object of kind Secret holds a value that is not ciphertext, and no kubeconfig holds a token."""
    for item in ACK + DEV:
        assert item["kind"] != "Secret"
    for path in OUTPUT.rglob("*"):
        if path.is_file():
            text = path.read_text()
            assert "token:" not in text.replace("automountServiceAccountToken:", "")
            assert "password:" not in text
