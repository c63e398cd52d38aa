"""The committed sample, and the sample as it would be with a change: compiled in memory, for the tests of this folder."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from tests.test_golden import TODAY

from cubec import pipeline
from cubec.model.model import Model

ROOT = Path(__file__).parents[2]
PARTS = ("platform", "groups", "upkeep", "delivery", "bootstrap.yaml")  # the order in which engines apply them
PLATFORMS = ("admission", "queues", "quota")  # of the folder platforms/, on the same cluster
Tree = Mapping[str, bytes]  # path below output/ and content
ALSO_CALLED = {"ephemeralStorage": "ephemeral-storage"}
Change = tuple[str, str, str]  # path below tenants/, what stands there, what to write in its place


def committed() -> Tree:
    """The output as it stands in the repository."""
    output = ROOT / "output"
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in sorted(output.rglob("*.yaml"))}


def nodes(cluster: str) -> list[dict[str, Any]]:
    """Nodes of the shape of a cluster's pools: so many, with their cards, labelled and tainted as the upkeep job does."""
    documents = (one for path in sorted((ROOT / "tenants/pools").glob("*.yaml")) for one in _documents(path))
    return [node for pool in documents if pool["spec"]["cluster"] == cluster for node in _pool(pool)]


def _documents(path: Path) -> list[dict[str, Any]]:
    document = yaml.load(path.read_text(), Loader=yaml.CSafeLoader)
    return document["items"] if document["kind"] == "List" else [document]


def _pool(pool: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    name, spec = pool["metadata"]["name"], pool["spec"]
    found, capacity = spec["nodes"], {ALSO_CALLED.get(key, key): amount for key, amount in spec["capacity"].items()}
    if cards := spec.get("accelerator"):
        slices = cards.get("slices", {"resource": "nvidia.com/gpu", "perCard": 1})
        capacity[slices["resource"]] = cards["count"] * slices["perCard"]
    labels = {"cubec.node-restriction.kubernetes.io/pool": name, **found.get("selector", {})}
    taints = [{"key": "cubec.io/pool", "value": name, "effect": "NoSchedule"}] if "groups" in spec else []
    for node in found.get("names") or (f"{name}-{number:02}" for number in range(1, found["count"] + 1)):
        yield {"name": node, "labels": labels, "taints": taints, "capacity": capacity}


def changed(changes: Iterable[Change] = (), as_of: date = TODAY) -> Tree:
    """The output of the sample with some of its text replaced."""
    return pipeline.compile_tree(model(changes, as_of))


def model(changes: Iterable[Change] = (), as_of: date = TODAY) -> Model:
    """What the sample means with some of its text replaced."""
    files = {path.relative_to(ROOT).as_posix(): path.read_text() for path in sorted((ROOT / "tenants").rglob("*.yaml"))}
    for path, old, new in changes:
        assert old in files[f"tenants/{path}"], f"tenants/{path} does not hold {old}"
        files[f"tenants/{path}"] = files[f"tenants/{path}"].replace(old, new, 1)
    analysis = pipeline.analyse([(path, text.encode()) for path, text in files.items()], [], as_of)
    assert analysis.model is not None, analysis.diagnostics
    assert not analysis.failed, analysis.diagnostics
    return analysis.model


def for_version(version: str) -> Tree:
    """The output with both clusters declared as that version of Kubernetes."""
    stated = {"ack": "1.36", "dev": "1.35"}
    changes = (
        (f"clusters/{name}.yaml", f'kubernetes: "{old}"', f'kubernetes: "{version}"') for name, old in stated.items()
    )
    return changed(changes)


def objects(tree: Tree, cluster: str = "") -> Iterator[dict[str, Any]]:
    """What an engine would apply, in its order: part by part, and in each part the namespaces first."""
    parts = [(path.split("/"), content) for path, content in tree.items() if path.endswith(".yaml")]
    for part in PARTS:
        found = [
            item
            for folders, content in parts
            if folders[1] == part and cluster in ("", folders[0])
            for item in yaml.load_all(content, Loader=yaml.CSafeLoader)
        ]
        yield from sorted(found, key=lambda item: item["kind"] != "Namespace")


WORKERS = nodes("ack")
