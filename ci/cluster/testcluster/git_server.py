"""Serve the bare repositories of a folder over HTTP on the loopback address, read-only, by git's own backend.

Usage: python -m testcluster.git_server FOLDER PORT
"""

import os
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Handler(BaseHTTPRequestHandler):
    """Passes a request to `git http-backend` as CGI describes, and its answer back."""

    protocol_version = "HTTP/1.1"
    root = Path()

    def do_GET(self) -> None:
        if self.path == "/healthz":
            self._answer("200 OK", {}, b"")
        else:
            self._git(b"")

    def do_POST(self) -> None:
        chunked = self.headers.get("Transfer-Encoding", "").lower() == "chunked"
        self._git(self._chunks() if chunked else self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _git(self, body: bytes) -> None:
        done = subprocess.run(
            ["git", "http-backend"], input=body, env=self._environment(len(body)), capture_output=True, check=False
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().splitlines() if ": " in line)
        self._answer(fields.pop("Status", "200 OK"), fields, content)

    def _environment(self, length: int) -> dict[str, str]:
        path, _, query = self.path.partition("?")
        header = self.headers.get
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.root),
            "GIT_PROJECT_ROOT": str(self.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_PROTOCOL": header("Git-Protocol", ""),
            "GIT_CONFIG_COUNT": "1",  # repositories that another user made are served too
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "REMOTE_ADDR": self.client_address[0],
            "CONTENT_TYPE": header("Content-Type", ""),
            "CONTENT_LENGTH": str(length),
            "HTTP_CONTENT_ENCODING": header("Content-Encoding", ""),
        }

    def _chunks(self) -> bytes:
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _answer(self, status: str, fields: dict[str, str], content: bytes) -> None:
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


if __name__ == "__main__":
    Handler.root = Path(sys.argv[1]).resolve()
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Handler).serve_forever()
