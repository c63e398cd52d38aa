"""Requests that may be refused, as values: what came back, and in which words."""

from collections.abc import Mapping
from http.client import BAD_REQUEST
from typing import Any
from urllib.parse import urlencode

from tests.cluster.client import MERGE, Answer, Client

Object = Mapping[str, Any]
STRATEGIC = "application/strategic-merge-patch+json"


def attempt(client: Client, item: Object, *, dry: bool = True) -> Answer:
    """Create an object as people do, strictly; by default only to see what would become of it."""
    query = urlencode({"fieldValidation": "Strict", **({"dryRun": "All"} if dry else {})})
    return client.ask("POST", f"{collection(client, item)}?{query}", item)


def change(
    client: Client, item: Object, patch: Object, part: str = "", kind: str = MERGE, *, dry: bool = False
) -> Answer:
    """Patch an object, or a ``part`` of it such as its status."""
    path = client.path(item) + (f"/{part}" if part else "") + ("?dryRun=All" if dry else "")
    return client.ask("PATCH", path, patch, kind)


def remove(client: Client, item: Object, *, dry: bool = False) -> Answer:
    """Delete at once, and in the background what the object owns."""
    options = {"gracePeriodSeconds": 0, "propagationPolicy": "Background", **({"dryRun": ["All"]} if dry else {})}
    return client.ask("DELETE", client.path(item), options)


def live(client: Client, item: Object) -> dict[str, Any]:
    """The object as it is now; empty where it is not."""
    answer = client.ask("GET", client.path(item))
    return answer.body if accepted(answer) else {}


def found(client: Client, item: Object, **labels: str) -> list[dict[str, Any]]:
    """All objects of the item's kind in its namespace; in labels ``_`` stands for ``-``."""
    selector = ",".join(f"{name.replace('_', '-')}={value}" for name, value in labels.items())
    return client.get(f"{collection(client, item)}?{urlencode({'labelSelector': selector})}")["items"]


def collection(client: Client, item: Object) -> str:
    return client.path(item).rpartition("/")[0]


def accepted(answer: Answer) -> bool:
    return answer.status < BAD_REQUEST


def refusal(answer: Answer) -> str:
    """Why it was refused; empty where it was not."""
    return "" if accepted(answer) else str(answer.body["message"])


def condition(item: Object, kind: str) -> dict[str, Any]:
    """One condition of an object's status; empty where it is not there yet."""
    conditions = item.get("status", {}).get("conditions") or []
    return next((one for one in conditions if one["type"] == kind), {})
