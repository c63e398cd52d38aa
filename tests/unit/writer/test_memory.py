"""What the last build made is believed only while nothing has changed: neither its input, nor the compiler, nor its output."""

import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.cli.test_commands import Result, edit, made, run

from cubec import pipeline
from cubec.diagnostics import Diagnostic, Position, Related, Severity
from cubec.writer import memory
from cubec.writer.memory import Known

__all__ = ["made"]  # a fixture

KNOWN = Known((), "1 file")
GROUP = "tenants/groups/first.yaml"
NAMES = st.text(max_size=5)


@pytest.fixture
def platform(made: Path, tmp_path: Path) -> Path:
    """A platform that was built here, and whose output was last touched a moment ago."""
    folder = shutil.copytree(made, tmp_path / "platform")
    assert run("build", cwd=folder).returncode == 0
    return folder


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each time that the sources are analysed."""
    found, analyse = [], pipeline.analyse

    def counted(*arguments: object) -> pipeline.Analysis:
        found.append(1)
        return analyse(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "analyse", counted)
    return found


def without_time(result: Result) -> tuple[int, str, str]:
    return result.returncode, result.stdout.rpartition(" in ")[0], result.stderr


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_build_with_nothing_to_do_says_what_it_said_before(platform: Path, compiled: list[int], form: str):
    """Diagnostics and numbers are those of a build that compiled, and nothing is compiled."""
    edit(platform / GROUP, "the first team", "team #1")
    assert run("build", cwd=platform).returncode == 0
    (platform / ".cubec/built.json").unlink()
    slow = run("build", "--format", form, cwd=platform)
    quick = run("build", "--format", form, cwd=platform)

    assert compiled == [1, 1]
    assert without_time(slow) == without_time(quick)
    assert "comment-without-space" in quick.stdout + quick.stderr


def _same_size(platform: Path) -> None:
    """An edit that leaves size and time of the file as they were."""
    path = next(iter(sorted((platform / "output").rglob("rbac.yaml"))))
    before = path.stat()
    path.write_bytes(path.read_bytes().replace(b"developer", b"reloveped"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _replaced(platform: Path) -> None:
    """Another file of the same bytes in its place: nothing is wrong with it, and nobody can know."""
    path = platform / "output/README.md"
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    other.replace(path)


CHANGES: dict[str, Callable[[Path], object]] = {
    "an output file is edited": _same_size,
    "an output file is gone": lambda platform: next((platform / "output").rglob("rbac.yaml")).unlink(),
    "an output file is there that is not ours": lambda platform: (platform / "output/more.yaml").write_text("a: 1\n"),
    "an output file is another one": _replaced,
    "an output file may be run": lambda platform: (platform / "output/README.md").chmod(0o755),
    "a document is edited": lambda platform: edit(platform / GROUP, "kind:", "kind: "),
    "a document is new": lambda platform: (platform / "tenants/users/zoe.yaml").write_text(
        "apiVersion: cubec.io/v1\nkind: User\nmetadata: {name: zoe}\nspec: {uid: 20002}\n"
    ),
    "the memory is no JSON": lambda platform: (platform / ".cubec/built.json").write_text("["),
    "the memory is of another shape": lambda platform: (platform / ".cubec/built.json").write_text('{"asked": []}'),
    "the memory is deep": lambda platform: (platform / ".cubec/built.json").write_text("[" * 100_000),
    "the memory is a pipe": lambda platform: (
        (platform / ".cubec/built.json").unlink() or os.mkfifo(platform / ".cubec/built.json")
    ),
    "the memory is a link": lambda platform: (
        (platform / ".cubec/built.json").rename(platform / "kept.json")
        or (platform / ".cubec/built.json").symlink_to(platform / "kept.json")
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_changed_is_compiled_anew(platform: Path, compiled: list[int], change: Callable[[Path], object]):
    """Then the output is what the sources make, and the next build has nothing to do."""
    assert run("build", cwd=platform).returncode == 0
    assert compiled == []
    change(platform)

    assert run("build", cwd=platform).returncode == 0
    assert compiled == [1]
    assert run("build", cwd=platform).returncode == 0
    assert compiled == [1]
    assert run("build", "--check", cwd=platform).stdout == "output/ is what these sources make\n"


def test_a_check_does_not_ask_the_memory(platform: Path, compiled: list[int]):
    """What protects a branch compiles everything, whatever lies in the repository."""
    assert run("build", "--check", cwd=platform).returncode == 0
    assert compiled == [1]


def test_the_day_and_the_folder_count(platform: Path, compiled: list[int]):
    """Another day may end somebody's access, another folder is another output."""
    edit(platform / GROUP, "the first team", "until then")
    for more in (("--as-of", "2026-01-01"), ("--as-of", "2026-01-02"), ("--as-of", "2026-01-02", "--output", "made")):
        assert [run("build", *more, cwd=platform).returncode for _ in range(2)] == [0, 0]

    assert compiled == [1, 1, 1]


def test_another_compiler_compiles(platform: Path, compiled: list[int], monkeypatch: pytest.MonkeyPatch):
    """Who works on the compiler, or installs another library, sees what it makes now."""
    monkeypatch.setattr(memory, "_compiler", lambda: iter(["another"]))

    assert run("build", cwd=platform).returncode == 0
    assert compiled == [1]


def test_the_compiler_is_known_by_its_files():
    """Modules, schemas and templates of pages count, bytecode does not, and so do the libraries."""
    parts = "\n".join(memory._compiler())

    assert all(name in parts for name in ("pipeline.py", "group.json", "site-packages"))
    assert "__pycache__" not in parts


def test_errors_are_not_remembered(platform: Path, compiled: list[int]):
    """A tree with errors is judged each time, and what was built before it is remembered still."""
    path = platform / GROUP
    text = path.read_text()
    path.write_text("kind: [\n")
    assert [run("build", cwd=platform).returncode for _ in range(2)] == [1, 1]
    path.write_text(text)

    assert run("build", cwd=platform).returncode == 0
    assert compiled == [1, 1]


def test_what_somebody_touched_meanwhile_is_not_remembered(tmp_path: Path):
    """A file that is younger than the end of the build is not the build's."""
    output = tmp_path / "output"
    for folder in (output, tmp_path / ".cubec"):
        folder.mkdir()
    written = time.time_ns()
    time.sleep(0.05)
    (output / "README.md").write_text("mine")

    memory.remember(tmp_path, output, "name", KNOWN, written)
    assert not (tmp_path / ".cubec/built.json").exists()

    memory.remember(tmp_path, output, "name", KNOWN, time.time_ns())
    assert memory.recall(tmp_path, output, "name") == KNOWN
    assert memory.recall(tmp_path, output, "other") is None


def test_a_full_disk_forgets(tmp_path: Path):
    """Where nothing can be written nothing is remembered, and the build is as good."""
    (tmp_path / "output").mkdir()
    memory.remember(tmp_path, tmp_path / "output", "name", KNOWN, time.time_ns())

    assert memory.recall(tmp_path, tmp_path / "output", "name") is None


def test_two_edits_within_a_tick_are_two(tmp_path: Path):
    """An edit right after a build is seen, though it leaves the size and might come within one tick of the kernel's clock."""
    output = tmp_path / "output"
    for folder in (output, tmp_path / ".cubec"):
        folder.mkdir()
    for number in range(20):
        (output / "a.yaml").write_text(f"{number:04}")
        memory.remember(tmp_path, output, "name", KNOWN, time.time_ns())
        with (output / "a.yaml").open("r+") as file:
            file.write("edit")
        assert memory.recall(tmp_path, output, "name") is None


@given(files=st.lists(st.tuples(NAMES, st.binary(max_size=5)), max_size=3), more=st.lists(NAMES, max_size=2))
def test_inputs_that_differ_have_different_names(files: list[tuple[str, bytes]], more: list[str]):
    """No part of the input can pass for the end of the one before it."""
    others = [([*files, ("", b"")], more), (files, [*more, "x"])]
    if files:
        path, data = files[0]
        others += [([(path + "x", data), *files[1:]], more), ([(path, data + b"x"), *files[1:]], more)]

    with mock.patch.object(memory, "_compiler", return_value=()):
        name = memory.asked(files, *more)
        assert name == memory.asked(list(files), *more)
        assert name not in [memory.asked(other, *words) for other, words in others]


PLACES = st.builds(Position, NAMES, st.integers(1, 9), st.integers(1, 9))
DIAGNOSTICS = st.builds(
    Diagnostic,
    PLACES,
    st.sampled_from(Severity),
    NAMES,
    NAMES,
    NAMES,
    st.lists(st.builds(Related, PLACES, NAMES), max_size=2).map(tuple),
    st.booleans(),
)


@given(DIAGNOSTICS)
def test_a_diagnostic_comes_back_as_it_was(one: Diagnostic):
    """With its places, its notes and whether its line may be shown."""
    assert memory._diagnostic(json.loads(json.dumps(astuple(one)))) == one
