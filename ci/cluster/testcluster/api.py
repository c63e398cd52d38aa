"""A small client of the API server: apply, read and wait, with the standard library alone."""

import http.client
import json
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import yaml

from testcluster.processes import ClusterError

PATIENCE = 90  # seconds; on a machine on which several clusters start at once
NOT_YET = (http.client.NOT_FOUND, http.client.TOO_MANY_REQUESTS, http.client.SERVICE_UNAVAILABLE)
JSON = "application/json"
DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
PLURALS = {
    "ConfigMap": "configmaps",
    "CustomResourceDefinition": "customresourcedefinitions",
    "MutatingWebhookConfiguration": "mutatingwebhookconfigurations",
    "Namespace": "namespaces",
    "Node": "nodes",
    "Secret": "secrets",
    "ValidatingWebhookConfiguration": "validatingwebhookconfigurations",
}


class ApiError(ClusterError):
    """The API server's answer was an error; status is its HTTP status."""

    def __init__(self, status: int, body: str) -> None:
        try:
            message = json.loads(body)["message"]
        except (ValueError, KeyError, TypeError):
            message = body
        super().__init__(f"{status}: {message}")
        self.status = status


class Api:
    """One connection to the API server, by a client certificate."""

    def __init__(self, server: str, authority: Path, certificate: Path, key: Path) -> None:
        context = ssl.create_default_context(cafile=authority)
        context.load_cert_chain(certificate, key)
        self._connection = http.client.HTTPSConnection(urlsplit(server).netloc, context=context, timeout=30)

    def request(
        self, method: str, path: str, body: object = None, content_type: str = JSON, *, accept: str = JSON
    ) -> Any:
        payload = None if body is None else json.dumps(body)
        self._connection.request(method, path, payload, {"Accept": accept, "Content-Type": content_type})
        response = self._connection.getresponse()
        answer = response.read().decode()
        if response.status >= http.client.BAD_REQUEST:
            raise ApiError(response.status, answer)
        return json.loads(answer)

    def apply(self, item: dict[str, Any]) -> None:
        """Server-side apply, strict: an unknown field is an error."""
        query = urlencode({"fieldManager": "test-cluster", "force": "true", "fieldValidation": "Strict"})
        self.request("PATCH", f"{object_path(item)}?{query}", item, "application/apply-patch+yaml")

    def wait(self, path: str, condition: Callable[[Any], bool], what: str, *, accept: str = JSON) -> None:
        """Wait until what the path holds meets the condition; that nothing is there, or not ready, is no error yet."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                if condition(self.request("GET", path, accept=accept)):
                    return
            except ApiError as error:
                if error.status not in NOT_YET:
                    raise
            if time.monotonic() > deadline:
                raise ClusterError(f"{what}: not so after {PATIENCE} s")
            time.sleep(0.05)

    def install_definitions(self, definitions: Iterable[dict[str, Any]]) -> None:
        """Apply CustomResourceDefinitions and wait until their kinds are served, and until both kinds of discovery say so.

        A controller that finds a kind established and not yet discovered ends, and on a busy machine there is time for it.
        """
        definitions = list(definitions)
        for definition in definitions:
            self.apply(definition)
        kinds: set[tuple[str, str, str]] = set()
        for definition in definitions:
            name, spec = definition["metadata"]["name"], definition["spec"]
            self.wait(object_path(definition), _established, f"{name} is established")
            plural = spec["names"]["plural"]
            for version in (version["name"] for version in spec["versions"] if version["served"]):
                self.wait(f"/apis/{spec['group']}/{version}", partial(_lists, plural), f"{name} {version} is listed")
                kinds.add((spec["group"], version, plural))
        self.wait("/apis", lambda found: kinds <= set(_discovered(found)), "the new kinds are listed", accept=DISCOVERY)


def object_path(item: dict[str, Any]) -> str:
    version, metadata = item["apiVersion"], item["metadata"]
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    if "namespace" in metadata:
        root += f"/namespaces/{metadata['namespace']}"
    return f"{root}/{PLURALS[item['kind']]}/{metadata['name']}"


def documents(paths: Iterable[Path]) -> list[Any]:
    """All YAML documents of some files; by libyaml, because some definitions are hundreds of kilobytes long."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return [document for path in paths for document in yaml.load_all(path.read_text(), Loader=loader) if document]


def _lists(plural: str, answer: Any) -> bool:
    return any(resource["name"] == plural for resource in answer["resources"])


def _discovered(answer: Any) -> Iterator[tuple[str, str, str]]:
    """Group, version and plural of every kind in the one list of all of them."""
    for group in answer["items"]:
        for version in group["versions"]:
            for resource in version.get("resources", ()):
                yield group["metadata"]["name"], version["version"], resource["resource"]


def _established(definition: Any) -> bool:
    conditions = definition.get("status", {}).get("conditions") or []  # null at first
    return any(c["type"] == "Established" and c["status"] == "True" for c in conditions)
