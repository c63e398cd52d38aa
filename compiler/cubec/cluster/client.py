"""One API server, as one user.

Of the client library we take what it knows about kubeconfigs, exec plugins, a pod's own account and connections. Requests are
written out as method and path, because what may be sent again, and what a half-received answer means, is decided by us
(``wire``): a list is whole or an error, and a write is sent again only where sending it twice does no harm.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from cubec.cluster.errors import BrokenListError, RefusedError, UnreachableError
from cubec.cluster.resources import Resource
from cubec.cluster.wire import JSON, Wire

Object = Mapping[str, Any]

APPLY = "application/apply-patch+yaml"
JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"

_ATTEMPTS = 6
_NOT_FOUND, _GONE = 404, 410
_DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
_METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"


class Cluster:
    """One API server, as one user. ``pause`` waits the seconds it is given.

    ``clock`` says what time it is here, for who asks how far the server's is from it, or wants requests to end in time.

    ``page`` is how many objects of a list one answer may hold.
    """

    def __init__(
        self,
        configuration: Any,
        *,
        pause: Callable[[float], None] = time.sleep,
        clock: Callable[[], datetime] | None = None,
        page: int = 500,
    ) -> None:
        self._wire = Wire(configuration, pause=pause, clock=clock)
        self._page_size = page
        self.server: str = configuration.host

    @property
    def skew(self) -> timedelta:
        """How far the server's clock was ahead of ours at its last answer; HTTP tells whole seconds. Zero without a clock."""
        return self._wire.skew

    def stop_at(self, until: datetime) -> None:
        """Send nothing after this moment, and wait for nothing beyond it: from then on there is only LateError."""
        self._wire.until = until

    def get(self, where: str) -> dict[str, Any] | None:
        """One object; None where it, or its kind, does not exist."""
        return self._unless_missing("GET", where)

    def list(
        self,
        where: str,
        *,
        labels: str = "",
        fields: str = "",
        metadata_only: bool = False,
        keep: Callable[[dict[str, Any]], dict[str, Any]] = dict,
    ) -> tuple[dict[str, Any], ...]:
        """All objects, whole: a list that breaks off is asked again from its start, and never returned in part.

        ``metadata_only`` has the server leave out everything else, so that what a Secret holds never leaves it. ``keep`` is called with
        each object as its page arrives, and picks what is needed of it: of thousands the rest takes much memory.
        """
        accept = _METADATA if metadata_only else JSON
        trouble: Exception | None = None
        for _ in range(_ATTEMPTS):
            try:
                return tuple(map(keep, self._pages(where, {"labelSelector": labels, "fieldSelector": fields}, accept)))
            except BrokenListError as error:
                trouble = error
        raise UnreachableError(f"GET {where}: {trouble}")

    def apply(
        self, where: str, body: Object, *, manager: str, force: bool = False, dry_run: bool = False
    ) -> dict[str, Any]:
        """Server-side apply: strict, under a field manager. A conflict with another manager is a RefusedError.

        With ``dry_run`` the server answers what would come of it, and keeps nothing.
        """
        query = {"fieldManager": manager, "fieldValidation": "Strict", "force": "true" if force else "false"}
        query |= {"dryRun": "All"} if dry_run else {}
        return self._wire.request("PATCH", f"{where}?{urlencode(query)}", body, APPLY)

    def create(self, where: str, body: Object, *, manager: str) -> dict[str, Any]:
        """Create in a collection. Sent again after a lost answer, so ``conflict`` may mean that the first one counted."""
        query = urlencode({"fieldManager": manager, "fieldValidation": "Strict"})
        return self._wire.request("POST", f"{where}?{query}", body)

    def replace(self, where: str, body: Object, *, manager: str) -> dict[str, Any]:
        """Replace an object that was read; its resourceVersion is the precondition."""
        query = urlencode({"fieldManager": manager, "fieldValidation": "Strict"})
        return self._wire.request("PUT", f"{where}?{query}", body)

    def patch(self, where: str, body: object, *, manager: str, kind: str = MERGE_PATCH) -> dict[str, Any]:
        """Patch; put ``metadata.resourceVersion`` (or a ``test`` operation) into it where it must not meet a newer object."""
        return self._wire.request("PATCH", f"{where}?{urlencode({'fieldManager': manager})}", body, kind)

    def delete(self, where: str, *, uid: str = "", version: str = "", propagation: str = "Background") -> bool:
        """Delete the very object that was seen; False where it had gone already. Another one of that name is a conflict."""
        seen = {key: value for key, value in (("uid", uid), ("resourceVersion", version)) if value}
        options = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": propagation}
        return (
            self._unless_missing("DELETE", where, {**options, **({"preconditions": seen} if seen else {})}) is not None
        )

    def ask(self, where: str, body: Object) -> dict[str, Any]:
        """A question that the server answers and does not keep: a review, or a request for a token."""
        return self._wire.request("POST", where, body)

    @cached_property
    def resources(self) -> Mapping[tuple[str, str], Resource]:
        """Every kind that the server has, by apiVersion and kind."""
        found = {}
        for root in ("/api", "/apis"):
            for group in self._wire.request("GET", root, accept=_DISCOVERY)["items"]:
                name = group["metadata"].get("name", "")
                for version in group["versions"]:
                    full = f"{name}/{version['version']}" if name else version["version"]
                    for one in version.get("resources", ()):
                        resource = Resource(full, one["resource"], one["scope"] == "Namespaced")
                        found[full, one["responseKind"]["kind"]] = resource
        return found

    def _pages(self, where: str, query: Mapping[str, str], accept: str) -> Iterator[dict[str, Any]]:
        following = ""
        while True:
            asked = {
                key: value
                for key, value in {**query, "limit": str(self._page_size), "continue": following}.items()
                if value
            }
            page = self._page(f"{where}?{urlencode(asked)}", accept)
            yield from page["items"] or ()  # of metadata alone, an empty list is null
            following = (page.get("metadata") or {}).get("continue", "")
            if not following:
                return

    def _page(self, where: str, accept: str) -> dict[str, Any]:
        try:
            page = self._wire.request("GET", where, accept=accept)
        except RefusedError as error:
            if error.status == _GONE:
                raise BrokenListError("the list changed faster than it could be read") from error
            raise
        if not isinstance(page.get("items", ""), list | None):
            raise BrokenListError("a page of the list is none")
        return page

    def _unless_missing(self, method: str, where: str, body: object = None) -> dict[str, Any] | None:
        try:
            return self._wire.request(method, where, body)
        except RefusedError as error:
            if error.status == _NOT_FOUND:
                return None
            raise
