"""A stand-in for an API server that is read: discovery, lists page by page, single objects, and applying as a rehearsal.

It knows no defaults and checks nothing; what it answers is what it was given. Live clusters are in ``tests/cluster``.
"""

import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import yaml

from cubec.manifest import CLUSTERED, NAMESPACED

Object = dict[str, Any]
_PAGE = 7  # shorter than what is asked for, as servers may
_MORE = {"Node": "v1"}
_HERE = {"kind": "Status", "reason": "NotFound", "message": "not found"}


@dataclass
class Twin:
    """``refused`` says how each method and path that begins so is answered; ``asked`` is what came: method, path, Accept."""

    objects: list[Object]
    kinds: Mapping[str, str] = field(default_factory=lambda: {**CLUSTERED, **NAMESPACED, **_MORE})
    refused: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    version: Mapping[str, str] = field(default_factory=lambda: {"major": "1", "minor": "36+"})
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    def answer(self, method: str, target: str, accept: str, body: Object | None) -> tuple[int, Any]:
        parts = urlsplit(target)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        self.asked.append((method, parts.path, accept))
        for (verb, begin), (status, reason) in self.refused.items():
            if method == verb and parts.path.startswith(begin):
                return status, {"kind": "Status", "reason": reason, "message": f"{parts.path} is {reason.lower()}"}
        if parts.path == "/version":
            return 200, dict(self.version)
        if parts.path in {"/api", "/apis"}:
            return 200, {"items": list(self._discovery(core=parts.path == "/api"))}
        kind, namespace, name = self._place(parts.path)
        found = [item for item in self.objects if _is(item, kind, namespace, name)]
        if not name:
            return 200, self._page([item for item in found if _chosen(item, query)], query, partial="Partial" in accept)
        if not found:
            return 404, _HERE
        return 200, found[0] if method == "GET" else _merged(found[0], body or {})

    def _discovery(self, *, core: bool) -> Iterator[Object]:
        for api_version in sorted(set(self.kinds.values())):
            group, _, version = api_version.rpartition("/")
            if bool(group) != core:
                kinds = [kind for kind, where in self.kinds.items() if where == api_version]
                yield {
                    "metadata": {"name": group},
                    "versions": [{"version": version, "resources": [_resource(kind) for kind in sorted(kinds)]}],
                }

    def _place(self, path: str) -> tuple[str, str, str]:
        steps = [unquote(step) for step in path.strip("/").split("/")]
        steps = steps[2:] if steps[0] == "api" else steps[3:]
        namespace = steps[1] if steps[0] == "namespaces" and len(steps) > 2 else ""
        plural, *name = steps[2:] if namespace else steps
        return next(kind for kind in self.kinds if _plural(kind) == plural), namespace, name[0] if name else ""

    def _page(self, items: list[Object], query: Mapping[str, str], *, partial: bool) -> Object:
        start = int(query.get("continue", "0"))
        shown = items[start : start + _PAGE]
        following = str(start + _PAGE) if start + _PAGE < len(items) else ""
        if partial:
            shown = [{"metadata": item["metadata"]} for item in shown]
        return {"items": shown or None, "metadata": {"continue": following}}


def _resource(kind: str) -> Object:
    scope = "Namespaced" if kind in NAMESPACED else "Cluster"
    return {"resource": _plural(kind), "scope": scope, "responseKind": {"kind": kind}}


def _plural(kind: str) -> str:
    word = kind.lower()
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}es" if word.endswith("s") else f"{word}s"


def _is(item: Object, kind: str, namespace: str, name: str) -> bool:
    metadata = item["metadata"]
    return item["kind"] == kind and namespace in ("", metadata.get("namespace")) and name in ("", metadata["name"])


def _chosen(item: Object, query: Mapping[str, str]) -> bool:
    labels = item["metadata"].get("labels") or {}
    wanted = [part.partition("=") for part in query.get("labelSelector", "").split(",") if part]
    field_, _, value = query.get("fieldSelector", "").partition("=")
    return all(labels.get(key) == text for key, _, text in wanted) and (not field_ or item.get(field_) == value)


def _merged(live: Any, body: Any) -> Any:
    if not isinstance(live, dict) or not isinstance(body, dict):
        return body
    return {**live, **{key: _merged(live.get(key), value) for key, value in body.items()}}


@contextmanager
def serving(twin: Twin, folder: Path) -> Iterator[Path]:
    """A kubeconfig that leads to the twin, for as long as the body runs."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _do(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            status, said = twin.answer(self.command, self.path, self.headers["Accept"], body)
            data = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_PATCH = _do  # noqa: N815 - the names that the server looks for

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "twin",
        "contexts": [{"name": "twin", "context": {"cluster": "twin", "user": "me"}}],
        "clusters": [{"name": "twin", "cluster": {"server": f"http://127.0.0.1:{server.server_port}"}}],
        "users": [{"name": "me", "user": {"token": "t"}}],
    }
    path = folder / "kubeconfig"
    path.write_text(yaml.safe_dump(config))
    try:
        yield path
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def settled(items: Iterable[Object]) -> list[Object]:
    """Compiled objects as a server shows them: with what it writes itself."""
    return [
        {**item, "metadata": {**item["metadata"], "uid": "u", "resourceVersion": "1", "managedFields": []}}
        for item in items
    ]


def node(name: str, *, labels: Mapping[str, str] | None = None, taints: Any = (), **allocatable: str) -> Object:
    amounts = {"cpu": "4", "memory": "30Gi", "ephemeral-storage": "100Gi", "pods": "110", **allocatable}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": dict(labels or {})},
        "spec": {"taints": list(taints)} if taints else {},
        "status": {"allocatable": amounts},
    }
