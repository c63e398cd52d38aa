"""NetworkPolicies back to a mode and its lists."""

import copy
from typing import Any

import pytest
from tests.unit.adopt.taking import item, space, take


def policy(namespace: str, *sources: str, name: str = "isolation", egress: Any = None) -> Any:
    spec = {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{"from": [among(*sources)]}]}
    if egress is not None:
        spec |= {"policyTypes": ["Ingress", "Egress"], "egress": egress}
    return item("NetworkPolicy", name, namespace, spec=spec)


def among(*names: str) -> Any:
    return {
        "namespaceSelector": {
            "matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": "In", "values": list(names)}]
        }
    }


def test_what_all_let_in_is_the_clusters():
    """Namespaces that every group lets in are the cluster's; what one group alone lets in is that group's word."""
    taken = take(
        *(space("dev1"), space("dev2")),
        policy("dev1", "dev1", "ingress", "monitoring", "dev2"),
        policy("dev2", "dev2", "ingress", "monitoring"),
    )

    assert taken.spec("Cluster", "lab")["ingressNamespaces"] == ["ingress", "monitoring"]
    assert taken.spec("Group", "dev1")["network"] == {"allowFrom": ["dev2"]}
    assert "network" not in taken.spec("Group", "dev2")
    assert taken.draft.spec["defaults"]["network"] == "isolated"


def test_the_weakest_mode_is_the_platforms():
    """Where one group is open the platform is, and the others say that they are stricter; the list recommends more."""
    dns = {"to": [among("kube-system")], "ports": [{"port": 53}]}
    ranges = {"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}
    taken = take(
        *(space("dev1"), space("dev2"), space("dev3")),
        policy("dev2", "dev2", egress=[{"to": [among("dev2", "infra")]}, dns, ranges]),
        policy("dev3", "dev3"),
    )

    assert taken.draft.spec["defaults"]["network"] == "open"
    assert taken.spec("Group", "dev2")["network"] == {"mode": "strict", "allowTo": ["infra", "10.0.0.0/8"]}
    assert taken.spec("Group", "dev3")["network"] == {"mode": "isolated"}
    assert "defaults.network" in taken.fields("Platform", "")


@pytest.mark.parametrize(
    "change",
    [
        {"podSelector": {"matchLabels": {"a": "b"}}},
        {"policyTypes": ["Egress"]},
        {"ingress": [{"from": [among("dev1")], "ports": [{"port": 1}]}]},
        {"ingress": [{"from": [among("dev1"), among("dev2")]}]},
        {"ingress": [{"from": [{"podSelector": {}}]}]},
        {"ingress": [{"from": [{**among("dev1"), "podSelector": {}}]}]},
        {"policyTypes": ["Ingress", "Egress"], "egress": [{"to": [{"podSelector": {}}]}]},
        {
            "policyTypes": ["Ingress", "Egress"],
            "egress": [{"to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["x"]}}]}],
        },
    ],
)
def test_policies_of_another_shape_stay(change: dict):
    """A policy that documents would not make is left, and counts for nothing."""
    other = copy.deepcopy(policy("dev1", "dev1"))
    other["spec"] |= change

    taken = take(space("dev1"), other)

    assert "it stays" in taken.why("NetworkPolicy", "isolation")
    assert taken.draft.spec["defaults"]["network"] == "open"


def test_policies_of_other_names_stay():
    """A policy beside ours is left, whatever it says."""
    assert "it stays" in take(space("dev1"), policy("dev1", "dev1", name="mine")).why("NetworkPolicy", "mine")
