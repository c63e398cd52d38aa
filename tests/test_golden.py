"""Every golden case, compared both ways: what differs, what is missing and what is too much."""

import os
import tempfile
from datetime import date
from fnmatch import fnmatch
from pathlib import Path

import pytest

from cubec import pipeline
from cubec.diagnostics import Diagnostic
from cubec.report import text
from cubec.source.files import read_tenants

GOLDEN = Path(__file__).parent / "golden"
BASE = GOLDEN / "base"
CASES = sorted(path.name for path in GOLDEN.iterdir() if path.is_dir() and path.name != "base")
REMOVED = b"# removed"
TODAY = date(2026, 11, 22)


def sources(case: Path) -> dict[str, bytes]:
    files = {}
    for root in (BASE, case):
        for path in sorted(root.glob("tenants/**/*.yaml")):
            files[path.relative_to(root).as_posix()] = path.read_bytes()
    return {name: data for name, data in sorted(files.items()) if data.strip() != REMOVED}


def on_disk(case: Path, root: Path) -> tuple[list[tuple[str, bytes]], list[Diagnostic]]:
    """The case as the loader finds it on a disk, after what its ``make`` file does there."""
    for name, data in sources(case).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    for line in (case / "make").read_text().splitlines():
        verb, path, *rest = line.split()
        target = root / path
        if verb == "link":
            target.symlink_to(rest[0])
        elif verb == "pipe":
            os.mkfifo(target)
        elif verb == "move":
            target.rename(root / rest[0])
        elif verb == "write":
            target.write_text(" ".join(rest))
        elif verb == "large":
            target.write_bytes(b"#" * int(rest[0]))
        else:
            raise AssertionError(line)
    return read_tenants(root)


def outcome(case: Path, *, backwards: bool = False) -> dict[str, str]:
    """What the compiler says and makes of a case, as the files of its ``expected`` folder."""
    problems: list[Diagnostic] = []
    if (case / "make").exists():
        with tempfile.TemporaryDirectory() as folder:
            found, problems = on_disk(case, Path(folder))
        files = dict(found)
    else:
        files = sources(case)
    as_of = case / "as-of"
    day = date.fromisoformat(as_of.read_text().strip()) if as_of.exists() else TODAY
    items = list(files.items())
    analysis = pipeline.analyse(reversed(items) if backwards else items, problems, day)
    result = {"diagnostics.txt": text.diagnostics(analysis.diagnostics, files, colour=False)}
    compare = case / "compare"
    if compare.exists() and analysis.model is not None and not analysis.failed:
        globs = compare.read_text().split()
        for path, content in pipeline.emit(analysis.model):
            if any(fnmatch(path, glob) for glob in globs):
                result[f"output/{path}"] = content.decode()
    return result


def stored(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def rewrite(folder: Path, files: dict[str, str]) -> None:
    for name in stored(folder):
        (folder / name).unlink()
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)


@pytest.mark.parametrize("name", CASES)
def test_case(name: str):
    """A case gives exactly the report and the files that stand in its ``expected`` folder."""
    case = GOLDEN / name
    result = outcome(case)
    if os.environ.get("UPDATE_GOLDEN"):
        rewrite(case / "expected", result)

    assert stored(case / "expected") == result, "run with UPDATE_GOLDEN=1 to accept, after reading the difference"


@pytest.mark.parametrize("name", CASES)
def test_case_backwards(name: str):
    """The order in which files are found changes nothing."""
    assert outcome(GOLDEN / name, backwards=True) == outcome(GOLDEN / name)
