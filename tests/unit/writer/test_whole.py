"""Single files that are replaced as a whole."""

import os
from pathlib import Path

import pytest

from cubec.writer import whole


def write(target: Path, content: bytes) -> None:
    with whole.replacing(target) as file:
        file.write(content)


def test_a_file_is_replaced(tmp_path: Path):
    """The new content stands there under the umask's mode, and nothing beside it."""
    (tmp_path / "file").write_bytes(b"old")
    before = os.umask(0o027)
    try:
        write(tmp_path / "file", b"new")
    finally:
        os.umask(before)

    assert (tmp_path / "file").read_bytes() == b"new"
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_failure_leaves_the_old_file(tmp_path: Path):
    """What could not be written to its end changes nothing."""
    (tmp_path / "file").write_bytes(b"old")

    with pytest.raises(RuntimeError), whole.replacing(tmp_path / "file") as file:  # noqa: PT012
        file.write(b"half")
        raise RuntimeError

    assert (tmp_path / "file").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_link_that_waits_is_not_followed(tmp_path: Path):
    """A link by the name of the new file leads to nothing being written, there or here."""
    other = tmp_path / "other"
    other.write_bytes(b"precious")
    (tmp_path / f".file.{os.getpid()}.new").symlink_to(other)

    with pytest.raises(FileExistsError):
        write(tmp_path / "file", b"new")

    assert other.read_bytes() == b"precious"
    assert not (tmp_path / "file").exists()
