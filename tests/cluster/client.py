"""A client of the API server that keeps its connection open: what kubectl would take seconds for, it does in milliseconds."""

import base64
import http.client
import json
import ssl
import tempfile
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from queue import Queue
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

import yaml
from tests.cluster.live import PATIENCE

QUOTA_IN_USE = "Operation cannot be fulfilled on resourcequotas"  # no refusal: who asks once more is answered
APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
Object = Mapping[str, Any]


class RefusedError(Exception):
    """The API server said no: its status, its reason, and its words."""

    def __init__(self, status: int, body: Any) -> None:
        answer = body if isinstance(body, dict) else {"message": str(body)}
        self.status, self.reason, self.message = status, answer.get("reason", ""), answer.get("message", "")
        super().__init__(f"{status} {self.message}")


@dataclass(frozen=True)
class Answer:
    """What the API server answered, whatever its status."""

    status: int
    body: Any
    warnings: tuple[str, ...]


class Client:
    """One user on one connection; ``token`` in place of the kubeconfig's own certificate. For one thread at a time."""

    def __init__(self, kubeconfig: Path, token: str = "") -> None:
        config = yaml.safe_load(kubeconfig.read_text())
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        self._context = ssl.create_default_context(cadata=authority)
        if not token:
            _identify(self._context, user)
        self._kubeconfig, self._host = kubeconfig, urlsplit(cluster["server"]).netloc
        self._headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        self._connection = self._connect()
        self._others: list[Client] = []

    def _connect(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(self._host, context=self._context, timeout=60)

    def __del__(self) -> None:
        self._connection.close()  # Python warns of a socket that nobody has closed

    def user(self, token: str) -> "Client":
        """The same cluster with somebody else's token; closed with this one."""
        self._others.append(Client(self._kubeconfig, token))
        return self._others[-1]

    def close(self) -> None:
        for client in (*self._others, self):
            client._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, method: str, path: str, body: object = None, kind: str = "", accept: str = "") -> Answer:
        """Send a request; no status is an error.

        Sent again where the server asks for that: a new kind is not ready yet, or a quota was just counted for somebody else.
        """
        payload = None if body is None else json.dumps(body)
        headers = self._headers | {"Content-Type": kind or "application/json"} | ({"Accept": accept} if accept else {})
        response = self._send(method, path, payload, headers)
        text = response.read().decode()
        while response.status == http.client.TOO_MANY_REQUESTS or (method == "POST" and QUOTA_IN_USE in text):
            time.sleep(0.1)
            response = self._send(method, path, payload, headers)
            text = response.read().decode()
        decoded = json.loads(text) if text.startswith("{") else text
        return Answer(response.status, decoded, tuple(response.headers.get_all("Warning") or ()))

    def _send(
        self, method: str, path: str, payload: str | None, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        try:
            self._connection.request(method, path, payload, headers)
            return self._connection.getresponse()
        except (http.client.HTTPException, ConnectionError):  # closed meanwhile
            self._connection.close()
            self._connection = self._connect()
            self._connection.request(method, path, payload, headers)
            return self._connection.getresponse()

    def must(self, method: str, path: str, body: object = None, kind: str = "") -> Any:
        """Send a request that succeeds, or raise RefusedError."""
        answer = self.ask(method, path, body, kind)
        if answer.status >= http.client.BAD_REQUEST:
            raise RefusedError(answer.status, answer.body)
        return answer.body

    def get(self, path: str) -> Any:
        return self.must("GET", path)

    def apply(self, item: Object, *, dry: bool = False) -> Answer:
        """Apply on the server and strictly, as a GitOps engine would."""
        query = {"fieldManager": "cubec", "fieldValidation": "Strict", "force": "true"}
        query |= {"dryRun": "All"} if dry else {}
        return self.ask("PATCH", f"{self.path(item)}?{urlencode(query)}", item, APPLY)

    def create(self, item: Object, *, dry: bool = False) -> Answer:
        query = "?dryRun=All" if dry else ""
        return self.ask("POST", self.path(item).rpartition("/")[0] + query, item)

    def delete(self, item: Object) -> Answer:
        return self.ask("DELETE", f"{self.path(item)}?propagationPolicy=Background")

    def remove(self, item: Object) -> bool:
        """Delete an object and wait until it is gone."""
        self.delete(item)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.ask("GET", self.path(item)).status == http.client.NOT_FOUND:
                return True
            time.sleep(0.05)
        return False

    def knows(self, item: Object) -> bool:
        return (item["apiVersion"], item["kind"]) in self.served

    def path(self, item: Object) -> str:
        """Where an object is, by what the server says about its kind."""
        version, metadata = item["apiVersion"], item["metadata"]
        plural, namespaced = self.served[version, item["kind"]]
        root = f"/apis/{version}" if "/" in version else f"/api/{version}"
        where = f"/namespaces/{metadata['namespace']}" if namespaced else ""
        return f"{root}{where}/{plural}/{metadata['name']}"

    @cached_property
    def served(self) -> dict[tuple[str, str], tuple[str, bool]]:
        """Every kind that the server has: its plural, and whether it stands in namespaces."""
        found = {}
        for root in ("/api", "/apis"):
            for group in self.ask("GET", root, accept=DISCOVERY).body["items"]:
                name = group["metadata"].get("name", "")
                for version in group["versions"]:
                    full = f"{name}/{version['version']}" if name else version["version"]
                    for one in version.get("resources", ()):
                        key = full, one["responseKind"]["kind"]
                        found[key] = one["resource"], one["scope"] == "Namespaced"
        return found

    def forget_kinds(self) -> None:
        """Ask again what the server has: definitions were added."""
        self.__dict__.pop("served", None)


def _identify(context: ssl.SSLContext, user: Mapping[str, str]) -> None:
    """Load the kubeconfig's certificate and key, which Python takes from files alone."""
    with tempfile.NamedTemporaryFile("w") as file:
        for part in ("client-certificate-data", "client-key-data"):
            file.write(base64.b64decode(user[part]).decode())
        file.flush()
        context.load_cert_chain(file.name)


def account_token(admin: Client, namespace: str, account: str) -> str:
    """A token of a ServiceAccount, for an hour, as ``kubectl create token`` gets one."""
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 3600}}
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts/{account}/token"
    return admin.must("POST", path, body)["status"]["token"]


def together(kubeconfig: Path, requests: Iterable[tuple[str, str, object]], connections: int = 6) -> list[Answer]:
    """Send many requests over a few connections; the answers come in the order of the requests."""
    with ExitStack() as stack, ThreadPoolExecutor(connections) as pool:
        free: Queue[Client] = Queue()
        for _ in range(connections):
            free.put(stack.enter_context(Client(kubeconfig)))

        def send(request: tuple[str, str, object]) -> Answer:
            client = free.get()
            try:
                return client.ask(*request)
            finally:
                free.put(client)

        return list(pool.map(send, requests))
