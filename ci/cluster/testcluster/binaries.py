"""Build the cluster's programs with the plain go command, once per state of the module that pins them.

The binaries live outside the repository, in a folder named after everything that decides what they are. Nothing is
ever replaced there, so checkouts and versions share the cache; deleting any of it costs a rebuild and nothing else.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent.parent
FLAGS: Final = ("-mod=readonly", "-buildvcs=false", "-gcflags=all=-dwarf=false")  # nobody debugs these: a sixth less


class BuildError(Exception):
    """A program could not be built; the message says what to do."""


@dataclass(frozen=True)
class Program:
    """One binary: the folder of the module that pins it, and the package to build."""

    name: str
    module: str
    package: str
    kubernetes: bool = False  # a part of Kubernetes itself, which wants to know its version


PROGRAMS: Final = {
    program.name: program
    for program in (
        Program("etcd", "components", "go.etcd.io/etcd/server/v3"),
        Program("kube-apiserver", "components", "k8s.io/kubernetes/cmd/kube-apiserver", kubernetes=True),
        Program(
            "kube-controller-manager", "components", "k8s.io/kubernetes/cmd/kube-controller-manager", kubernetes=True
        ),
        Program("kube-scheduler", "components", "k8s.io/kubernetes/cmd/kube-scheduler", kubernetes=True),
        Program("kueue", "components", "sigs.k8s.io/kueue/cmd/kueue"),
        Program("argocd", "components", "github.com/argoproj/argo-cd/v3/cmd"),
        Program("kwok", "kwok", "sigs.k8s.io/kwok/cmd/kwok"),
        Program("redis", "redis", "."),
        Program("decode", "decode", "."),
        Program("decode-externalsecrets", "decode/externalsecrets", "."),
    )
}
GROUPS: Final = {
    "cluster": ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"),
    "with-argocd": ("argocd", "redis"),
    "with-kueue": ("kueue",),
    "decode": ("decode-externalsecrets", "decode"),
}


class Cache:
    """The folder of built binaries, and the go command that fills it."""

    def __init__(self, root: Path | None = None) -> None:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        self.root = root or base / "cubec"
        self.go_version = _go_version()

    def path(self, name: str) -> Path:
        """Where a program's binary is, or will be once it is built."""
        program = PROGRAMS[name]
        folder = "decode" if program.module.startswith("decode") else program.module
        return self.root / f"{folder}-{self._key(folder)}" / name

    def build(self, name: str) -> Path:
        """Build a program unless it is there; two callers at once build it once."""
        target = self.path(name)
        if target.exists():
            return target
        target.parent.mkdir(parents=True, exist_ok=True)
        with _locked(target.parent / ".lock"):
            if not target.exists():
                self._compile(PROGRAMS[name], target)
        return target

    def _key(self, folder: str) -> str:
        """The go command, its flags, and what it reads below the folder: go.mod, go.sum, our own sources."""
        digest = hashlib.sha256(f"{self.go_version} {FLAGS}".encode())
        for path in sorted((HERE / folder).rglob("*")):
            if path.name not in {"go.mod", "go.sum"} and (path.suffix != ".go" or path.stem.endswith("_test")):
                continue
            content = path.read_bytes()
            digest.update(f"{path.name} {len(content)}\n".encode())
            digest.update(content)
        return digest.hexdigest()[:16]

    def _compile(self, program: Program, target: Path) -> None:
        print(f"building {program.name} (minutes the first time, then never again) …", file=sys.stderr, flush=True)
        flags = "-s -w" + (kubernetes_version_flags() if program.kubernetes else "")
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".build-") as scratch:
            made = Path(scratch) / program.name
            run_go(["build", *FLAGS, "-ldflags", flags, "-o", str(made), program.package], HERE / program.module)
            made.replace(target)


def kubernetes_version() -> str:
    """The version of Kubernetes that components/go.mod pins."""
    found = re.search(r"^\s*k8s\.io/kubernetes (v\S+)", (HERE / "components/go.mod").read_text(), re.MULTILINE)
    if not found:
        raise BuildError("ci/cluster/components/go.mod does not require k8s.io/kubernetes")
    return found.group(1)


def kubernetes_version_flags() -> str:
    """Linker flags that tell Kubernetes its version; Kueue exits where it finds the default, which is none."""
    version = kubernetes_version()
    major, minor = version.removeprefix("v").split(".")[:2]
    values = {
        "k8s.io/component-base/version.gitVersion": version,
        "k8s.io/component-base/version.gitMajor": major,
        "k8s.io/component-base/version.gitMinor": minor,
        "k8s.io/client-go/pkg/version.gitVersion": version,
    }
    return "".join(f" -X {name}={value}" for name, value in values.items())


def module_folder(path: str) -> Path:
    """Where the module cache keeps a module that components/go.mod pins, for the manifests that it carries."""
    described = json.loads(run_go(["mod", "download", "-json", path], HERE / "components"))
    return Path(described["Dir"])


def run_go(arguments: list[str], folder: Path) -> str:
    """Run the installed go command in a module; no other toolchain is fetched, and no workspace around it counts.

    Its compiler collects garbage less often than it would, which takes a twentieth off and some memory on.
    """
    environment = {"GOGC": "300", **os.environ, "GOTOOLCHAIN": "local", "GOWORK": "off"}
    command = ["go", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildError(f"'{' '.join(command)}' failed in {folder}:\n{done.stderr.strip()}")
    return done.stdout


def _go_version() -> str:
    needed = max(_go_lines(), key=lambda version: [int(part) for part in version.split(".")])
    if not shutil.which("go"):
        raise BuildError(
            f"Go {needed} or later is needed, and no 'go' is on PATH: install it, or deselect what needs the cluster"
        )
    # Asked outside of every module: an older go refuses to answer in one that needs a newer.
    version = run_go(["env", "GOVERSION", "GOOS", "GOARCH"], Path(tempfile.gettempdir()))
    found = re.match(r"go(\d+)\.(\d+)(?:\.(\d+))?", version)
    if found and tuple(int(part or 0) for part in found.groups()) < tuple(int(part) for part in needed.split(".")):
        raise BuildError(
            f"Go {needed} or later is needed, and the installed one is {found.group()}: install a newer Go"
        )
    return version


def _go_lines() -> set[str]:
    """The Go versions that our modules ask for."""
    versions = set()
    for module in {program.module for program in PROGRAMS.values()}:
        text = (HERE / module / "go.mod").read_text()
        versions.update(re.findall(r"^go (\d+\.\d+\.\d+)$", text, re.MULTILINE))
    return versions


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
