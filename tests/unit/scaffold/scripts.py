"""The scripts that a new platform's pipelines run, and a host that records what they ask of it."""

import http.server
import importlib
import io
import json
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.plans.recorded import PLANS, planned, sides

from cubec.report import plan_markdown

ROOT = Path(__file__).parents[3]
SCAFFOLD = ROOT / "compiler/cubec/scaffold"


def script(name: str) -> ModuleType:
    """A script as a module: it runs as it is, and its coverage is counted."""
    written, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    sys.path.insert(0, str(SCAFFOLD / "ci"))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(SCAFFOLD / "ci"))
        sys.dont_write_bytecode = written


def markdown(name: str = "raise-the-quota") -> str:
    """The comment that cubec writes of a recorded plan."""
    before, after = sides(PLANS / name)
    plan, said = planned(before, after)
    return plan_markdown.errors("main", said, after) if plan is None else plan_markdown.text(plan, after)


def zipped(content: bytes, name: str = "plan.md", *more: str, mode: int = 0o100644) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in (name, *more):
            about = zipfile.ZipInfo(entry)
            about.external_attr = mode << 16
            about.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(about, content)
    return made.getvalue()


Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Host:
    """What it answers by method and path without the query; ``asked`` is what it was asked: method, path, headers, body."""

    answers: dict[tuple[str, str], Any] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str], Any]] = field(default_factory=list)
    url: str = ""

    def answer(self, method: str, path: str) -> Answer:
        plain = path.partition("?")[0]
        found = self.answers.get((method, path), self.answers.get((method, plain)))
        if found is None:
            return 404, {}, b"{}"
        if isinstance(found, Callable):  # type: ignore[arg-type]
            found = found(path)
        if isinstance(found, tuple):
            return found
        return 200, {}, found if isinstance(found, bytes) else json.dumps(found).encode()

    def written(self) -> list[tuple[str, str, Any]]:
        return [(method, path, body) for method, path, _, body in self.asked if method != "GET"]


@contextmanager
def running(host: Host) -> Iterator[Host]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            body = json.loads(self.rfile.read(length)) if length else None
            host.asked.append((self.command, self.path, dict(self.headers), body))
            code, headers, content = host.answer(self.command, self.path)
            self.send_response(code)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_PUT = _serve  # noqa: N815 - the names that the server looks for

        def log_message(self, *_arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    host.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
