"""The network policies, beyond what the golden cases show."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.unit.emitters.compiling import document, group, objects

FILE = "groups/dev1/network.yaml"
PLATFORM = document("Platform", "research", "  hostPathAllow: [/data/k8s]\n  templateCategories: [{name: training}]")
TWO = """\
  namespaces:
    - {name: dev1, workloads: [train], quota: {gpu: 1(T4)}}
    - {name: dev1-notebook, workloads: [notebook]}
"""


def selectors(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "namespaceSelector":
                yield item
            yield from selectors(item)
    elif isinstance(value, list):
        for item in value:
            yield from selectors(item)


@pytest.mark.parametrize(
    "network",
    [
        "",
        "  network: {mode: strict}\n",
        "  network: {mode: strict, allowTo: [10.0.0.0/8]}\n",
        "  network: {allowFrom: [shared-gateway]}\n",
    ],
)
def test_every_peer_is_named(network: str):
    """No selector is empty, and none looks at anything but a namespace's own name, which nobody can give to another."""
    policies = objects(FILE, group("dev1", TWO + network))

    assert [policy["metadata"]["namespace"] for policy in policies] == ["dev1", "dev1-notebook"]
    for selector in selectors(policies):
        keys = list(selector.get("matchLabels", {})) + [item["key"] for item in selector.get("matchExpressions", ())]
        assert keys == ["kubernetes.io/metadata.name"]
        assert all(item["values"] for item in selector.get("matchExpressions", ()))


def test_the_platform_can_be_stricter_than_the_group_says():
    """A group that says nothing has the platform's mode, traffic out included."""
    policy, *rest = objects(FILE, PLATFORM + "  defaults: {network: strict}\n", group("dev1"))

    assert not rest
    assert policy["spec"]["policyTypes"] == ["Ingress", "Egress"]
    assert policy["metadata"]["annotations"]["cubec.io/source"].endswith("#defaults/network")


def test_open_writes_no_file():
    """Where everything may pass there is nothing to say."""
    assert objects(FILE, PLATFORM + "  defaults: {network: open}\n", group("dev1")) == []
