"""What holds for a whole cluster: pools, priorities, additions, registries, and what the compiler itself had made there."""

import json
from typing import Any

import pytest
from tests.unit.adopt.taking import account, bound, item, quota, space, take
from tests.unit.cluster.twin import node

TAINT = {"key": "example.com/slow", "value": "yes", "effect": "NoSchedule"}


def test_nodes_of_one_sort_are_a_pool():
    """Machines that are alike are one pool with the least of what they have; the control plane is in none."""
    taken = take(
        space("dev1"),
        node("m", labels={"node-role.kubernetes.io/control-plane": ""}),
        node("a", labels={"gpu-type": "tesla-v100", "train": "true", "mysql": "true"}, **{"example.com/card": "2"}),
        node(
            "b", labels={"gpu-type": "V100", "train": "true", "mysql": "true"}, **{"example.com/card": "2", "cpu": "3"}
        ),
        node("c", labels={"gpu-type": "no (model"}, **{"example.com/card": "1", "rdma.io/long-name": "1"}),
        node("d"),
    )

    assert taken.names("NodePool") == {"gpu-v100", "gpu", "cpu"}
    pool = taken.spec("NodePool", "gpu-v100")
    assert pool["nodes"] == {"names": ["a", "b"]}
    assert pool["capacity"]["cpu"] == "3"
    assert pool["accelerator"] == {"model": "V100", "count": 2, "resource": "example.com/card"}
    assert (pool["workloads"], pool["components"]) == (["train"], ["mysql"])
    assert "the least of its pool is 3" in taken.why("Node", "a")
    assert "control plane" in taken.why("Node", "m")
    assert taken.fields("NodePool", "gpu") == {"accelerator.model"}


def test_pools_of_a_label():
    """Nodes with the compiler's own label are that pool, with its taints; taints of single nodes are left."""
    label = {"cubec.node-restriction.kubernetes.io/pool": "fast"}
    own = {"key": "cubec.io/pool", "value": "fast", "effect": "NoSchedule"}
    system = {"key": "node.kubernetes.io/unreachable", "effect": "NoExecute"}
    odd = {"key": "odd", "effect": "NoSchedule"}
    taken = take(
        *(space("dev1", pools="fast"), space("dev2", pools="gone"), space("dev3")),
        node("a", labels=label, taints=[own, TAINT, system]),
        node("b", labels=label, taints=[own, TAINT, odd]),
        node("c"),
    )

    assert taken.spec("NodePool", "fast")["groups"] == ["dev1"]
    assert taken.spec("NodePool", "fast")["taints"] == [TAINT]
    assert "label" not in taken.spec("NodePool", "fast")
    assert taken.fields("Node", "b") == {"spec.taints[odd]"}
    assert taken.spec("Group", "dev1")["placements"] == [{"cluster": "lab", "pools": ["fast"]}]
    assert "pools" not in taken.spec("Group", "dev2")["placements"][0]


def test_a_node_that_tells_nothing():
    """A node without amounts makes a pool of nothing, and amounts that are none are left out."""
    bare = node("a")
    bare["status"] = {}
    odd = node("b", memory="much")

    assert take(space("dev1"), bare).spec("NodePool", "cpu")["capacity"] == {"cpu": "0", "memory": "0"}
    assert take(space("dev1"), odd).spec("NodePool", "cpu")["capacity"]["memory"] == "0"


def test_priorities():
    """Every class but the system's; one that Kubernetes takes for its own is left out with the check's words."""
    taken = take(
        space("dev1"),
        item("PriorityClass", "system-node-critical", value=2000001000),
        item("PriorityClass", "low", value=-5, preemptionPolicy="Never", globalDefault=True),
        item("PriorityClass", "high", value=100),
        item("PriorityClass", "Odd.name", value=7),
    )

    assert taken.draft.spec["priorities"] == [
        {"name": "low", "value": -5, "default": True},
        {"name": "high", "value": 100, "preemption": "lower"},
    ]
    assert "Odd.name was left out" in taken.why("Platform", "lab")


@pytest.mark.parametrize(
    ("served", "found"),
    [
        (["tfjobs", "pytorchjobs", "mpijobs", "paddlejobs", "xgboostjobs", "jaxjobs"], ["kubeflow-training"]),
        (["tfjobs"], None),
        (["mpijobs", "mpijobs/v1alpha1"], ["kubeflow-mpi-v1alpha1"]),
    ],
)
def test_additions_are_what_is_served(served: list[str], found: list[str] | None):
    """An addition counts where every kind of it is there."""
    kinds = tuple(f"{kind.partition('/')[0]}.kubeflow.org{'/v1alpha1' if '/' in kind else ''}" for kind in served)

    assert take(space("dev1"), served=kinds).spec("Cluster", "lab").get("capabilities") == found


@pytest.mark.parametrize(("version", "written"), [("1.36", "1.36"), ("1.29", "1.30"), ("1.99", "1.37")])
def test_versions_beyond_what_is_known(version: str, written: str):
    """A version that the compiler does not know becomes the nearest that it does, and is told."""
    taken = take(space("dev1"), version=version)

    assert taken.spec("Cluster", "lab")["kubernetes"] == written
    assert ("kubernetes" in taken.fields("Cluster", "lab")) == (version != written)


def test_labels_of_namespaces():
    """Labels of all groups' namespaces are the platform's; others are left, and so is a missing Pod Security level."""
    taken = take(
        space("dev1", labels={"team": "a", "all": "x", "pod-security.kubernetes.io/enforce": "restricted"}),
        space("dev2", labels={"all": "x", "pod-security.kubernetes.io/enforce": "baseline"}),
        space("dev3", labels={"all": "x"}),
    )

    assert taken.draft.spec["namespaceLabels"] == {"all": "x"}
    assert taken.spec("Group", "dev1")["podSecurity"] == "restricted"
    assert taken.fields("Namespace", "dev1") == {"metadata.labels[team]"}
    assert "nothing is enforced there" in taken.why("Namespace", "dev3")


def external(name: str, namespace: str, *, store: str = "vault", key: str = "hub", made: str = "") -> Any:
    target = {"name": name, "template": {"type": "kubernetes.io/dockerconfigjson"}}
    spec = {"secretStoreRef": {"name": store, "kind": "ClusterSecretStore"}, "target": target}
    return item("ExternalSecret", name, namespace, made=made, spec={**spec, "data": [{"remoteRef": {"key": key}}]})


def test_registries_of_a_store():
    """ExternalSecrets of pull secrets are registries by the store's keys; another store, or another key, is left."""
    pulls = item("ServiceAccount", "default", "dev1", imagePullSecrets=[{"name": "hub"}, {"name": "other"}])
    taken = take(
        *(space("dev1"), space("dev2"), pulls),
        *(external("hub", "dev1", made="registries/main.yaml"), external("hub", "dev2", key="second")),
        *(external("quay", "dev2"), external("odd", "dev1", store="elsewhere")),
        item("ExternalSecret", "opaque", "dev1", spec={"secretStoreRef": {"name": "vault"}, "target": {"name": "x"}}),
        served=("externalsecrets.external-secrets.io",),
    )

    assert taken.spec("Registry", "main") == {
        "server": "main.invalid",
        "secretName": "hub",
        "groups": ["dev1"],
        "credentials": {"remote": "hub"},
    }
    assert taken.spec("Registry", "quay")["groups"] == ["dev2"]
    assert taken.spec("Cluster", "lab")["secrets"]["store"] == {"kind": "ClusterSecretStore", "name": "vault"}
    assert {name for name in ("hub", "odd") if taken.why("ExternalSecret", name)} == {"hub", "odd"}
    assert "pull secret other" in taken.why("ServiceAccount", "default")
    assert "server" in taken.fields("Registry", "main")


def told(**tasks: Any) -> Any:
    data = {f"{name}.json": json.dumps(value) for name, value in tasks.items()}
    return item("ConfigMap", "desired-state", "cubec-system", made="platform.yaml#lab/upkeep", data=data)


def job(task: str, *flags: str, **spec: Any) -> Any:
    pod = {"spec": {"containers": [{"image": "r.example.com/cubec:1", "args": ["reconcile", task, *flags]}]}}
    whole = {"schedule": "1 * * * *", "jobTemplate": {"spec": {"template": pod}}, **spec}
    return item("CronJob", f"upkeep-{task.lower()}", "cubec-system", made="platform.yaml#lab/upkeep", spec=whole)


def test_upkeep_comes_back():
    """Schedules, settings and whether a task may do anything; a job that somebody has bent is left."""
    bent = item("CronJob", "upkeep-bent", "cubec-system", made="x", spec={"schedule": "* * * * *"})
    taken = take(
        *(
            space("dev1"),
            told(finished={"ttl": "3h", "timeZone": "Etc/UTC"}, rightSizing={"minRuns": "7", "prometheus": ""}),
        ),
        *(
            job("finished", "--apply", timeZone="Asia/Shanghai"),
            job("rightSizing", suspend=True),
            job("notebooks"),
            bent,
        ),
        item("CronJob", "mine", "cubec-system", spec={}),
    )

    assert taken.draft.spec["upkeep"] == {
        "image": "r.example.com/cubec:1",
        "timeZone": "Etc/UTC",
        "finished": {"schedule": "1 * * * *", "dryRun": False, "ttl": "3h"},
        "rightSizing": {"schedule": "1 * * * *", "suspend": True, "minRuns": 7},
    }
    assert taken.why("CronJob", "upkeep-bent") == "it is no longer as the compiler made it"
    assert taken.why("CronJob", "upkeep-notebooks") == "it is no longer as the compiler made it"


@pytest.mark.parametrize("nodes", [{"nodes": "no JSON"}, {"nodes": {"pools": 3}}, {}])
def test_desired_state_that_is_bent(nodes: dict):
    """Whatever stands in a config map that anybody may have changed, the import goes on."""
    made = told(**nodes)
    if nodes.get("nodes") == "no JSON":
        made["data"]["nodes.json"] = "{"
        made["data"]["pullSecrets.json"] = "{"

    assert take(space("dev1"), made).names("Group") == {"dev1"}


def test_selectors_of_pools_come_back():
    """A pool that the upkeep job finds by a selector is written with it, and with the number of its nodes."""
    label = {"cubec.node-restriction.kubernetes.io/pool": "fast"}
    pools = {"pools": [{"name": "fast", "nodes": {"selector": {"a": "b"}}, "labels": {"org": "x", "gpu-type": "T4"}}]}
    taken = take(
        *(space("dev1"), told(nodes=pools), quota("dev1", **{"requests.nvidia.com/gpu": "1"})),
        *(node(name, labels=label, **{"nvidia.com/gpu": "1"}) for name in ("a", "b")),
    )

    pool = taken.spec("NodePool", "fast")
    assert pool["nodes"] == {"selector": {"a": "b"}, "count": 2}
    assert pool["accelerator"]["model"] == "T4"
    assert taken.draft.spec["profiles"] == ["cube-studio"]
    assert taken.spec("Cluster", "lab")["control"] is True


@pytest.mark.parametrize(
    ("source", "written"),
    [
        (
            {"repoURL": "https://git.example.com/a.git", "targetRevision": "main", "path": "deep/output/lab/delivery"},
            {
                "engine": "argocd",
                "repository": "https://git.example.com/a.git",
                "branch": "main",
                "path": "deep/output",
            },
        ),
        ({"chart": "x"}, {"engine": "none"}),
        ({"repoURL": "https://me:secret@git.example.com", "targetRevision": "main", "path": "x"}, {"engine": "none"}),
    ],
)
def test_the_engine(source: dict, written: dict):
    """Argo CD's source comes back; one that is another, or that holds a password, is none, and is told without it."""
    taken = take(space("dev1"), item("Application", "cubec", "argocd", made="x", spec={"source": source}))

    assert taken.spec("Cluster", "lab")["delivery"] == written
    assert "secret" not in str(taken.entries)


def test_identity_of_files():
    """What the compiler's policy asks of uids comes back: checked, or enforced; without it nothing is asked."""
    said = "runAsUser must be the uid of a member"
    policies = {
        "off": item("ValidatingAdmissionPolicy", "cubec-isolation", spec={"m": said}),
        "checked": item("ValidatingAdmissionPolicy", "cubec-isolation", made="x", spec={"m": said}),
        "enforced": item(
            "ValidatingAdmissionPolicy",
            "cubec-isolation",
            made="x",
            spec={"m": [said, "the pod must state securityContext.runAsUser"]},
        ),
    }

    for mode, policy in policies.items():
        assert take(space("dev1"), policy).draft.spec["linuxIdentity"] == mode


def test_groups_that_documents_may_not_have():
    """A namespace with a name that is kept for others is left out, with all that names it; the others come."""
    taken = take(
        *(space("docker"), space("dev1")),
        item("ClusterRole", "reader", rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]),
        *(bound("b", name, "reader", account("bob", "dev1")) for name in ("docker", "dev1")),
    )

    assert taken.names("Group") == {"dev1"}
    assert "reserved-name" in taken.why("Group", "docker")
