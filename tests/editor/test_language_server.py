"""What people see while they type, asked of the very language server that editors use for YAML."""

import itertools
import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.tools

HERE = Path(__file__).parent
SCHEMA = HERE.parents[1] / "schemas" / "cubec.io_v1.json"
MODULES = HERE / "node_modules"
LONGEST = 120  # seconds until a silent server is given up
GROUP = "apiVersion: cubec.io/v1\nkind: Group\nmetadata:\n  name: dev1\nspec:\n  gid: 10001\n"
OPTIONS = {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}
CAPABILITIES = {
    "textDocument": {
        "hover": {"contentFormat": ["markdown"]},
        "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}},
    },
    "workspace": {"configuration": True},
}


class Editor:
    """As much of an editor as it takes to open a file and to ask about a place in it."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        self.process = process
        self.folder = folder
        self.numbers = itertools.count(1)
        self.diagnostics: dict[str, list[dict[str, Any]]] = {}
        self.ask("initialize", {"processId": None, "rootUri": folder.as_uri(), "capabilities": CAPABILITIES})
        self._send({"method": "initialized", "params": {}})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        length = 0
        while header := self.process.stdout.readline().strip():
            name, _, value = header.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "the language server ended, or was silent for too long"
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        method, params = message.get("method"), message.get("params", {})
        if method == "textDocument/publishDiagnostics":
            self.diagnostics[params["uri"]] = params["diagnostics"]
        elif method == "workspace/configuration":
            wanted = [OPTIONS if item.get("section") == "yaml" else {} for item in params["items"]]
            self._send({"id": message["id"], "result": wanted})
        elif method is not None and "id" in message:
            self._send({"id": message["id"], "result": None})
        return message

    def ask(self, method: str, params: dict[str, Any]) -> Any:
        number = next(self.numbers)
        self._send({"id": number, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("id") == number and "method" not in message:
                return message["result"]

    def open(self, text: str) -> str:
        """Write a file that names the schema in its first line, open it, and wait until the server has judged it."""
        path = self.folder / f"{next(self.numbers)}.yaml"
        relative = Path(os.path.relpath(SCHEMA, self.folder)).as_posix()
        text = f"# yaml-language-server: $schema={relative}\n{text}"
        path.write_text(text)
        opened = {"uri": path.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": opened}})
        while path.as_uri() not in self.diagnostics:
            self._receive()
        return path.as_uri()

    def at(self, text: str) -> dict[str, Any]:
        """Open ``text`` without its ``|`` and return the place where that stood."""
        before, _, after = text.partition("|")
        uri = self.open(before + after)
        lines = before.split("\n")
        return {"textDocument": {"uri": uri}, "position": {"line": len(lines), "character": len(lines[-1])}}

    def completions(self, text: str) -> dict[str, str]:
        """What is offered at the ``|``, and what each is said to mean."""
        items = self.ask("textDocument/completion", self.at(text))["items"]
        return {item["label"]: str(item.get("documentation", "")) for item in items}

    def hover(self, text: str) -> str:
        found = self.ask("textDocument/hover", self.at(text))
        return str(found["contents"]["value"]) if found else ""

    def mistakes(self, text: str) -> list[tuple[int, str]]:
        """Line, without the first that names the schema, and text of every mark."""
        return [(mark["range"]["start"]["line"], mark["message"]) for mark in self.diagnostics[self.open(text)]]


def needed(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        pytest.fail(f"{program} is not on the PATH: install Node.js 20 or newer, which brings node and npm")
    return found


def install(npm: str) -> None:
    """Install what the lock file pins, and put it in place in one step: several test processes may do so at once."""
    with tempfile.TemporaryDirectory(dir=HERE, prefix=".node_modules-") as name:
        folder = Path(name)
        for file in ("package.json", "package-lock.json"):
            shutil.copy(HERE / file, folder / file)
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.fail(f"npm ci could not install yaml-language-server:\n{done.stderr[-2000:]}")
        if not MODULES.exists():
            (folder / "node_modules").rename(MODULES)


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    node, npm = needed("node"), needed("npm")
    server = MODULES / "yaml-language-server" / "bin" / "yaml-language-server"
    if not server.exists():
        install(npm)
    command = [node, str(server), "--stdio"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        watch = threading.Timer(LONGEST, process.kill)
        watch.start()
        try:
            yield Editor(process, tmp_path_factory.mktemp("editor"))
        finally:
            watch.cancel()
            process.kill()


def test_the_lock_file_names_no_registry():
    """Whoever installs does so from their own registry, and gets the same bytes."""
    lock = json.loads((HERE / "package-lock.json").read_text())
    packages = [package for name, package in lock["packages"].items() if name]

    assert packages
    assert all("resolved" not in package and "integrity" in package for package in packages)
    assert lock["packages"][""]["dependencies"] == json.loads((HERE / "package.json").read_text())["dependencies"]


def test_kinds_are_offered(editor: Editor):
    """Who has written ``kind:`` is told which there are."""
    offered = editor.completions("apiVersion: cubec.io/v1\nkind: |\n")

    assert set(offered) >= {
        "Platform",
        "Cluster",
        "NodePool",
        "Volume",
        "Registry",
        "User",
        "Group",
        "JobTemplate",
        "List",
    }


def test_fields_of_the_kind_are_offered_with_their_meaning(editor: Editor):
    """In a Group's spec the fields of a Group are offered, those that stand there already left out."""
    offered = editor.completions(GROUP + "  |\n")

    assert {"members", "placements", "allTemplates"} <= set(offered)
    assert {"gid", "capacity", "kubernetes"}.isdisjoint(offered)
    assert "Who belongs to the group" in offered["members"]


def test_fields_are_offered_at_depth(editor: Editor):
    """Inside a placement's quota, which the schema takes from its shared definitions."""
    offered = editor.completions(GROUP + "  placements:\n    - cluster: ack\n      quota:\n        cpu: 8\n        |\n")

    assert {"memory", "gpu", "perPod"} <= set(offered)


def test_words_are_offered(editor: Editor):
    """A field with a few allowed words offers them."""
    assert {"active", "suspended", "decommissioned"} <= set(editor.completions(GROUP + "  state: |\n"))


def test_hovering_explains_a_field(editor: Editor):
    """Title, meaning, what happens without it, and examples."""
    shown = editor.hover(GROUP + "  placements:\n    - cluster: ack\n      quota:\n        g|pu: 1\n")

    assert "GPU cards" in shown
    assert "Absent means no cards at all" in shown
    assert "2(T4)" in shown


def test_an_unknown_field_is_marked(editor: Editor):
    """A typing error shows at once, at its line; the rest of the document is not blamed."""
    marks = editor.mistakes(GROUP + "  placements:\n    - cluster: ack\n      qouta: {}\n")

    assert marks == [(9, "Property qouta is not allowed.")]


def test_items_of_a_list_are_judged_by_their_kind(editor: Editor):
    """In a file of several users each one is a User."""
    text = "apiVersion: cubec.io/v1\nkind: List\nitems:\n  - apiVersion: cubec.io/v1\n    kind: User\n"
    marks = editor.mistakes(text + "    metadata: {name: bob}\n    spec:\n      uid: 20001\n      gid: 10001\n")

    assert marks == [(9, "Property gid is not allowed.")]


@pytest.mark.parametrize(
    "name", ["platform", "cluster", "nodepool", "volume", "registry", "user", "group", "jobtemplate"]
)
def test_examples_have_no_marks(editor: Editor, name: str):
    """What the schemas call an example is one to the editor, too."""
    (example,) = json.loads((SCHEMA.parent / f"{name}.json").read_text("utf-8"))["examples"]

    assert editor.mistakes(json.dumps(example, indent=2) + "\n") == []
