"""What a live cluster holds, beside what the output says that it should."""

from collections.abc import Iterable, Iterator
from typing import Any

from tests.cluster.client import Client, Object

from cubec.manifest import CLUSTERED, NAMESPACED


def everything(client: Client) -> dict[str, str]:
    """All that the compiler has in the cluster by kind, namespace and name, with what tells an object from its successor."""
    found = {}
    for kind, version in {**CLUSTERED, **NAMESPACED}.items():
        nameless = {"apiVersion": version, "kind": kind, "metadata": {"name": "", "namespace": "-"}}
        if not client.knows(nameless):
            continue  # of an engine or an addition that this cluster does not have
        path = client.path(nameless).removesuffix("/").replace("/namespaces/-", "")
        for item in client.get(f"{path}?labelSelector=app.kubernetes.io/managed-by=cubec")["items"]:
            metadata = item["metadata"]
            found[f"{kind} {metadata.get('namespace', '')}/{metadata['name']}"] = metadata["uid"]
    return found


def different(client: Client, wanted: Iterable[Object]) -> list[str]:
    """Where live objects are missing, or say something else than they should."""
    found = []
    for item in wanted:
        live = client.ask("GET", client.path(item)).body
        found += [f"{item['kind']} {item['metadata']['name']}{one}" for one in _differences(item, live)]
    return found


def _differences(wanted: Any, live: Any, path: str = "") -> Iterator[str]:
    """What only the cluster says is none of ours."""
    if isinstance(wanted, dict) and isinstance(live, dict):
        for key, value in wanted.items():
            yield from _differences(value, live.get(key), f"{path}.{key}")
    elif isinstance(wanted, list) and isinstance(live, list) and len(wanted) == len(live):
        for number, (one, other) in enumerate(zip(wanted, live, strict=True)):
            yield from _differences(one, other, f"{path}[{number}]")
    elif wanted != live and (wanted or live):  # the server leaves out what is empty
        yield f"{path}: {live} in place of {wanted}"
