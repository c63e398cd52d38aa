"""Quotas, limits and queues to what a namespace may use."""

from typing import Any

from tests.unit.adopt.taking import item, quota, space, take
from tests.unit.cluster.twin import node

CARDS = "requests.nvidia.com/gpu"


def limits(namespace: str, name: str = "defaults", **container: Any) -> Any:
    found = [{"type": "Container", **container}] if container else []
    return item("LimitRange", name, namespace, spec={"limits": found})


def test_the_least_of_several_quotas_holds():
    """Of several quotas the smaller amount counts, as in the cluster; each but our own is to be deleted afterwards."""
    taken = take(
        space("dev1"),
        quota("dev1", **{"requests.cpu": "4", "limits.cpu": "4", CARDS: "4", "pods": "50"}),
        quota("dev1", "second", **{"cpu": "3000m", CARDS: "2", "count/jobs.batch": "3", "secrets": "9"}),
    )

    assert taken.spec("Group", "dev1")["placements"][0]["quota"] == {
        "cpu": "3",
        "gpu": 2,
        "pods": 50,
        "secrets": 9,
        "jobs": {"jobs.batch": 3},
    }
    assert "both count until then" in taken.why("ResourceQuota", "second")
    assert taken.why("ResourceQuota", "quota") == ""


def test_what_a_quota_of_documents_does_not_say():
    """Scoped quotas, amounts that are none, and resources without a field are left, each by its name."""
    scoped = quota("dev1", "scoped", pods="1")
    scoped["spec"]["scopes"] = ["BestEffort"]
    taken = take(
        space("dev1"),
        scoped,
        quota("dev1", **{"requests.storage": "1Ti", "gold.storageclass/requests.storage": "1Gi", "services": "-1"}),
    )

    assert taken.spec("Group", "dev1")["placements"][0]["quota"] == {"storage": "1Ti"}
    assert "counts some pods only" in taken.why("ResourceQuota", "scoped")
    assert taken.fields("ResourceQuota", "quota") == {
        "spec.hard[gold.storageclass/requests.storage]",
        "spec.hard[services]",
    }


def test_nothing_that_is_never_unlimited_is_said_twice():
    """Node ports and load balancers of 0 are the default; others are said."""
    taken = take(space("dev1"), quota("dev1", **{"services.nodeports": "0", "services.loadbalancers": "2"}))

    assert taken.spec("Group", "dev1")["placements"][0]["quota"] == {"loadBalancers": 2}


def test_cards_of_several_models():
    """One resource for two models: cards are laid over the pools in their order, each with its model."""
    taken = take(
        space("dev1"),
        quota("dev1", **{CARDS: "9"}),
        node("a", labels={"gpu-type": "T4"}, **{"nvidia.com/gpu": "4"}),
        node("b", labels={"nvidia.com/gpu.product": "NVIDIA-A100-80GB"}, **{"nvidia.com/gpu": "8"}),
    )

    assert taken.spec("Group", "dev1")["placements"][0]["quota"]["gpu"] == ["8(A100-80GB)", "1(T4)"]
    assert taken.names("NodePool") == {"gpu-t4", "gpu-a100-80gb"}


def test_more_than_there_is():
    """More than the pools hold limits nothing: cpu is left out, cards are cut, and the promise of all is over-committed."""
    taken = take(
        *(space("dev1"), space("dev2")),
        quota("dev1", **{"requests.cpu": "400", CARDS: "20"}),
        quota("dev2", **{CARDS: "4"}),
    )

    assert taken.spec("Group", "dev1")["placements"][0]["quota"] == {"gpu": 8}
    assert taken.fields("Group", "dev1") >= {"cpu", "gpu"}
    assert taken.spec("NodePool", "gpu")["overcommit"] == {"gpu": "150%"}


def test_several_namespaces_of_a_group():
    """Namespaces that one label joins are one group: their shares, and a placement with what all of them limit."""
    labels = {"cubec.io/group": "team"}
    taken = take(
        *(space("one", labels=labels), space("two", labels=labels)),
        quota(
            "one", **{"requests.cpu": "1", "pods": "5", CARDS: "1", "count/jobs.batch": "1", "services.nodeports": "1"}
        ),
        quota("two", **{"requests.cpu": "2", CARDS: "2", "count/jobs.batch": "2"}),
        item("LimitRange", "defaults", "one", spec={"limits": [{"type": "Pod", "max": {"cpu": "1"}}]}),
    )

    group = taken.spec("Group", "team")
    assert group["placements"][0]["quota"] == {"cpu": "3", "nodePorts": 1, "gpu": 3, "jobs": {"jobs.batch": 3}}
    assert group["namespaces"][0] == {
        "name": "one",
        "quota": {
            "cpu": "1",
            "gpu": 1,
            "pods": 5,
            "nodePorts": 1,
            "jobs": {"jobs.batch": 1},
            "perPod": {"cpu": "1"},
        },
    }


def test_the_largest_pod_is_said_once():
    """What all namespaces of a group say of a single pod stands in the placement; cards come from the annotation."""
    labels = {"cubec.io/group": "team"}
    largest = {"limits": [{"type": "Pod", "max": {"cpu": "2", "ephemeral-storage": "1Gi"}}]}
    note = {"cards-per-pod": "nvidia.com/gpu=1"}
    taken = take(
        *(space(name, labels=labels, **note) for name in ("one", "two")),
        *(item("LimitRange", "defaults", name, spec=largest) for name in ("one", "two")),
        *(quota(name, **{"requests.cpu": "2", CARDS: "1"}) for name in ("one", "two")),
    )

    group = taken.spec("Group", "team")
    assert group["placements"][0]["quota"]["perPod"] == {"cpu": "2", "gpu": 1}
    assert [one["quota"] for one in group["namespaces"]] == [{"cpu": "2", "gpu": 1}] * 2


def test_a_namespace_of_another_name():
    """A group whose one namespace has another name says it, and has the quota in its placement."""
    taken = take(space("dev1-ns", labels={"cubec.io/group": "dev1"}), quota("dev1-ns", pods="3"))

    assert taken.spec("Group", "dev1")["namespaces"] == [{"name": "dev1-ns"}]
    assert taken.spec("Group", "dev1")["placements"][0]["quota"] == {"pods": 3}


def test_what_queues_say():
    """Nominal, borrowed and lent amounts and the weight come from the queue; the quota is a ceiling of the first two."""
    resources = [
        {"name": "cpu", "nominalQuota": "4", "borrowingLimit": "2", "lendingLimit": "1"},
        {"name": "memory", "nominalQuota": "8Gi", "borrowingLimit": "0"},
    ]
    cards = [{"name": "nvidia.com/gpu", "nominalQuota": "2", "borrowingLimit": "1", "lendingLimit": "0"}]
    groups = [
        {"flavors": [{"name": "any--pool", "resources": resources}]},
        {"flavors": [{"name": "gpu", "resources": cards}]},
    ]
    queue = {"resourceGroups": groups, "fairSharing": {"weight": "2"}}
    taken = take(
        *(space("dev1"), quota("dev1", **{"requests.cpu": "6", "requests.memory": "8Gi", CARDS: "3"})),
        item("LocalQueue", "default", "dev1", spec={"clusterQueue": "dev1"}),
        item("ClusterQueue", "dev1", spec=queue),
        item("ResourceFlavor", "gpu", spec={"nodeLabels": {"card": "yes"}}),
        node("a", labels={"card": "yes"}, **{"nvidia.com/gpu": "4", "cpu": "16"}),
        served=("localqueues.kueue.x-k8s.io",),
    )

    assert taken.spec("Group", "dev1")["placements"][0]["quota"] == {
        "cpu": "4",
        "memory": "8Gi",
        "gpu": 2,
        "borrow": {"cpu": "2", "gpu": 1},
        "lend": {"cpu": "1", "gpu": 0},
        "weight": 2,
    }
    assert taken.spec("NodePool", "gpu")["label"] == {"card": "yes"}
    assert taken.spec("Cluster", "lab")["capabilities"] == ["kueue"]


def test_queues_of_another_name_are_left():
    """A queue that several namespaces may share, or that has a fraction as weight, is told; the quota counts alone."""
    taken = take(
        *(space("dev1"), space("dev2"), quota("dev1", **{"requests.cpu": "2"})),
        item("LocalQueue", "team", "dev1", spec={"clusterQueue": "shared"}),
        item("ClusterQueue", "shared", spec={"resourceGroups": []}),
        item("LocalQueue", "default", "dev2", spec={"clusterQueue": "dev2"}),
        item("ClusterQueue", "dev2", spec={"fairSharing": {"weight": "1500m"}}),
    )

    assert "is not the namespace's alone" in taken.why("LocalQueue", "team")
    assert taken.spec("Group", "dev1")["placements"][0]["quota"] == {"cpu": "2"}
    assert taken.fields("Group", "dev2") == {"gid", "weight"}


def test_defaults_of_containers():
    """What most namespaces give a container is the platform's; another one is told, and an own name is to be deleted."""
    usual = {"default": {"cpu": "2", "memory": "1024Mi"}, "defaultRequest": {"cpu": "500m", "memory": "many"}}
    taken = take(
        *(space(f"dev{n}") for n in (1, 2, 3)),
        *(limits("dev1", **usual), limits("dev2", "mine", **usual), limits("dev3")),
    )

    container = taken.draft.spec["defaults"]["container"]
    assert container == {"limits": {"cpu": "2", "memory": "1Gi"}, "requests": {"cpu": "500m"}}
    assert "delete this one afterwards" in taken.why("LimitRange", "mine")
    assert "there is one for all" in taken.why("LimitRange", "defaults")
