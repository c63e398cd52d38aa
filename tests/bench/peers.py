"""Other tools that make the same objects of each group: Kapitan, and Helm's own engine. Installed from PyPI, away from the project."""

import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from tests.bench import cases
from tests.bench.measure import Case, FailedError, Sample, once, remove
from tests.bench.parameters import Texts, differences, factored, group_texts, spelled

_HELM = Path(__file__).with_name("peer_helm.py")


@dataclass(frozen=True, slots=True)
class Peer:
    case: Case
    objects: int
    wrong: list[str]

    def verdict(self, mine: Sample, full: Sample) -> str:
        same = f"{self.objects:,} objects, all equal to cubec's"
        if self.wrong:
            same = f"{self.objects:,} objects; NOT equal in {len(self.wrong)} files: {', '.join(self.wrong[:5])}"
        return (
            f"| {self.case.name} | {mine.elapsed / full.elapsed:.1f} | {mine.cpu / full.cpu:.1f} "
            f"| {mine.memory:.0f} | {same} |"
        )


def ready(groups: int, folder: Path, rounds: int) -> tuple[list[Peer], list[str]]:
    """Each tool that can be installed, with its inputs written and its result compared; and the head of their table.

    In a process of its own: the kernel counts the memory of the one that starts another as the other's.
    """
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(_ready, groups, folder, rounds).result()


def _ready(groups: int, folder: Path, rounds: int) -> tuple[list[Peer], list[str]]:
    once(cases.full(groups, folder))
    ours = group_texts(folder / str(groups) / "output")
    templates, values = factored(ours)
    found, problems = [], []
    for package, prepare in (("kapitan", _kapitan), ("helm-python-sdk", _helm)):
        root = folder / package
        root.mkdir()
        try:
            python = _installed(package)
            command = prepare(root, python, templates, values)
            case = Case(
                f"{package} {_version(python, package)}", command, root, partial(remove, root / "compiled"), rounds
            )
            once(case)
            found.append(Peer(case, *differences(ours, _results(root / "compiled"))))
        except FailedError as error:
            problems.append(f"\n{package} was NOT measured: {error}")
    head = [
        "\n| peer | elapsed / cubec | processor time / cubec | peak memory of a process, MiB | |\n|---|---|---|---|---|"
    ]
    return found, [*problems, *(head if found else [])]


def _kapitan(
    root: Path, python: Path, templates: Mapping[str, list[str]], values: Mapping[str, Mapping[str, str]]
) -> list[str]:
    """One target a group, all of one class, with the jinja2 input type."""
    for file, template in templates.items():
        _write(root / "templates" / file, spelled(template, "{{ inventory.parameters.p.", " }}"))
    compiled = [{"output_path": ".", "input_type": "jinja2", "input_paths": ["templates"]}]
    _write(root / "inventory/classes/group.yml", json.dumps({"parameters": {"kapitan": {"compile": compiled}}}))
    for group, numbers in values.items():
        target = {"classes": ["group"], "parameters": {"kapitan": {"vars": {"target": group}}, "p": numbers}}
        _write(root / f"inventory/targets/{group}.yml", json.dumps(target))
    return [str(python.with_name("kapitan")), "compile"]


def _helm(
    root: Path, python: Path, templates: Mapping[str, list[str]], values: Mapping[str, Mapping[str, str]]
) -> list[str]:
    """One chart, rendered for each group in one process, where the command line would start once a group."""
    _write(root / "chart/Chart.yaml", "apiVersion: v2\nname: group\nversion: 1.0.0\n")
    for file, template in templates.items():
        _write(root / "chart/templates" / file, spelled(template, "{{ .Values.", " }}"))
    for group, numbers in values.items():
        _write(root / "values" / f"{group}.json", json.dumps(numbers))
    return [str(python), str(_HELM), str(root)]


def _results(compiled: Path) -> Iterator[tuple[str, Texts]]:
    for folder in sorted(compiled.iterdir()):
        yield folder.name, {path.name: path.read_text() for path in folder.iterdir()}


def _installed(package: str) -> Path:
    """The interpreter of an environment of its own in the user's cache; made where there is none."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "cubec" / f"bench-{package}"
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        print(f"installing {package} into {folder}", file=sys.stderr)
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise FailedError(f"it cannot be installed: {done.stderr.strip()[-500:]}")
        (folder / "complete").touch()
    return python


def _version(python: Path, package: str) -> str:
    program = f"from importlib.metadata import version; print(version({package!r}))"
    return subprocess.run([python, "-c", program], capture_output=True, text=True, check=True).stdout.strip()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
