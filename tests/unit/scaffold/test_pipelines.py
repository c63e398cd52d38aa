"""The pipelines of a new platform: run as the host would run them, and what they must never be given."""

import compileall
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from tests.unit.cli.test_commands import edit
from tests.unit.cli.test_plan import GROUP, git
from tests.unit.scaffold.scripts import ROOT, SCAFFOLD, script

from cubec import cli
from cubec.cli import init, status

WORKFLOWS = sorted([*(SCAFFOLD / "dot-github/workflows").glob("*.yaml"), *(ROOT / ".github/workflows").glob("*.yaml")])
GITLAB = yaml.safe_load((SCAFFOLD / "dot-gitlab-ci.yml").read_text())
untrusted = script("untrusted")


def workflow(name: str) -> dict:
    found = yaml.safe_load((SCAFFOLD / f"dot-github/workflows/{name}.yaml").read_text())
    return {("on" if key is True else key): value for key, value in found.items()}


@pytest.fixture(scope="module")
def origin(tmp_path_factory) -> Path:
    """A platform with branch main, and a branch work on which one group has changed."""
    folder = tmp_path_factory.mktemp("origin") / "my-platform"
    assert cli.main(["init", str(folder)]) == status.CLEAN
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "a platform")
    git(folder, "checkout", "-q", "-b", "work")
    edit(folder / GROUP, "gpu: 2", "gpu: 3")
    assert cli.main(["build", "--root", str(folder)]) == status.CLEAN
    git(folder, "commit", "-q", "-a", "-m", "more cards")
    return folder


@pytest.fixture
def clone(origin: Path, tmp_path: Path) -> Path:
    git(tmp_path, "clone", "-q", "--branch", "work", str(origin), "clone")
    return tmp_path / "clone"


def plan(folder: Path, base: str = "origin/main", **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {key: value for key, value in os.environ.items() if key != "GITHUB_ACTIONS"}
    return subprocess.run(
        ["sh", "ci/plan", base, "made here"],
        cwd=folder,
        env={**kept, "PATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_change(clone: Path):
    """A sound change passes, and leaves a plan that may be posted."""
    done = plan(clone)

    assert done.returncode == status.CLEAN, done.stdout + done.stderr
    text = untrusted.judged((clone / "made here/plan.md").read_bytes())
    assert "### Plan against `origin/main`" in text
    assert "guaranteed 2 → 3" in text
    assert "guaranteed 2 → 3" in done.stdout


def test_errors(clone: Path):
    """A tree with errors fails with their status; on GitHub they are annotations; the comment says that there is no plan."""
    edit(clone / GROUP, "gpu: 3", "gpu: two")
    done, annotated = plan(clone), plan(clone, GITHUB_ACTIONS="true")

    assert (done.returncode, annotated.returncode) == (status.INPUT, status.INPUT)
    assert "bad-gpu" in done.stderr
    assert f"::error file={GROUP}" in annotated.stdout
    # what the plan quotes is no command to the runner
    (end,) = re.findall("^::stop-commands::([0-9a-f]{32})$", annotated.stdout, re.MULTILINE)
    assert annotated.stdout.endswith(f"\n::{end}::\n")
    assert annotated.stdout.index("::stop-commands") < annotated.stdout.index("### Plan against")
    assert "No plan: the tree has errors." in untrusted.judged((clone / "made here/plan.md").read_bytes())


def test_a_refusal(clone: Path):
    """What the guard refuses fails with the guard's status, and the comment says so."""
    (clone / GROUP).unlink()
    subprocess.run([sys.executable, "-m", "cubec", "build"], cwd=clone, check=True, capture_output=True)
    subprocess.run([sys.executable, "-m", "cubec", "codeowners"], cwd=clone, check=True, capture_output=True)
    done = plan(clone)

    assert done.returncode == status.GUARD
    assert "Refused by the guard" in untrusted.judged((clone / "made here/plan.md").read_bytes())


@pytest.mark.parametrize("stale", ["output/lab/groups/first/quota.yaml", "CODEOWNERS"])
def test_what_is_not_current(clone: Path, stale: str):
    """An output, or owners, that are not what the sources make fail the run; it says on which day that was judged."""
    edit(clone / stale, "first", "other")
    done = plan(clone)

    assert done.returncode == status.STALE
    assert re.search(r"as of 20\d\d-\d\d-\d\d; the same here: cubec build --as-of 20\d\d-\d\d-\d\d", done.stderr)


def test_the_clock_is_not_the_commits(clone: Path):
    """Whoever sets the date of their commit into the past keeps no access that has ended."""
    edit(clone / GROUP, "role: developer", "role: developer\n      expires: 2001-01-01")
    git(clone, "add", "-A")
    environment = {
        **os.environ,
        "GIT_COMMITTER_DATE": "2000-06-01T12:00:00Z",
        "GIT_AUTHOR_DATE": "2000-06-01T12:00:00Z",
    }
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "old"]
    subprocess.run(command, cwd=clone, env=environment, check=True)
    built = subprocess.run(
        [sys.executable, "-m", "cubec", "build", "--check"], cwd=clone, check=False, capture_output=True
    )
    done = plan(clone)

    assert built.returncode == status.CLEAN
    assert done.returncode == status.STALE
    assert "membership-expired" in done.stdout + done.stderr


@pytest.mark.parametrize("depth", [1, 2])
def test_a_shallow_clone(origin: Path, tmp_path: Path, depth: int):
    """Without the base there is no plan, never one in which all is new: what to set is said, and no comment is left."""
    source = f"file://{origin}"
    git(tmp_path, "clone", "-q", "--branch", "work", "--single-branch", "--depth", str(depth), source, "clone")
    done = plan(tmp_path / "clone")

    assert done.returncode == status.ENVIRONMENT
    assert "this clone is shallow: fetch all of its history (in GitHub's checkout fetch-depth: 0)" in done.stderr
    assert not (tmp_path / "clone/made here/plan.md").exists()


def test_a_checkout_of_the_merge(origin: Path, tmp_path: Path):
    """GitHub checks out the merge of a pull request, detached: with all of the history that is a base like any other."""
    git(tmp_path, "clone", "-q", str(origin), "clone")
    folder = tmp_path / "clone"
    git(folder, "checkout", "-q", "--detach", "origin/main")
    git(folder, "merge", "-q", "--no-ff", "-m", "merged", "origin/work")
    done = plan(folder)

    assert done.returncode == status.CLEAN, done.stderr
    assert "guaranteed 2 → 3" in done.stdout
    assert "has commits that this tree does not have" not in done.stdout


@pytest.mark.parametrize("base", ["origin/a;touch hacked", "origin/$(touch hacked)", "--help"])
def test_names_of_branches(clone: Path, base: str):
    """A branch may be called anything: nothing of its name is run, and what no commit can be called is wrong usage."""
    done = plan(clone, base)

    assert done.returncode == status.USAGE
    assert not (clone / "hacked").exists()
    assert not (clone / "made here/plan.md").exists()


def test_usage(clone: Path):
    """The script wants a base and a folder."""
    done = subprocess.run(["sh", "ci/plan"], cwd=clone, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (2, "usage: sh ci/plan BASE FOLDER\n")


def test_the_comment_runs_by_itself(clone: Path):
    """The script that comments needs the interpreter and the file beside it only; the token comes on standard input."""
    shutil.copytree(clone / "ci", clone / "elsewhere")
    command = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        "import runpy, sys; sys.path.insert(0, 'elsewhere'); sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')",
    ]
    arguments = ["elsewhere/comment.py", "gitlab", "--api", "http://127.0.0.1:9", "--project", "1"]
    done = subprocess.run(
        [*command, *arguments], cwd=clone, input="token\n", capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (1, "")
    assert "the host could not be asked" in done.stdout


def steps(name: str) -> list[dict]:
    return [step for job in workflow(name)["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_nothing_of_an_event_is_run(path: Path):
    """No expression stands in a script: what people can name reaches it in variables only. No run keeps its token in the checkout."""
    found = yaml.safe_load(path.read_text())
    for job in found["jobs"].values():
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")
            if "actions/checkout" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False
    assert "pull_request_target" not in path.read_text()
    assert "secrets." not in path.read_text()


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned(path: Path):
    """An action is a commit, not a name that somebody can move; the comment says which version it is."""
    for line in path.read_text().splitlines():
        if "uses:" in line:
            assert re.search(r"uses: actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


def test_the_first_stage_may_only_read():
    """The run that sees the pull request's files has a token that reads, and hands over one file."""
    found = workflow("cubec")

    assert found["permissions"] == {"contents": "read"}
    assert not [job for job in found["jobs"].values() if "permissions" in job]
    (upload,) = [step for step in steps("cubec") if "upload-artifact" in step.get("uses", "")]
    assert upload["with"]["name"] == script("comment").ARTIFACT
    assert upload["with"]["path"] == f"plan/{untrusted.FILE}"
    (checkout,) = [step for step in steps("cubec") if "checkout" in step.get("uses", "")]
    assert checkout["with"]["fetch-depth"] == 0


def test_the_second_stage_runs_nothing_of_the_pull_request():
    """It starts by the first one's name, may comment and no more, and checks out the default branch."""
    found = workflow("cubec-comment")
    (job,) = found["jobs"].values()
    (checkout,) = [step for step in job["steps"] if "checkout" in step.get("uses", "")]

    assert found["on"] == {"workflow_run": {"workflows": [workflow("cubec")["name"]], "types": ["completed"]}}
    assert found["permissions"] == {}
    assert job["permissions"] == {"actions": "read", "contents": "read", "pull-requests": "write"}
    assert checkout["with"]["ref"] == "${{ github.event.repository.default_branch }}"
    assert not [step for step in job["steps"] if "pip" in step.get("run", "") or "download" in step.get("uses", "")]


def test_gitlabs_token_is_where_no_merge_request_is():
    """Only the scheduled job of the protected default branch speaks of the token, and runs nothing else."""
    jobs = {name: str(job) for name, job in GITLAB.items()}

    assert [name for name, job in jobs.items() if "TOKEN" in job] == ["note"]
    assert GITLAB["note"]["rules"] == [
        {
            "if": '$CI_PIPELINE_SOURCE == "schedule" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH'
            ' && $CI_COMMIT_REF_PROTECTED == "true"'
        }
    ]
    assert GITLAB[script("comment").JOB]["artifacts"]["paths"] == [untrusted.FILE]
    assert GITLAB["plan"]["variables"] == {"GIT_DEPTH": "0"}
    assert not [
        line for job in GITLAB.values() for line in job["script"] if re.search(r'(?<!")\$CI_\w+(?![\w":/])', line)
    ]


def test_a_new_platform_has_them(clone: Path):
    """All of it lands where the hosts look, and no name is left to fill in."""
    for name in (".github/workflows/cubec.yaml", ".github/workflows/cubec-comment.yaml", ".gitlab-ci.yml", "ci/plan"):
        assert "@VERSION@" not in (clone / name).read_text()
    assert sorted(path.name for path in (clone / "ci").iterdir()) == ["comment.py", "plan", "untrusted.py"]


def test_what_an_installation_adds_is_left_out(tmp_path: Path):
    """Whoever installs cubec may compile every script in it; a new platform gets the scripts alone."""
    installed = shutil.copytree(SCAFFOLD, tmp_path / "scaffold", ignore=shutil.ignore_patterns("__pycache__"))
    assert compileall.compile_dir(installed, quiet=1)
    assert list(installed.rglob("*.pyc"))
    init._copy(installed, tmp_path / "made", "made")

    assert not list((tmp_path / "made").rglob("__pycache__"))
    assert (tmp_path / "made/ci/plan").is_file()


@pytest.mark.tools
def test_actionlint():
    """The projects' own linter finds nothing in the workflows, those of this repository included."""
    command = ["go", "-C", str(ROOT / "ci/actionlint"), "tool", "actionlint", "-no-color", "-pyflakes=", "-shellcheck="]
    done = subprocess.run([*command, *map(str, WORKFLOWS)], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr
