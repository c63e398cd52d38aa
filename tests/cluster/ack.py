"""The sample's cluster ``ack`` as plain Kubernetes sees it, and what bob and tom do there: objects, changes, observations."""

from pathlib import Path
from typing import Any

import yaml
from tests.cluster import sample
from tests.cluster.attempts import live
from tests.cluster.client import Client
from tests.cluster.pods import GPU, container, job, long_running, named, pod

WITHOUT = {  # what the sample's ack has for additions that this cluster does not have
    *("ClusterQueue", "Cohort", "LocalQueue", "ResourceFlavor", "WorkloadPriorityClass", "ExternalSecret"),
}
ORDER = ("platform/namespaces.yaml", "platform", "groups", "upkeep")
GROWN = ("volumes/nas.yaml", "      capacity: 1Ti\n", "      capacity: 2Ti\n")
VIEWER = ("groups/dev1.yaml", "    - user: bob\n", "    - {user: tom, role: viewer}\n    - user: bob\n")
LEAVING = (
    "groups/dev1.yaml",
    "  gid: 10001\n",
    "  gid: 10001\n  state: decommissioned\n  until: 2026-12-31\n  reason: project ended\n",
)
WORK = {
    "pods": pod("work", "dev1"),
    "jobs": job("work", "dev1"),
    "services": named("Service", "work", "dev1", spec={"ports": [{"port": 80}]}),
    "config maps": named("ConfigMap", "work", "dev1", data={"key": "value"}),
}


def write(folder: Path) -> None:
    """The committed folders, file by file, without the objects of additions."""
    for path, content in sample.committed().items():
        items = [] if "/clients/" in path else [*yaml.load_all(content, Loader=yaml.CSafeLoader)]
        kept = [item for item in items if item["kind"] not in WITHOUT]
        if kept:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(yaml.safe_dump_all(kept))


def counts(client: Client, path: str) -> bool:
    return all("used" in quota.get("status", {}) for quota in client.get(path)["items"])


def asking(name: str, namespace: str, cpu: str = "", cards: int = 0) -> dict[str, Any]:
    """A pod that runs on, and asks for something."""
    limits = {**({"cpu": cpu} if cpu else {}), **({GPU: str(cards)} if cards else {})}
    return long_running(name, namespace, {"containers": [container(resources={"limits": limits})]})


def running(client: Client, item: Any) -> bool:
    return live(client, item).get("status", {}).get("phase") == "Running"


def gone(client: Client, *items: Any) -> bool:
    return not any(live(client, item) for item in items)


def events(client: Client, name: str, reason: str) -> list[dict[str, Any]]:
    events = client.get("/api/v1/namespaces/dev1/events")["items"]
    return [one for one in events if one["involvedObject"]["name"] == name and one["reason"] == reason]


def by_identity(tree: sample.Tree) -> dict[tuple[str, str, str], Any]:
    return {
        (item["kind"], item["metadata"].get("namespace", ""), item["metadata"]["name"]): item
        for item in sample.objects(tree, "ack")
    }
