"""Files that hold a credential."""

import os
import stat
from pathlib import Path

import pytest

from cubec.writer import private

BEGINS = b"# ours"


def write(target: Path, content: bytes) -> None:
    with private.replacing(target, begins=BEGINS) as file:
        file.write(content)


def test_a_file_is_its_owners_alone(tmp_path: Path):
    """Mode 0600 under the widest umask, and nothing is left beside it."""
    before = os.umask(0)
    try:
        write(tmp_path / "new", b"# ours 1")
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_our_own_file_is_replaced(tmp_path: Path):
    """A second writing takes the place of the first, and is private even where somebody had opened that one to all."""
    write(tmp_path / "file", b"# ours 1")
    (tmp_path / "file").chmod(0o666)

    write(tmp_path / "file", b"# ours 2")

    assert (tmp_path / "file").read_bytes() == b"# ours 2"
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600


@pytest.mark.parametrize("kind", ["file", "link", "folder", "broken link"])
def test_what_is_not_ours_stays(tmp_path: Path, kind: str):
    """Another file, a link (even to a file of ours), and a folder are refused before anything is asked for, and stay as they are."""
    target, other = tmp_path / "target", tmp_path / "other"
    other.write_bytes(b"# ours, but elsewhere")
    if kind == "file":
        target.write_bytes(b"the only copy of something")
    elif kind == "folder":
        target.mkdir()
    else:
        target.symlink_to(other if kind == "link" else tmp_path / "nothing")
    names = sorted(path.name for path in tmp_path.iterdir())

    with pytest.raises(FileExistsError, match="was not made by this command"):
        write(target, b"# ours")

    assert sorted(path.name for path in tmp_path.iterdir()) == names
    assert other.read_bytes() == b"# ours, but elsewhere"


def test_a_failure_leaves_the_old_file(tmp_path: Path):
    """Where the secret cannot be had after all, the earlier file is untouched and nothing is left beside it."""
    write(tmp_path / "file", b"# ours 1")

    with pytest.raises(RuntimeError), private.replacing(tmp_path / "file", begins=BEGINS) as file:  # noqa: PT012
        file.write(b"half")
        raise RuntimeError

    assert (tmp_path / "file").read_bytes() == b"# ours 1"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
