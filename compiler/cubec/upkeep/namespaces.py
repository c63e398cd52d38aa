"""The namespaces of groups, as the compiler wrote them: all that a task may look into."""

from cubec.cluster import Cluster, Object, path
from cubec.upkeep.plan import Told, read

GROUP = "cubec.io/group"


def of_groups(cluster: Cluster, told: Told) -> tuple[Object, ...]:
    """Those that carry this platform's labels and are not on their way out, by name."""
    platform = read(told, _platform)
    ours = f"app.kubernetes.io/managed-by=cubec,app.kubernetes.io/part-of={platform},{GROUP}"
    found = cluster.list(path("v1", "namespaces"), labels=ours)
    staying = [item for item in found if not item["metadata"].get("deletionTimestamp")]
    return tuple(sorted(staying, key=lambda item: str(item["metadata"]["name"])))


def _platform(told: Told) -> str:
    name = told["platform"]
    if not isinstance(name, str) or not name:
        raise ValueError("platform: a name is expected")
    return name
