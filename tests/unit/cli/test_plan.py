"""``cubec plan`` in a real repository: what it compares, what it refuses, and what it never takes for a base."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import jsonschema
import pytest
from tests.unit.cli.test_commands import edit, run

from cubec import cli
from cubec.cli import status
from cubec.report.plan_json import schema

GIT = ("git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "protocol.file.allow=always")


def git(folder: Path, *arguments: str) -> str:
    environment = {
        **os.environ,
        "GIT_COMMITTER_DATE": "2026-11-22T12:00:00Z",
        "GIT_AUTHOR_DATE": "2026-11-22T12:00:00Z",
    }
    done = subprocess.run([*GIT, *arguments], cwd=folder, env=environment, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture(scope="module")
def committed(tmp_path_factory) -> Path:
    """A platform on branch main, and branch work checked out."""
    folder = tmp_path_factory.mktemp("committed") / "my-platform"
    assert cli.main(["init", str(folder)]) == status.CLEAN
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "a platform")
    git(folder, "checkout", "-q", "-b", "work")
    return folder


@pytest.fixture
def repository(committed: Path, tmp_path: Path) -> Path:
    return shutil.copytree(committed, tmp_path / "my-platform")


GROUP = "tenants/groups/first.yaml"


def test_no_change(repository: Path):
    """A tree compared with the commit that it is says so in one line, and that it is not stale."""
    result = run("plan", "--base", "main", cwd=repository)

    assert result.returncode == status.CLEAN
    assert result.stdout.splitlines()[2:] == ["Merging changes nothing: no object, no access, no cards."]
    assert "as of 2026-11-22" in result.stdout
    assert result.stderr == ""


def test_a_change(repository: Path):
    """A change is told field by field, the stale output is mentioned, and a build ends that."""
    edit(repository / GROUP, "gpu: 2", "gpu: 1")
    before = run("plan", "--base", "main", cwd=repository / "tenants")
    run("build", cwd=repository)
    after = run("plan", "--base", "main", cwd=repository)

    assert before.returncode == after.returncode == status.CLEAN
    assert "spec.hard[requests.nvidia.com/gpu]  2 → 1" in before.stdout
    assert "note: output/ is not what these sources make" in before.stdout
    assert before.stdout.startswith(after.stdout)


def test_an_output_of_somebody_else(repository: Path):
    """A folder that is not cubec's own is no reason to fail: the plan is about the sources."""
    (repository / "output/README.md").write_text("mine\n")

    result = run("plan", "--base", "main", cwd=repository)

    assert result.returncode == status.CLEAN
    assert "note: output/ is not what" in result.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_repository_of_another_user(repository: Path):
    """Git refuses a folder of another user, as in many containers; the message is the command that puts it right."""
    for path in (repository, repository / ".git"):
        os.chown(path, 12345, 12345)
    result = run("plan", "--base", "main", cwd=repository)

    assert result.returncode == status.ENVIRONMENT
    assert f"git config --global --add safe.directory {repository}" in result.stderr


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_the_guard_refuses(repository: Path, form: str):
    """A group that goes while active is refused under the guard's own status, in every format."""
    (repository / GROUP).unlink()
    result = run("plan", "--base", "main", "--format", form, cwd=repository)

    assert result.returncode == status.GUARD
    assert "emptied-tree" in (result.stderr if form == "text" else result.stdout)
    assert "Merging is refused." in result.stderr or form != "text"
    if form == "json":
        report = json.loads(result.stdout)
        jsonschema.validate(report, json.loads(schema()))
        assert report["status"] == "refused"


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_a_tree_with_errors(repository: Path, form: str):
    """There is no plan of a tree that has errors: they are shown, under the status of wrong input."""
    edit(repository / GROUP, "role: developer", "role: developr")
    result = run("plan", "--base", "main", "--format", form, cwd=repository)

    assert result.returncode == status.INPUT
    assert "unknown-role" in (result.stderr if form == "text" else result.stdout)
    if form == "json":
        report = json.loads(result.stdout)
        jsonschema.validate(report, json.loads(schema()))
        assert report["status"] == "errors"
        assert report["plan"] is None


def test_the_base_is_compiled_from_its_own_sources(repository: Path):
    """What stands in the base's output does not matter, and policy is the base's, not the branch's."""
    git(repository, "checkout", "-q", "main")
    shutil.rmtree(repository / "output")
    git(repository, "commit", "-qam", "no output")
    people = "\n".join(
        f"  - {{apiVersion: cubec.io/v1, kind: User, metadata: {{name: guest{n}}}, spec: {{uid: 3000{n}, platformRole: viewer}}}}"
        for n in range(5)
    )
    guests = repository / "tenants/users/guests.yaml"
    guests.write_text(f"apiVersion: cubec.io/v1\nkind: List\nitems:\n{people}\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "guests")
    git(repository, "checkout", "-q", "-b", "without")
    guests.unlink()
    platform = repository / "tenants/platform.yaml"
    platform.write_text(platform.read_text() + "  guard: {maxRemovals: 1000, maxTotalShare: 100%}\n")
    result = run("plan", "--base", "main", cwd=repository)

    assert result.returncode == status.GUARD
    assert "[removal-budget]" in result.stderr
    assert "- ServiceAccount cubec-users/guest0 (lab)" in result.stdout


def test_a_base_that_has_moved_on(repository: Path):
    """A branch that is behind is told so: what the base gained would look undone."""
    git(repository, "checkout", "-q", "main")
    edit(repository / GROUP, "gpu: 2", "gpu: 1")
    git(repository, "commit", "-qam", "less")
    git(repository, "checkout", "-q", "work")
    result = run("plan", "--base", "main", cwd=repository)

    assert result.returncode == status.CLEAN
    assert "note: main has commits that this tree does not have" in result.stdout


def test_a_decommissioned_group_is_judged_on_the_day_of_the_run(repository: Path):
    """The date that allows a removal stands on the base alone, and is judged on the day that was given."""
    git(repository, "checkout", "-q", "main")
    edit(
        repository / GROUP, "  gid: 10001", "  gid: 10001\n  state: decommissioned\n  until: 2026-11-30\n  reason: over"
    )
    git(repository, "commit", "-qam", "over")
    (repository / GROUP).unlink()

    assert run("plan", "--base", "main", cwd=repository).returncode == status.GUARD
    assert run("plan", "--base", "main", "--as-of", "2026-11-30", cwd=repository).returncode == status.GUARD
    assert run("plan", "--base", "main", "--as-of", "2026-12-01", cwd=repository).returncode == status.CLEAN


def test_a_base_with_errors(repository: Path):
    """A base that does not compile gives no plan, and never one in which everything is new."""
    git(repository, "checkout", "-q", "main")
    edit(repository / GROUP, "role: developer", "role: developr")
    git(repository, "commit", "-qam", "broken")
    edit(repository / GROUP, "role: developr", "role: developer")
    result = run("plan", "--base", "main", cwd=repository)

    assert result.returncode == status.ENVIRONMENT
    assert "unknown-role" in result.stderr
    assert "the base main" in result.stderr
    assert result.stdout == ""


def test_no_such_base(repository: Path):
    """A commit that is not here is a failure of the environment, and the way out is said."""
    result = run("plan", "--base", "origin/main", cwd=repository)

    assert result.returncode == status.ENVIRONMENT
    assert "there is no commit origin/main here" in result.stderr
    assert result.stdout == ""


def test_a_shallow_clone(repository: Path, tmp_path: Path):
    """In a shallow clone the message says to fetch the history."""
    git(repository, "commit", "-q", "--allow-empty", "-m", "second")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{repository}", "shallow")
    result = run("plan", "--base", "HEAD~1", cwd=tmp_path / "shallow")

    assert result.returncode == status.ENVIRONMENT
    assert "fetch-depth: 0" in result.stderr


def test_outside_a_repository(repository: Path):
    """Without a repository there is nothing to compare with."""
    shutil.rmtree(repository / ".git")
    environment = {"GIT_CEILING_DIRECTORIES": str(repository.parent)}
    result = run("plan", "--base", "main", cwd=repository, environment=environment)

    assert result.returncode == status.ENVIRONMENT
    assert "no git repository" in result.stderr


@pytest.mark.parametrize(
    "name", ["--upload-pack=x", "-h", "a..b", "main@{1}", "ext::sh", "a b", "", "x" * 300, "main:tenants"]
)
def test_what_cannot_be_a_base(repository: Path, name: str):
    """Options, ranges and addresses are wrong usage; git never sees them."""
    result = run("plan", f"--base={name}", cwd=repository)

    assert result.returncode == status.USAGE
    assert "Traceback" not in result.stderr


def test_the_schema_is_printed():
    """Who reads the JSON gets its schema from the command itself, and it is one."""
    result = run("plan", "--schema")

    assert result.returncode == status.CLEAN
    jsonschema.Draft202012Validator.check_schema(json.loads(result.stdout))
