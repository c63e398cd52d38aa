"""Reading a commit: exact bytes, nothing but plain files, and no way around the hardening."""

import os
import subprocess
from pathlib import Path
from unittest import mock

import pytest

from cubec import git
from cubec.git import GitError, Repository


def commit(folder: Path, name: str = "x") -> None:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-C", str(folder)]
    subprocess.run([*command, "add", "-A"], check=True)
    subprocess.run([*command, "commit", "-q", "--allow-empty", "-m", name], check=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    (root / "platform/tenants/groups").mkdir(parents=True)
    subprocess.run(["git", "init", "-q", "-b", "main", str(root)], check=True)
    (root / "platform/tenants/a.yaml").write_bytes(b"a: 1\r\nb: \xff\n")
    (root / "platform/tenants/groups/b.yaml").write_bytes(b"")
    (root / "platform/tenants/README.md").write_text("no document\n")
    commit(root)
    return root


def repository(folder: Path) -> Repository:
    return Repository(folder / "platform", os.environ)


def test_the_files_are_those_of_the_commit(folder: Path):
    """Bytes come as they were committed, whatever lies in the folder now; what is no document is left out."""
    found = repository(folder)
    (folder / "platform/tenants/a.yaml").write_text("changed")

    assert found.files(found.commit("main"), "tenants") == {
        "tenants/a.yaml": b"a: 1\r\nb: \xff\n",
        "tenants/groups/b.yaml": b"",
    }


@pytest.mark.parametrize("name", ["main", "refs/heads/main", "HEAD", "HEAD~0", "HEAD^0", "v1.0"])
def test_names_of_commits(folder: Path, name: str):
    """Branches, tags and what leads from one to its ancestors all mean a commit."""
    subprocess.run(["git", "-C", str(folder), "tag", "v1.0"], check=True)

    assert repository(folder).commit(name) == repository(folder).commit("main")


@pytest.mark.parametrize(
    "name", ["-h", "--all", "a..b", "a//b", "a/.b", "x.lock", "a@{0}", "a b", "a\n", "", "ä", "ext::x", "a:b"]
)
def test_what_is_no_name(folder: Path, name: str):
    """Nothing else reaches git."""
    assert not git.is_name(name)
    with pytest.raises(GitError):
        repository(folder).commit(name)


def test_variables_do_not_lead_elsewhere(folder: Path, tmp_path: Path):
    """What a hook or a user has set for git changes nothing about which repository is read."""
    with mock.patch.dict(os.environ, {"GIT_DIR": str(tmp_path / "other"), "GIT_OBJECT_DIRECTORY": "/nowhere"}):
        found = repository(folder)
        assert len(found.files(found.commit("main"), "tenants")) == 2


def test_a_replaced_commit_is_not_believed(folder: Path):
    """A replacement that somebody put into the clone does not stand in for the base."""
    first = repository(folder).commit("main")
    (folder / "platform/tenants/a.yaml").write_text("forged")
    commit(folder)
    subprocess.run(["git", "-C", str(folder), "replace", first, "main"], check=True)

    assert repository(folder).files(first, "tenants")["tenants/a.yaml"] != b"forged"


def test_a_link_is_refused(folder: Path):
    """A link in the base cannot be part of a platform that compiled."""
    (folder / "platform/tenants/link.yaml").symlink_to("a.yaml")
    commit(folder)

    with pytest.raises(GitError, match="link"):
        repository(folder).files(repository(folder).commit("main"), "tenants")


def test_a_base_without_the_folder(folder: Path):
    """A commit from before the platform is no base, and never an empty one."""
    with pytest.raises(GitError, match="no whole folder platform/tenantss"):
        repository(folder).files(repository(folder).commit("main"), "tenantss")


def test_a_missing_object(folder: Path):
    """A clone that lacks some of the objects is said to be incomplete."""
    found = repository(folder)
    at = found.commit("main")
    blob = subprocess.run(
        ["git", "-C", str(folder), "rev-parse", "main:platform/tenants/a.yaml"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    (folder / ".git/objects" / blob[:2] / blob[2:]).unlink()

    with pytest.raises(GitError, match="not here"):
        found.files(at, "tenants")
    with pytest.raises(GitError, match="not here"):
        list(found._blobs(["0" * 40]))


def test_too_large(folder: Path, monkeypatch):
    """A base with more files than any platform has is refused before they are read."""
    monkeypatch.setattr(git, "_MAX_FILES", 1)

    with pytest.raises(GitError, match="larger than any platform"):
        repository(folder).files(repository(folder).commit("main"), "tenants")


@pytest.mark.parametrize("raised", [FileNotFoundError(), subprocess.TimeoutExpired("git", 1)])
def test_git_that_does_not_run(folder: Path, monkeypatch, raised: Exception):
    """Without git, or with one that hangs, the failure has words."""

    def failing(*_arguments, **_options):
        raise raised

    monkeypatch.setattr(subprocess, "run", failing)

    with pytest.raises(GitError):
        repository(folder).commit("main")


def test_what_was_merged(folder: Path):
    """A commit that the checkout was made after is contained in it; one from another branch is not."""
    found = repository(folder)
    subprocess.run(["git", "-C", str(folder), "checkout", "-q", "-b", "other"], check=True)
    commit(folder, "on the other branch")
    other = found.commit("other")

    assert found.contains(other)
    subprocess.run(["git", "-C", str(folder), "checkout", "-q", "main"], check=True)
    assert not found.contains(other)


def test_a_shallow_clone_does_not_know(folder: Path, tmp_path: Path):
    """Where the commits between two are not here, nothing is said about which came first."""
    subprocess.run(["git", "-C", str(folder), "checkout", "-q", "-b", "work"], check=True)
    commit(folder, "more")
    source = f"file://{folder}"
    clone = ["git", "-c", "protocol.file.allow=always", "clone", "-q", "--depth", "1", "--no-single-branch"]
    subprocess.run([*clone, "--branch", "work", source, str(tmp_path / "clone")], check=True)
    found = repository(tmp_path / "clone")

    assert found.contains(found.commit("origin/main"))


def test_where_a_platform_lies(folder: Path, tmp_path: Path):
    """The repository's own folder and the way from there; a folder that a commit does not have is known from one it has."""
    found = repository(folder)

    assert (found.top(), found.prefix()) == (folder.resolve(), "platform/")
    assert found.holds(found.commit("main"), "tenants")
    assert not found.holds(found.commit("main"), "tenantss")
    assert Repository(tmp_path, {"GIT_CEILING_DIRECTORIES": str(tmp_path)}).top() is None
