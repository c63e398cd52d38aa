"""The one way by which these tests reach a cluster that they did not start: a server on the loopback address before it.

It renames what comes in and what goes out, so that the tests are the same as on a cluster of their own, and lets nothing
pass that could change anything without the prefix: writes go to namespaces with the prefix and to objects of the whole cluster
with the prefix, of the kinds that the compiler writes. Who comes with a token is sent on with it alone; who comes with the
door's own certificate is sent on as the kubeconfig's user.
"""

import base64
import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import BAD_GATEWAY, FORBIDDEN, INTERNAL_SERVER_ERROR, UNSUPPORTED_MEDIA_TYPE
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import urllib3
import yaml
from ci.cluster.testcluster.certificates import Authority
from tests.cluster.passage import ClosedError, Passage
from tests.cluster.renaming import Renaming
from tests.cluster.upstream import Upstream

HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding", "host", "accept-encoding"}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
BINARY = "protobuf"


@dataclass(frozen=True)
class Door:
    """A server that runs until it is closed; ``kubeconfig`` is how to go through."""

    server: ThreadingHTTPServer
    kubeconfig: Path

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def open_door(upstream: Upstream, renaming: Renaming, folder: Path) -> Door:
    """Start a door, with keys and a kubeconfig of its own in the folder."""
    keys = folder / "keys"
    authority = Authority(keys)
    authority.issue("door", "door", hosts=["127.0.0.1"])
    authority.issue("tests", "tests")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=keys / "ca.crt")
    context.load_cert_chain(keys / "door.crt", keys / "door.key")
    context.verify_mode = ssl.CERT_OPTIONAL
    passage = Passage(renaming)
    methods = {f"do_{method}": _Handler.take for method in METHODS}
    handler = type("Handler", (_Handler,), {"upstream": upstream, "passage": passage, **methods})
    server = _Server(("127.0.0.1", 0), handler)
    server.context = context
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return Door(server, _kubeconfig(folder, keys, server.server_port))


def _kubeconfig(folder: Path, keys: Path, port: int) -> Path:
    def data(name: str) -> str:
        return base64.b64encode((keys / name).read_bytes()).decode()

    cluster = {"server": f"https://127.0.0.1:{port}", "certificate-authority-data": data("ca.crt")}
    user = {"client-certificate-data": data("tests.crt"), "client-key-data": data("tests.key")}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "door", "cluster": cluster}],
        "users": [{"name": "tests", "user": user}],
        "contexts": [{"name": "door", "context": {"cluster": "door", "user": "tests"}}],
        "current-context": "door",
    }
    path = folder / "kubeconfig"
    path.touch(mode=0o600)
    path.write_text(yaml.safe_dump(config))
    return path


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    context: ssl.SSLContext

    def get_request(self) -> Any:
        """The handshake happens in the connection's own thread: nobody waits for another's."""
        connection, address = super().get_request()
        return self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no event."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    upstream: Upstream
    passage: Passage

    def setup(self) -> None:
        self.request.do_handshake()
        super().setup()

    def log_message(self, *_: Any) -> None:
        """The tests say what they ask."""

    def take(self) -> None:
        """Judge a request, send it on, return the answer."""
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            if BINARY in self.headers.get("Content-Type", ""):
                self._refuse(UNSUPPORTED_MEDIA_TYPE, "only JSON passes here")
                return
            target, body = self.passage.enter(self.command, self.path, text)
        except ClosedError as closed:
            self._refuse(FORBIDDEN, str(closed))
            return
        except Exception as error:  # a bug of the door, which the test that came across it should name
            self._refuse(INTERNAL_SERVER_ERROR, f"the door failed: {error!r}")
            raise
        trusted = not self.headers.get("Authorization") and bool(self.request.getpeercert())
        try:
            answer = self.upstream.send(self.command, target, body, dict(self._onward()), trusted=trusted)
        except urllib3.exceptions.HTTPError as error:
            self._refuse(BAD_GATEWAY, f"the cluster does not answer: {error}")
            return
        try:
            self._return(answer)
        finally:
            answer.release_conn()

    def _onward(self) -> Iterator[tuple[str, str]]:
        for name, value in self.headers.items():
            if name.lower() == "accept" and self.passage.judges(self.path):
                kept = [one for one in value.split(",") if BINARY not in one]
                yield name, ",".join(kept) or "application/json"
            elif name.lower().startswith("impersonate-"):
                yield name, self.passage.renaming.text(value)
            elif name.lower() not in HOP:
                yield name, value

    def _return(self, answer: urllib3.BaseHTTPResponse) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in HOP:
                self.send_header(name, self.passage.renaming.back(value))
        if "watch=" in self.path or "follow=" in self.path:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for line in self.passage.events(answer.stream()):
                self._chunk(line)
            self._chunk(b"")
            return
        body = self.passage.leave(self.command, self.path, answer.data)
        self._end(body)

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _end(self, body: bytes) -> None:
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _refuse(self, code: int, why: str) -> None:
        status = {"apiVersion": "v1", "kind": "Status", "status": "Failure", "code": code, "reason": "Closed"}
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self._end(json.dumps(status | {"message": why}).encode())
