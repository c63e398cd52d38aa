"""The output folder on disk: whole files or none, nothing of anybody else's, and no way out of the folder."""

import multiprocessing
import os
import resource
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from cubec.writer import disk
from cubec.writer.changes import Changes, compare

README = {"README.md": disk.README_BEGINS + b"test\n"}
OLD = {**README, "a/x.yaml": b"old x\n", "a/y.yaml": b"old y\n", "b/z.yaml": b"old z\n"}
NEW = {**README, "a/x.yaml": b"new x\n", "c/w.yaml": b"new w\n"}


def build(root: Path, tree: dict[str, bytes]) -> Changes:
    return disk.write(root, root / "output", tree.items())


def test_a_build_makes_the_tree(tmp_path: Path):
    """What was compiled is what stands there, and what is no longer compiled is gone, empty folders too."""
    build(tmp_path, OLD)
    build(tmp_path, NEW)

    assert disk.read(tmp_path / "output") == NEW
    assert not (tmp_path / "output" / "b").exists()


def test_a_second_build_writes_nothing(tmp_path: Path):
    """Without a change no file is touched."""
    build(tmp_path, OLD)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}

    assert not build(tmp_path, OLD)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()} == before


def test_the_difference_of_two_trees():
    """Added, changed, removed and unchanged files are told apart."""
    changes = compare(OLD, NEW.items())

    assert (changes.added, changes.changed, changes.removed) == (
        ("c/w.yaml",),
        ("a/x.yaml",),
        ("a/y.yaml", "b/z.yaml"),
    )
    assert changes.unchanged == 1
    assert changes.paths == ("a/x.yaml", "a/y.yaml", "b/z.yaml", "c/w.yaml")


def test_somebody_elses_folder_is_refused(tmp_path: Path):
    """A folder of files that cubec did not make is never emptied."""
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "thesis.tex").write_text("years of work")

    with pytest.raises(disk.DiskError, match="of cubec: move them away"):
        build(tmp_path, NEW)
    assert (tmp_path / "output" / "thesis.tex").exists()


def test_hidden_files_stay(tmp_path: Path):
    """What begins with a dot is nobody's business."""
    build(tmp_path, OLD)
    (tmp_path / "output" / ".keep").write_text("mine")
    build(tmp_path, NEW)

    assert (tmp_path / "output" / ".keep").exists()


@pytest.mark.parametrize("name", ["output", "output/a", "output/a/x.yaml"])
def test_a_link_is_refused(tmp_path: Path, name: str):
    """A link in the output would lead a build to write somewhere else."""
    build(tmp_path, OLD)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    path = tmp_path / name
    path.rename(tmp_path / "moved")
    path.symlink_to(elsewhere)

    with pytest.raises(disk.DiskError):
        build(tmp_path, NEW)
    assert list(elsewhere.iterdir()) == []


def test_a_fifo_is_refused(tmp_path: Path):
    """A pipe in the output is reported, and the build does not hang on it."""
    build(tmp_path, OLD)
    os.mkfifo(tmp_path / "output" / "a" / "pipe.yaml")

    with pytest.raises(disk.DiskError, match=r"pipe\.yaml"):
        build(tmp_path, NEW)


def test_a_file_where_the_folder_should_be(tmp_path: Path):
    """An output that is a file is refused."""
    (tmp_path / "output").write_text("x")

    with pytest.raises(disk.DiskError, match="not a folder"):
        build(tmp_path, NEW)


def _limited(root: Path) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        build(root, {**NEW, "c/big.yaml": b"x" * 100_000})
    except OSError:
        os._exit(5)
    os._exit(0)


def test_a_full_disk_changes_nothing(tmp_path: Path):
    """Where new content does not fit, every file is as it was."""
    build(tmp_path, OLD)
    process = multiprocessing.get_context("fork").Process(target=_limited, args=(tmp_path,))
    process.start()
    process.join()

    assert process.exitcode == 5
    assert disk.read(tmp_path / "output") == OLD


def test_a_bug_in_the_middle_changes_nothing(tmp_path: Path):
    """Where not all files can be made, every file is as it was, and nothing staged is left behind."""

    def failing() -> Iterator[tuple[str, bytes]]:
        yield from NEW.items()
        raise ValueError("a bug")

    build(tmp_path, OLD)
    with pytest.raises(ValueError, match="a bug"):
        disk.write(tmp_path, tmp_path / "output", failing())

    assert disk.read(tmp_path / "output") == OLD
    assert not (tmp_path / disk.STATE / "stage").exists()


def test_a_tree_on_disk_holds_nothing_else(tmp_path: Path):
    """What is not below the folder is no file of it, wherever a path leads."""
    build(tmp_path, OLD)
    (tmp_path / "secret").write_text("x")
    tree = disk.read(tmp_path / "output")

    assert len(tree) == len(OLD)
    assert tree.get("../secret") is None


def _killed(root: Path, at: int) -> None:
    real = os.replace
    calls = 0

    def replace(old: str, new: str) -> None:
        nonlocal calls
        calls += 1
        if calls == at:
            os.kill(os.getpid(), signal.SIGKILL)
        real(old, new)

    os.replace = replace
    build(root, NEW)


@pytest.mark.parametrize("at", [1, 2])
def test_a_killed_build_leaves_whole_files(tmp_path: Path, at: int):
    """Every file is the old or the new one, and the next build finishes the work."""
    build(tmp_path, OLD)
    process = multiprocessing.get_context("fork").Process(target=_killed, args=(tmp_path, at))
    process.start()
    process.join()
    left = disk.read(tmp_path / "output")

    assert process.exitcode == -signal.SIGKILL
    assert all(content in {OLD.get(path), NEW.get(path)} for path, content in left.items())
    build(tmp_path, NEW)
    assert disk.read(tmp_path / "output") == NEW
    assert not (tmp_path / disk.STATE / "stage").exists()


def test_one_build_at_a_time(tmp_path: Path):
    """A second build of the same platform is refused while the first runs, and may run afterwards."""
    with disk.lock(tmp_path), pytest.raises(disk.DiskError, match="another build"), disk.lock(tmp_path):
        pass
    with disk.lock(tmp_path):
        pass


@pytest.mark.parametrize("name", [".cubec", ".cubec/lock", ".cubec/.gitignore", ".cubec/stage"])
def test_a_link_in_place_of_our_own_folder(tmp_path: Path, name: str):
    """A link that somebody committed, to a folder or a file outside the platform: what it leads to stays as it is."""
    root, outside = tmp_path / "platform", tmp_path / "outside"
    for folder in (root, outside / "stage"):
        folder.mkdir(parents=True)
    for path in ("stage/precious", "lock", ".gitignore"):
        (outside / path).write_text("precious\n")
    link = root / name
    link.parent.mkdir(exist_ok=True)
    link.symlink_to({".cubec/lock": outside / "lock", ".cubec/.gitignore": outside / ".gitignore"}.get(name, outside))
    before = {path: path.read_text() for path in outside.rglob("*") if path.is_file()}

    if name == ".cubec/.gitignore":
        with disk.lock(root):
            build(root, OLD)
    else:
        with pytest.raises(OSError), disk.lock(root):  # noqa: PT011 - the system's own words for each of them
            build(root, OLD)

    assert {path: path.read_text() for path in outside.rglob("*") if path.is_file()} == before
    assert (root / "output").exists() is (name == ".cubec/.gitignore")
