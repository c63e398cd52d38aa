"""``cubec commit`` in real repositories: what enters the commit, what it says, and what stays as it was when there is none."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.unit.cli.test_commands import edit, run
from tests.unit.cli.test_plan import GROUP, git

from cubec import cli
from cubec.cli import status
from cubec.git import GitError, checkout

WHO = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{role}_NAME": "Ann" for role in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{role}_EMAIL": "ann@example.com" for role in ("AUTHOR", "COMMITTER")},
}
NOBODY = {
    **{f"GIT_{role}_{what}": "" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "my-platform"
    assert cli.main(["init", str(folder)]) == status.CLEAN
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "a platform")
    return folder


@pytest.fixture
def repository(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "my-platform", symlinks=True)


def commit(folder: Path, *arguments: str, who: dict[str, str] | None = None):
    return run("commit", *arguments, cwd=folder, environment=WHO if who is None else who)


def index(folder: Path) -> str:
    return hashlib.sha256((folder / ".git/index").read_bytes()).hexdigest()


def committed(folder: Path) -> list[str]:
    return git(folder, "-c", "core.quotePath=false", "show", "--format=", "--name-only", "HEAD").splitlines()


def hook(folder: Path, name: str, text: str) -> None:
    path = folder / ".git/hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_sources_and_output_are_committed_together(repository: Path):
    """One commit holds the changed source and all that a build makes of it, with the plan as its message."""
    edit(repository / GROUP, "gpu: 2", "gpu: 3")
    result = commit(repository / "tenants/groups")
    subject, blank, *body = git(repository, "log", "-1", "--format=%B").splitlines()

    assert result.returncode == status.CLEAN, result.stderr
    assert committed(repository) == ["output/lab/groups/first/quota.yaml", GROUP]
    assert (subject, blank) == ("Change group first", "")
    assert [line.split()[0] for line in body if not line.startswith(" ")] == [
        *("ACCESS", "GPU", "COST", "OBJECTS", "REVIEW")
    ]
    assert "guaranteed 2 → 3" in "\n".join(body)
    assert "Change group first\n2 files" in result.stdout
    assert run("build", "--check", cwd=repository).returncode == status.CLEAN
    assert git(repository, "status", "--porcelain") == ""


def test_the_committers_own_words(repository: Path):
    """A message given on the command line is the first line; the summary stays below it."""
    edit(repository / GROUP, "gpu: 2", "gpu: 3")
    commit(repository, "-m", "Give them #1 what they asked for")

    message = git(repository, "log", "-1", "--format=%B")
    assert message.startswith("Give them #1 what they asked for\n\nACCESS")


@pytest.mark.parametrize("text", ["", "  ", "a\nb", "a\x1b[31m", "\udcff"])
def test_a_message_is_one_line(repository: Path, text: str):
    """Nothing, several lines and control characters are wrong usage."""
    assert commit(repository, "-m", text).returncode == status.USAGE


def test_nothing_to_commit(repository: Path):
    """A tree that is as in the last commit says so, and is no failure."""
    before = git(repository, "rev-parse", "HEAD")
    for arguments in ((), ("--dry-run",)):
        result = commit(repository, *arguments)
        assert (result.returncode, result.stdout) == (
            status.CLEAN,
            "nothing to commit: tenants/ and output/ are as in the last commit\n",
        )

    assert git(repository, "rev-parse", "HEAD") == before


def test_a_dry_run_changes_nothing(repository: Path):
    """It prints the message that the commit would get, to the letter, and writes no file."""
    edit(repository / GROUP, "gpu: 2", "gpu: 3")
    before = (git(repository, "status", "--porcelain"), index(repository), (repository / ".git/HEAD").read_text())
    said = commit(repository, "--dry-run").stdout
    after = (git(repository, "status", "--porcelain"), index(repository), (repository / ".git/HEAD").read_text())
    commit(repository)

    assert before == after
    assert said.strip() == git(repository, "log", "-1", "--format=%B")


def test_the_output_alone(repository: Path):
    """An output that somebody edited is put right and committed, and a comment is a commit, too."""
    (repository / "output/lab/groups/first/quota.yaml").write_text("mine\n")
    git(repository, "commit", "-q", "-a", "-m", "an edited output")

    assert commit(repository).returncode == status.CLEAN
    assert committed(repository) == ["output/lab/groups/first/quota.yaml"]
    edit(repository / GROUP, "spec:\n", "# a comment\nspec:\n")
    commit(repository)
    assert git(repository, "log", "-1", "--format=%s") in {
        "Build the output anew",
        "Change the sources, and nothing by it",
    }


def test_new_and_removed_documents(repository: Path):
    """New files enter the commit, files that went leave it, and the message names both."""
    people = repository / "tenants/users/people.yaml"
    bob = people.read_text().replace("name: ann", "name: bob").replace("20001", "20002")
    (repository / "tenants/users/bob.yaml").write_text(bob)
    commit(repository)
    assert git(repository, "log", "-1", "--format=%s") == "Add user bob"

    (repository / "tenants/users/bob.yaml").unlink()
    commit(repository)
    assert git(repository, "log", "-1", "--format=%s") == "Remove user bob"
    assert committed(repository) == ["output/lab/platform/identities.yaml", "tenants/users/bob.yaml"]


def test_what_lies_beside_stays_out(repository: Path):
    """Unstaged changes elsewhere, and files below tenants/ and output/ that cubec does not read or write, are left alone."""
    edit(repository / GROUP, "gpu: 2", "gpu: 3")
    edit(repository / "README.md", "Who", "Nobody")
    for name in ("tenants/.env", "tenants/groups/README.md", "output/.hidden", "new.txt"):
        (repository / name).write_text("mine\n")
    commit(repository)

    assert committed(repository) == ["output/lab/groups/first/quota.yaml", GROUP]
    assert {line.split()[-1] for line in git(repository, "status", "--porcelain").splitlines()} == {
        *("README.md", "new.txt", "output/.hidden", "tenants/.env", "tenants/groups/README.md")
    }


def test_other_staged_changes(repository: Path):
    """What is staged elsewhere stops it before anything is written; an unstaged file of that name does not."""
    edit(repository / GROUP, "gpu: 2", "gpu: 3")
    (repository / "notes\x1b.txt").write_text("mine\n")
    git(repository, "add", "notes\x1b.txt")
    before = index(repository)
    result = commit(repository)

    assert result.returncode == status.ENVIRONMENT
    assert "other changes are staged: notes\\u001b.txt" in result.stderr
    assert (index(repository), git(repository, "diff", "--name-only")) == (before, GROUP)


def test_what_is_staged_of_the_platform(repository: Path):
    """Staged sources are the platform's own; a file that is staged for CODEOWNERS goes along."""
    edit(repository / GROUP, "gpu: 2", "gpu: 3")
    edit(repository / "CODEOWNERS", "@example/platform\n", "@example/platform @ann\n")
    git(repository, "add", GROUP, "CODEOWNERS")
    commit(repository)

    assert committed(repository) == ["CODEOWNERS", "output/lab/groups/first/quota.yaml", GROUP]


def test_other_owners_are_mentioned(repository: Path):
    """Owners that changed with the sources leave CODEOWNERS behind, which the pipeline would refuse: it says what to run."""
    edit(repository / GROUP, "@example/first-leads", "@example/others")
    result = commit(repository)
    assert (result.returncode, result.stderr) == (
        status.CLEAN,
        "note: CODEOWNERS is not what the owners of groups make: run cubec codeowners\n",
    )

    edit(repository / GROUP, "gpu: 2", "gpu: 3")
    edit(repository / "CODEOWNERS", "* @example/platform\n", "")
    assert "note: CODEOWNERS is not" in commit(repository).stderr
    run("codeowners", cwd=repository)
    (repository / "CODEOWNERS").write_text("# nobody\n")
    edit(repository / GROUP, "gpu: 3", "gpu: 2")
    assert commit(repository).stderr == ""


def test_errors_in_the_sources(repository: Path):
    """A tree with errors is not committed."""
    edit(repository / GROUP, "gpu: 2", "gpu: two")
    before = index(repository)
    result = commit(repository)

    assert result.returncode == status.INPUT
    assert "bad-gpu" in result.stderr
    assert "Nothing was committed." in result.stderr
    assert index(repository) == before


def test_the_guard(repository: Path):
    """What the guard refuses is not committed, not built and not staged."""
    (repository / GROUP).unlink()
    before, output = index(repository), sorted((repository / "output").rglob("*"))
    result = commit(repository)

    assert result.returncode == status.GUARD
    assert "emptied-tree" in result.stderr
    assert "Nothing was committed." in result.stderr
    assert (index(repository), sorted((repository / "output").rglob("*"))) == (before, output)


def test_a_last_commit_with_errors(repository: Path):
    """What cannot be compared is not committed in silence."""
    edit(repository / GROUP, "gpu: 2", "gpu: two")
    git(repository, "commit", "-q", "-a", "-m", "broken")
    edit(repository / GROUP, "gpu: two", "gpu: 2")
    result = commit(repository)

    assert result.returncode == status.ENVIRONMENT
    assert "commit the repair with git add tenants output" in result.stderr


def test_no_repository(made: Path, tmp_path: Path):
    """Without git there is nothing to commit to."""
    folder = shutil.copytree(made, tmp_path / "copy", ignore=shutil.ignore_patterns(".git"))
    result = commit(folder, who={**WHO, "GIT_CEILING_DIRECTORIES": str(tmp_path)})

    assert result.returncode == status.ENVIRONMENT
    assert "is in no git repository" in result.stderr
    assert "git init" in result.stderr


def test_the_first_commit(made: Path, tmp_path: Path):
    """A repository without any commit gets one that says so, and nothing but the platform is in it."""
    folder = shutil.copytree(made, tmp_path / "copy", ignore=shutil.ignore_patterns(".git"))
    git(folder, "init", "-q", "-b", "main")
    dry = commit(folder, "--dry-run")
    result = commit(folder)

    assert result.returncode == status.CLEAN, result.stderr
    assert dry.stdout.strip() == git(folder, "log", "-1", "--format=%B")
    assert dry.stdout == (
        "Begin platform my-platform\n\n1 cluster, 1 group; there is no earlier commit to compare with\n"
    )
    assert {path.split("/")[0] for path in committed(folder)} == {"tenants", "output"}


def test_a_first_commit_that_fails_leaves_no_index(made: Path, tmp_path: Path):
    """Where there was no index before, there is none after a hook that refused."""
    folder = shutil.copytree(made, tmp_path / "copy", ignore=shutil.ignore_patterns(".git"))
    git(folder, "init", "-q", "-b", "main")
    hook(folder, "pre-commit", "exit 1")

    assert commit(folder).returncode == status.ENVIRONMENT
    assert sorted(path.name for path in (folder / ".git").glob("index*")) == []


def test_a_platform_that_is_new_in_a_repository(made: Path, tmp_path: Path):
    """In a repository that has commits, and no platform in them, it begins one; the folder may have any name."""
    top = tmp_path / "many things"
    folder = top / "Plattform für [alle]"
    shutil.copytree(made, folder, ignore=shutil.ignore_patterns(".git"))
    (top / "README.md").write_text("things\n")
    git(top, "init", "-q", "-b", "main")
    git(top, "add", "README.md")
    git(top, "commit", "-q", "-m", "things")
    begun = commit(folder)
    edit(folder / GROUP, "gpu: 2", "gpu: 3")
    changed = commit(folder)

    assert (begun.returncode, changed.returncode) == (status.CLEAN, status.CLEAN), begun.stderr + changed.stderr
    assert committed(top) == [f"{folder.name}/output/lab/groups/first/quota.yaml", f"{folder.name}/{GROUP}"]


def test_a_work_tree_and_a_submodule(repository: Path, tmp_path: Path):
    """Where .git is a file, its index is found and kept all the same."""
    git(repository, "worktree", "add", "-q", "-b", "work", str(tmp_path / "tree"))
    outer = tmp_path / "outer"
    outer.mkdir()
    git(outer, "init", "-q", "-b", "main")
    git(outer, "submodule", "--quiet", "add", str(repository), "platform")
    git(outer / "platform", "switch", "-q", "-c", "work")
    for folder in (tmp_path / "tree", outer / "platform"):
        edit(folder / GROUP, "gpu: 2", "gpu: 3")
        own = Path(git(folder, "rev-parse", "--path-format=absolute", "--git-path", "index"))
        hooks = Path(git(folder, "rev-parse", "--path-format=absolute", "--git-path", "hooks"))
        hooks.mkdir(exist_ok=True)
        (hooks / "pre-commit").write_text("#!/bin/sh\nexit 1\n")
        (hooks / "pre-commit").chmod(0o755)
        before = own.read_bytes()
        assert commit(folder).returncode == status.ENVIRONMENT
        assert own.read_bytes() == before
        (hooks / "pre-commit").unlink()
        assert commit(folder).returncode == status.CLEAN
        assert committed(folder) == ["output/lab/groups/first/quota.yaml", GROUP]


@pytest.mark.parametrize(
    ("commands", "said"),
    [
        ([["checkout", "-q", "--detach"]], "no branch is checked out"),
        ([["merge", "-q", "--no-commit", "--no-ff", "other"]], "a merge is under way"),
        (
            [["cherry-pick", "--no-commit", "other"], ["update-ref", "CHERRY_PICK_HEAD", "other"]],
            "a cherry-pick is under way",
        ),
    ],
)
def test_a_state_in_which_nothing_should_be_committed(repository: Path, commands: list[list[str]], said: str):
    """A detached HEAD, a merge, or a pick that is not finished is for people to finish."""
    git(repository, "checkout", "-q", "-b", "other")
    edit(repository / "README.md", "Who", "Nobody")
    git(repository, "commit", "-q", "-a", "-m", "other")
    git(repository, "checkout", "-q", "main")
    for command in commands:
        git(repository, *command)
    result = commit(repository)

    assert result.returncode == status.ENVIRONMENT
    assert said in result.stderr


def test_conflicts_and_a_rebase(repository: Path):
    """A rebase that stopped is named as such; conflicts that no operation left are found in the index."""
    git(repository, "checkout", "-q", "-b", "other")
    edit(repository / GROUP, "gpu: 2", "gpu: 3")
    git(repository, "commit", "-q", "-a", "-m", "other")
    git(repository, "checkout", "-q", "main")
    edit(repository / GROUP, "gpu: 2", "gpu: 4")
    git(repository, "stash", "-q")
    git(repository, "merge", "-q", "--ff-only", "other")
    with pytest.raises(subprocess.CalledProcessError):
        git(repository, "stash", "pop", "-q")
    assert "some files still have conflicts" in commit(repository).stderr

    git(repository, "checkout", "-q", "-f", "-b", "third", "main~1")
    edit(repository / GROUP, "gpu: 2", "gpu: 5")
    git(repository, "commit", "-q", "-a", "-m", "third")
    with pytest.raises(subprocess.CalledProcessError):
        git(repository, "rebase", "-q", "main")
    assert "a rebase is under way" in commit(repository).stderr


def test_nobody_commits(repository: Path):
    """Without a name and an address git would refuse; that is said before anything is written."""
    edit(repository / GROUP, "gpu: 2", "gpu: 3")
    before = git(repository, "status", "--porcelain")
    result = commit(repository, who=NOBODY)

    assert result.returncode == status.ENVIRONMENT
    assert "git does not know who commits: run git config user.name NAME" in result.stderr
    assert git(repository, "status", "--porcelain") == before


@pytest.mark.parametrize("name", ["pre-commit", "commit-msg"])
def test_a_hook_that_refuses(repository: Path, name: str):
    """Nothing is committed, the index is as before whatever the hook did to it, and what it said is shown, harmless."""
    edit(repository / GROUP, "gpu: 2", "gpu: 3")
    hook(repository, name, "git add -A; printf 'not on \\033[31mFriday\\n' >&2; exit 1")
    before, head = index(repository), git(repository, "rev-parse", "HEAD")
    result = commit(repository)

    assert result.returncode == status.ENVIRONMENT
    assert "git commit failed, and nothing was committed:\n  not on \\u001b[31mFriday" in result.stderr
    assert (index(repository), git(repository, "rev-parse", "HEAD")) == (before, head)


def test_a_hook_after_the_commit(repository: Path):
    """What fails once the commit is made does not undo it, and is not said to have."""
    edit(repository / GROUP, "gpu: 2", "gpu: 3")
    hook(repository, "post-commit", "kill -KILL $PPID")
    result = commit(repository)

    assert result.returncode == status.CLEAN
    assert result.stdout.startswith(git(repository, "rev-parse", "--short=7", "HEAD"))
    assert committed(repository) == ["output/lab/groups/first/quota.yaml", GROUP]


def test_a_lock_of_somebody_else(repository: Path):
    """An index that another git has locked is not written: it says what to do."""
    index_file = repository / ".git/index"
    content = index_file.read_bytes()
    (repository / ".git/index.lock").touch()

    with pytest.raises(GitError, match="another git is running, or was killed"):
        checkout._restore(index_file, (b"other", index_file.stat()))
    assert index_file.read_bytes() == content
    edit(repository / GROUP, "gpu: 2", "gpu: 3")
    assert commit(repository).returncode == status.ENVIRONMENT


def test_a_change_in_the_second_of_the_index_is_not_lost(repository: Path):
    """Where only the index's age makes git look into a file, it still does after a hook refused."""
    git(repository, "config", "core.trustctime", "false")
    long_ago = (1_700_000_000, 1_700_000_000)
    os.utime(repository / GROUP, long_ago)
    git(repository, "update-index", "--refresh")
    edit(repository / GROUP, "gpu: 2", "gpu: 3")
    os.utime(repository / GROUP, long_ago)
    os.utime(repository / ".git/index", long_ago)
    hook(repository, "pre-commit", "exit 1")

    assert commit(repository).returncode == status.ENVIRONMENT
    assert git(repository, "diff", "--name-only").splitlines()[-1] == GROUP


def test_hooks_see_what_is_committed(repository: Path):
    """A hook runs as git runs it: with the files of this commit staged, and patterns that mean what they say."""
    edit(repository / GROUP, "gpu: 2", "gpu: 3")
    hook(repository, "pre-commit", "git diff --cached --name-only -- '*.yaml' > seen")
    commit(repository)

    assert (repository / "seen").read_text().splitlines() == ["output/lab/groups/first/quota.yaml", GROUP]


def test_what_gitignore_leaves_out(repository: Path):
    """A new source that git would not take stops the commit: its output alone would be a lie."""
    (repository / ".gitignore").write_text("bob.yaml\n")
    bob = (repository / "tenants/users/people.yaml").read_text().replace("ann", "bob").replace("20001", "20002")
    (repository / "tenants/users/bob.yaml").write_text(bob)
    before = index(repository)
    result = commit(repository)

    assert result.returncode == status.ENVIRONMENT
    assert "git add failed" in result.stderr
    assert "tenants/users/bob.yaml" in result.stderr
    assert index(repository) == before


def test_variables_do_not_lead_to_another_repository(repository: Path, tmp_path: Path):
    """What a hook or a user has set for git changes nothing about what is committed where."""
    other = tmp_path / "other"
    subprocess.run(["git", "init", "-q", "-b", "main", str(other)], check=True)
    edit(repository / GROUP, "gpu: 2", "gpu: 3")
    led = {"GIT_DIR": str(other / ".git"), "GIT_WORK_TREE": str(other), "GIT_INDEX_FILE": str(other / "index")}

    assert commit(repository, who={**WHO, **led}).returncode == status.CLEAN
    assert committed(repository) == ["output/lab/groups/first/quota.yaml", GROUP]
    assert not (other / ".git/index").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_killed_in_the_middle(repository: Path, number: signal.Signals):
    """Ended while a hook runs, it leaves a repository in which the same command does its work the next time."""
    edit(repository / GROUP, "gpu: 2", "gpu: 3")
    hook(repository, "pre-commit", "touch started; sleep 30")
    before, head = index(repository), git(repository, "rev-parse", "HEAD")
    started = repository / "started"
    signal.signal(signal.SIGINT, signal.default_int_handler)  # tests that run in the background ignore it
    process = subprocess.Popen(
        [sys.executable, "-m", "cubec", "commit"],
        cwd=repository,
        env={**os.environ, **WHO},
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while not started.exists():
        time.sleep(0.02)
    if number == signal.SIGTERM:
        process.terminate()
    else:
        os.killpg(process.pid, number)  # as a terminal does: git is told, too
    process.wait()
    (repository / ".git/hooks/pre-commit").unlink()

    assert git(repository, "rev-parse", "HEAD") == head
    if number != signal.SIGKILL:
        assert index(repository) == before
    for lock in (repository / ".git").glob("*.lock"):
        assert number == signal.SIGKILL  # git's own, which git tells people to remove
        lock.unlink()
    assert commit(repository).returncode == status.CLEAN
    assert committed(repository) == ["output/lab/groups/first/quota.yaml", GROUP]
