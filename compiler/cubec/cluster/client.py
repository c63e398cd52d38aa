"""One API server, as one user.

Of the client library we take what it knows about kubeconfigs, exec plugins, a pod's own account and connections. Requests are
written out as method and path, because what may be sent again, and what a half-received answer means, is decided here:
a list is whole or an error, and a write is sent again only where sending it twice does no harm.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from cubec.cluster.errors import ClusterError, RefusedError, UnreachableError
from cubec.cluster.resources import Resource

Object = Mapping[str, Any]

APPLY = "application/apply-patch+yaml"
JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"

_PAGE = 500
_ATTEMPTS = 6
_LONGEST_PAUSE = 30.0  # seconds; what a server may ask us to wait at most
_SECONDS = 30.0  # for one answer
_NOT_FOUND, _GONE, _TOO_MANY = 404, 410, 429
_AGAIN = frozenset({_TOO_MANY, 500, 502, 503, 504})
_DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: Any
    headers: Mapping[str, str]


class Cluster:
    """One API server, as one user. ``pause`` waits the seconds it is given; ``clock`` says what time it is here."""

    def __init__(
        self,
        configuration: Any,
        *,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        from kubernetes.client import ApiClient  # noqa: PLC0415 - a third of a second, for commands that need a cluster

        self._configuration = configuration
        self._pool = ApiClient(configuration).rest_client.pool_manager
        self._pause, self._clock = pause, clock
        self.server: str = configuration.host
        self.skew = timedelta()
        """How far the server's clock was ahead of ours at its last answer; HTTP tells whole seconds."""

    def get(self, where: str) -> dict[str, Any] | None:
        """One object; None where it, or its kind, does not exist."""
        return self._unless_missing("GET", where)

    def list(self, where: str, *, labels: str = "", fields: str = "") -> tuple[dict[str, Any], ...]:
        """All objects, whole: a list that breaks off is asked again from its start, and never returned in part."""
        for _ in range(_ATTEMPTS):
            try:
                return tuple(self._pages(where, {"labelSelector": labels, "fieldSelector": fields}))
            except RefusedError as error:
                if error.status != _GONE:
                    raise
        raise UnreachableError(f"GET {where}: the list changed faster than it could be read")

    def apply(self, where: str, body: Object, *, manager: str, force: bool = False) -> dict[str, Any]:
        """Server-side apply: strict, under a field manager. A conflict with another manager is a RefusedError."""
        query = {"fieldManager": manager, "fieldValidation": "Strict", "force": "true" if force else "false"}
        return self._must("PATCH", f"{where}?{urlencode(query)}", body, APPLY)

    def create(self, where: str, body: Object, *, manager: str) -> dict[str, Any]:
        """Create in a collection. Sent again after a lost answer, so ``conflict`` may mean that the first one counted."""
        query = urlencode({"fieldManager": manager, "fieldValidation": "Strict"})
        return self._must("POST", f"{where}?{query}", body)

    def replace(self, where: str, body: Object, *, manager: str) -> dict[str, Any]:
        """Replace an object that was read; its resourceVersion is the precondition."""
        query = urlencode({"fieldManager": manager, "fieldValidation": "Strict"})
        return self._must("PUT", f"{where}?{query}", body)

    def patch(self, where: str, body: object, *, manager: str, kind: str = MERGE_PATCH) -> dict[str, Any]:
        """Patch; put ``metadata.resourceVersion`` (or a ``test`` operation) into it where it must not meet a newer object."""
        return self._must("PATCH", f"{where}?{urlencode({'fieldManager': manager})}", body, kind)

    def delete(self, where: str, *, uid: str = "", version: str = "", propagation: str = "Background") -> bool:
        """Delete the very object that was seen; False where it had gone already. Another one of that name is a conflict."""
        seen = {key: value for key, value in (("uid", uid), ("resourceVersion", version)) if value}
        options = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": propagation}
        return (
            self._unless_missing("DELETE", where, {**options, **({"preconditions": seen} if seen else {})}) is not None
        )

    def ask(self, where: str, body: Object) -> dict[str, Any]:
        """A question that the server answers and does not keep: a review, or a request for a token."""
        return self._must("POST", where, body)

    @cached_property
    def resources(self) -> Mapping[tuple[str, str], Resource]:
        """Every kind that the server has, by apiVersion and kind."""
        found = {}
        for root in ("/api", "/apis"):
            for group in self._request("GET", root, accept=_DISCOVERY).body["items"]:
                name = group["metadata"].get("name", "")
                for version in group["versions"]:
                    full = f"{name}/{version['version']}" if name else version["version"]
                    for one in version.get("resources", ()):
                        resource = Resource(full, one["resource"], one["scope"] == "Namespaced")
                        found[full, one["responseKind"]["kind"]] = resource
        return found

    def _pages(self, where: str, query: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        following = ""
        while True:
            asked = {
                key: value for key, value in {**query, "limit": str(_PAGE), "continue": following}.items() if value
            }
            page = self._must("GET", f"{where}?{urlencode(asked)}")
            yield from page["items"]
            following = page.get("metadata", {}).get("continue", "")
            if not following:
                return

    def _unless_missing(self, method: str, where: str, body: object = None) -> dict[str, Any] | None:
        try:
            return self._must(method, where, body)
        except RefusedError as error:
            if error.status == _NOT_FOUND:
                return None
            raise

    def _must(self, method: str, where: str, body: object = None, kind: str = "application/json") -> dict[str, Any]:
        answer = self._request(method, where, body, kind)
        if not isinstance(answer.body, dict):
            raise UnreachableError(f"{method} {where.partition('?')[0]}: the answer is no object")
        return answer.body

    def _request(
        self,
        method: str,
        where: str,
        body: object = None,
        kind: str = "application/json",
        accept: str = "application/json",
    ) -> _Answer:
        what = f"{method} {where.partition('?')[0]}"
        payload = None if body is None else json.dumps(body)
        trouble: ClusterError = UnreachableError(what)
        for attempt in range(_ATTEMPTS):
            wait = 0.5 * 2**attempt
            try:
                answer = self._send(method, where, payload, kind, accept)
            except UnreachableError as error:
                trouble = UnreachableError(f"{what}: {error}")
            else:
                if answer.status < 400:  # noqa: PLR2004 - the first status that says no
                    return answer
                trouble = RefusedError(answer.status, answer.body, what)
                if answer.status not in _AGAIN:
                    raise trouble
                wait = _asked_to_wait(answer.headers, wait)
            if attempt < _ATTEMPTS - 1:
                self._pause(min(wait, _LONGEST_PAUSE))
        raise trouble

    def _send(self, method: str, where: str, payload: str | None, kind: str, accept: str) -> _Answer:
        """One request and its whole answer, or UnreachableError."""
        from urllib3.exceptions import HTTPError  # noqa: PLC0415 - comes with the client

        headers = {"Accept": accept, "User-Agent": "cubec"} | ({"Content-Type": kind} if payload is not None else {})
        for setting in self._configuration.auth_settings().values():
            headers[setting["key"]] = setting["value"]
        try:
            response = self._pool.request(
                method,
                self.server + where,
                body=payload,
                headers=headers,
                timeout=_SECONDS,
                retries=False,
                redirect=False,
            )
            if told := response.headers.get("Date"):
                self.skew = parsedate_to_datetime(told) - self._clock()
            text = response.data.decode()
            return _Answer(response.status, json.loads(text) if text.startswith("{") else text, response.headers)
        except (HTTPError, OSError, ValueError) as error:
            raise UnreachableError(_reason(error)) from error


def _asked_to_wait(headers: Mapping[str, str], otherwise: float) -> float:
    told = headers.get("Retry-After", "")
    return float(told) if told.isdecimal() else otherwise


def _reason(error: Exception) -> str:
    """What went wrong, without the request: its headers hold the token."""
    return "the answer broke off" if isinstance(error, ValueError) else type(error).__name__
