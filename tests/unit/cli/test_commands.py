"""The commands as people and scripts run them: what they print where, and the status they exit with."""

import contextlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest

from cubec import cli, pipeline
from cubec.cli import status
from cubec.rules import RULES
from cubec.writer import disk

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Result:
    returncode: int
    stdout: str
    stderr: str


def run(*arguments: str, cwd: Path | None = None, environment: dict[str, str] | None = None) -> Result:
    """The command line in this process: the same code as in one of its own, and its coverage is counted."""
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(cwd or Path.cwd()),
        mock.patch.dict(os.environ, environment or {}),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        returncode = cli.main(list(arguments))
    return Result(returncode, out.getvalue(), err.getvalue())


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "my-platform"
    assert cli.main(["init", str(folder)]) == status.CLEAN
    return folder


@pytest.fixture
def platform(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "my-platform")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_init_makes_a_platform_that_is_current(platform: Path):
    """A new repository checks clean, its output is what a build makes, and editors and CI find what they need."""
    assert run("check", cwd=platform).returncode == status.CLEAN
    assert run("build", "--check", cwd=platform).returncode == status.CLEAN
    for name in (
        ".gitattributes",
        ".gitignore",
        "CODEOWNERS",
        ".github/workflows/cubec.yaml",
        ".gitlab-ci.yml",
        "schemas/cubec.io_v1.json",
    ):
        assert (platform / name).is_file(), name
    assert "@NAME@" not in "".join(path.read_text() for path in platform.rglob("*") if path.is_file())


def test_init_refuses_a_folder_in_use(platform: Path):
    """Nothing that is there is ever overwritten."""
    result = run("init", str(platform))

    assert result.returncode == status.USAGE
    assert "is not empty" in result.stderr


def test_init_refuses_a_name_that_cannot_be(tmp_path: Path):
    """The folder's name becomes the platform's, so it must be one."""
    result = run("init", str(tmp_path / "My_Platform"))

    assert result.returncode == status.USAGE
    assert "My_Platform" in result.stderr
    assert not (tmp_path / "My_Platform").exists()


def test_any_folder_below_the_root_will_do(platform: Path):
    """A command finds the platform from wherever in it it is run."""
    assert run("check", cwd=platform / "tenants" / "groups").returncode == status.CLEAN


def test_outside_a_platform(tmp_path: Path):
    """Where there is no platform, the message says how to get to one."""
    result = run("check", cwd=tmp_path)

    assert result.returncode == status.USAGE
    assert "cubec init" in result.stderr


def test_an_error_stops_the_build(platform: Path):
    """A wrong file is reported, the status says so, and not one file of the output changes."""
    before = {path: path.read_bytes() for path in (platform / "output").rglob("*") if path.is_file()}
    edit(platform / "tenants/groups/first.yaml", "user: ann", "user: anne")
    edit(platform / "tenants/groups/first.yaml", "gpu: 2", "gpu: 1")
    result = run("build", cwd=platform)

    assert result.returncode == status.INPUT
    assert "tenants/groups/first.yaml:13:13: error:" in result.stderr
    assert "Nothing was written." in result.stderr
    assert result.stdout == ""
    assert {path: path.read_bytes() for path in (platform / "output").rglob("*") if path.is_file()} == before


def test_a_change_touches_only_its_group(platform: Path):
    """A build says what it changed, and a change of one group changes that group's files."""
    edit(platform / "tenants/groups/first.yaml", "gpu: 2", "gpu: 1")
    stale = run("build", "--check", cwd=platform)
    result = run("build", cwd=platform)

    assert stale.returncode == status.STALE
    assert "different: output/lab/groups/first/quota.yaml" in stale.stderr
    assert result.returncode == status.CLEAN
    assert "first/quota.yaml" in result.stdout
    assert run("build", "--check", cwd=platform).returncode == status.CLEAN


def test_an_edited_output_is_found(platform: Path):
    """A hand in the output, a file too many and a file too few: the check names each."""
    edit(platform / "output/lab/groups/first/quota.yaml", "requests.cpu", "requests.cup")
    (platform / "output/lab/groups/first/extra.yaml").write_text("a: b\n")
    (platform / "output/lab/groups/first/rbac.yaml").unlink()
    result = run("build", "--check", cwd=platform)

    assert result.returncode == status.STALE
    assert "different: output/lab/groups/first/quota.yaml" in result.stderr
    assert "left over: output/lab/groups/first/extra.yaml" in result.stderr
    assert "missing: output/lab/groups/first/rbac.yaml" in result.stderr


def test_no_platform_document(platform: Path):
    """A tree without a Platform is an error, never an empty platform."""
    (platform / "tenants/platform.yaml").unlink()
    result = run("build", cwd=platform)

    assert result.returncode == status.INPUT
    assert "[platform-missing]" in result.stderr


def test_formats(platform: Path):
    """Machines get diagnostics on standard output, as the format they asked for."""
    edit(platform / "tenants/groups/first.yaml", "gid: 10001", "gid: ten")
    found = json.loads(run("check", "--format", "json", cwd=platform).stdout)
    log = json.loads(run("check", "--format", "sarif", cwd=platform).stdout)
    annotations = run("check", "--format", "github", cwd=platform).stdout

    assert found["diagnostics"][0]["code"] == "wrong-type"
    assert log["runs"][0]["results"][0]["ruleId"] == "wrong-type"
    assert annotations.startswith("::error file=tenants/groups/first.yaml,line=")


def test_paths_limit_the_report(platform: Path):
    """With paths, only what concerns them is reported; the rest is read all the same."""
    edit(platform / "tenants/groups/first.yaml", "gid: 10001", "gid: ten")

    assert run("check", "tenants/users", cwd=platform).returncode == status.CLEAN
    assert run("check", "tenants/groups", cwd=platform).returncode == status.INPUT
    assert run("check", ".", cwd=platform).returncode == status.INPUT


def test_a_date_is_needed_where_access_ends(platform: Path):
    """Without a commit and without --as-of, expiry cannot be judged, and the message says what to give."""
    edit(platform / "tenants/users/people.yaml", "uid: 20001,", "uid: 20001, expires: 2030-01-01,")
    environment = {"GIT_CEILING_DIRECTORIES": str(platform.parent)}
    result = run("check", cwd=platform, environment=environment)

    assert result.returncode == status.USAGE
    assert "--as-of" in result.stderr
    assert run("check", "--as-of", "2026-11-22", cwd=platform, environment=environment).returncode == status.CLEAN


def test_the_last_commit_is_the_clock(platform: Path):
    """With a commit, its day decides what has expired."""
    edit(platform / "tenants/users/people.yaml", "uid: 20001,", "uid: 20001, expires: 2025-06-30,")
    git = ["git", "-C", str(platform), "-c", "user.name=a", "-c", "user.email=a@example.com"]
    for day, word in (("2025-05-01", "no errors"), ("2025-07-01", "warning")):
        environment = {**os.environ, "GIT_COMMITTER_DATE": f"{day}T12:00:00Z", "GIT_AUTHOR_DATE": f"{day}T12:00:00Z"}
        subprocess.run([*git, "init", "-q"], check=True)
        subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "x"], check=True, env=environment)

        assert word in run("check", cwd=platform).stderr.splitlines()[-1]


def test_the_clock_is_that_of_this_repository(platform: Path, tmp_path: Path):
    """Neither a hook's variables nor a setting that makes git say more keep the last commit's day from being read."""
    edit(platform / "tenants/users/people.yaml", "uid: 20001,", "uid: 20001, expires: 2025-06-30,")
    git = ["git", "-C", str(platform), "-c", "user.name=a", "-c", "user.email=a@example.com"]
    environment = {**os.environ, "GIT_COMMITTER_DATE": "2025-05-01T12:00:00Z"}
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "x"], check=True, env=environment)
    subprocess.run([*git, "config", "log.showSignature", "true"], check=True)

    assert "no errors" in run("check", cwd=platform).stderr
    assert "no errors" in run("check", cwd=platform, environment={"GIT_DIR": str(tmp_path / "none")}).stderr


def test_codes_and_their_pages():
    """Every code is listed, each has a page, and a wrong code gets a near miss."""
    listed = run("codes").stdout.splitlines()
    as_json = json.loads(run("codes", "--format", "json").stdout)
    page = run("explain", "platform-missing").stdout

    assert len(listed) == len(as_json) == len(RULES)
    assert "Bad:" in page
    assert "Good:" in page
    assert 'did you mean "platform-missing"?' in run("explain", "platform-mising").stderr


def test_schema(tmp_path: Path):
    """The schemas are printed one by one, or written for an editor."""
    assert json.loads(run("schema", "Group").stdout)["title"]
    assert json.loads(run("schema").stdout)
    assert run("schema", "Gruop").returncode == status.USAGE
    assert run("schema", "--write", str(tmp_path / "schemas")).returncode == status.CLEAN
    assert (tmp_path / "schemas" / "group.json").is_file()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell: str):
    """Each shell gets a script that asks cubec what fits."""
    assert "_CUBEC_COMPLETE" in run("completion", shell).stdout


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("cubec buil", "plain,build\n"),
        ("cubec plan --format ma", "plain,markdown\n"),
        ("cubec build --outp", "plain,--output\n"),
        ("cubec build --output ../x --as-of soon --che", "plain,--check\n"),
        ("cubec nothing --f", "\n"),
    ],
)
def test_what_the_script_is_answered(
    words: str, expected: str, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
):
    """Commands, options and values are completed; where there is nothing to complete, nothing is said."""
    monkeypatch.setenv("_CUBEC_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(words.count(" ")))

    assert cli.main([]) == status.CLEAN
    assert capsysbinary.readouterr() == (expected.encode(), b"")


def test_every_command_explains_itself():
    """--help lists all commands, and each has its own."""
    listed = run("--help").stdout

    for name in cli.COMMANDS:
        assert re.search(rf"^  {name} ", listed, re.MULTILINE)
        assert run(name, "--help").returncode == status.CLEAN


@pytest.mark.parametrize(
    "name",
    [
        "build",
        "can",
        "check",
        "codeowners",
        "commit",
        "drift",
        "explain",
        "kubeconfig",
        "plan",
        "report",
        "seal",
        "try",
    ],
)
def test_help_lists_the_exit_statuses(name: str):
    """Each command that judges something says in a paragraph of its own what its statuses mean, 1 among them."""
    shown = " ".join(run(name, "--help").stdout.split("\n\n  Exit status: 0 ")[1].split("\n\n")[0].split())

    assert re.search(r"\b1 the tree .*errors", shown)


@pytest.mark.parametrize(
    "arguments", [["chek"], ["check", "--nope"], ["check", "/no/such/place"], ["check", "--as-of", "soon"]]
)
def test_wrong_usage(arguments: list[str]):
    """A wrong word is a usage error, and help is near."""
    result = run(*arguments)

    assert result.returncode == status.USAGE
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (("biuld",), 'no command "biuld"; did you mean "build"?'),
        (("frobnicate",), 'no command "frobnicate"; see the list of them'),
        (("check", "--nope"), "no such option '--nope'"),
        (("explain",), "missing argument 'REF'\ncubec explain --help says how it is used\n"),
        (("completion",), "missing argument '{bash|fish|zsh}'. Choose from: bash, fish, zsh\n"),
        (("check", "--as-of", "2026-02-30"), '"2026-02-30" is no day: write one as in 2026-12-31'),
        (("check", "--as-of", "20261231"), '"20261231" is no day'),
        (("explain", "x\x1b[31m/y"), "x\\u001b[31m/y"),
        (("schema", "Gruop"), 'did you mean "Group"?'),
        (("schema", "Pod"), "there are Platform, Cluster, NodePool, "),
    ],
)
def test_words_of_wrong_usage(platform: Path, said: tuple[str, ...], expected: str):
    """One line says what is wrong, as every other message does; the next one where help is."""
    result = run(*said, cwd=platform)

    assert result.returncode == status.USAGE
    assert result.stderr.startswith("cubec: ")
    assert expected in result.stderr
    assert result.stderr.count("\n") == 2


@pytest.mark.parametrize("folder", ["", ".", "..", "../x", "a/../../x", "/tmp/x", ".git", ".cubec/x", "a\nb"])
def test_output_stays_below_the_root(platform: Path, folder: str):
    """What is written is written below the platform's root, and never where git or cubec keep their own."""
    result = run("build", "--output", folder, cwd=platform)

    assert result.returncode == status.USAGE
    assert "is no folder below the platform's root" in result.stderr
    assert not (platform.parent / "x").exists()


def test_another_output(platform: Path):
    """Another folder is written, compared and named like the usual one."""
    assert "made/ is up to date" in run("build", "--output", "./made/", cwd=platform).stdout
    assert run("build", "--check", "--output", "made", cwd=platform).stdout == "made/ is what these sources make\n"


def test_paths_are_understood_from_anywhere(platform: Path, tmp_path: Path):
    """A path with .. or through a link means what it means to the shell; an error never goes unsaid for its spelling."""
    edit(platform / "tenants/groups/first.yaml", "gid: 10001", "gid: ten")
    (tmp_path / "link").symlink_to(platform)
    users = platform / "tenants" / "users"

    for path in ("../groups", "../groups/first.yaml", "..", "../..", str(tmp_path / "link" / "tenants" / "groups")):
        assert run("check", path, cwd=users).returncode == status.INPUT, path
    assert run("check", "../users", cwd=users).returncode == status.CLEAN
    assert run("check", "tenants/groups", cwd=tmp_path / "link").returncode == status.INPUT


@pytest.mark.parametrize("path", ["/etc", "output", "output/README.md", "CODEOWNERS"])
def test_a_path_that_nothing_checks(platform: Path, path: str):
    """A path outside tenants/ is refused: what was not checked must not look clean."""
    result = run("check", path, cwd=platform)

    assert result.returncode == status.USAGE
    assert f'"{path}" is not in {platform}/tenants' in result.stderr


def test_a_move_that_fails_names_its_target(platform: Path):
    """A file of the output that cannot be replaced is named itself, not the stage beside it."""
    edit(platform / "tenants/groups/first.yaml", "gpu: 2", "gpu: 1")
    quota = platform / "output/lab/groups/first/quota.yaml"
    quota.unlink()
    (quota / "a").mkdir(parents=True)
    result = run("build", cwd=platform)

    assert result.returncode == status.ENVIRONMENT
    assert str(quota) in result.stderr
    assert ".cubec/stage" not in result.stderr


def test_init_says_what_to_do_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The commands that init prints can be run as they stand, and leave nothing uncommitted."""
    for name, value in (
        ("AUTHOR_NAME", "a"),
        ("AUTHOR_EMAIL", "a@b"),
        ("COMMITTER_NAME", "a"),
        ("COMMITTER_EMAIL", "a@b"),
    ):
        monkeypatch.setenv(f"GIT_{name}", value)
    (tmp_path / "two words").mkdir()
    result = run("init", "two words/my-platform", cwd=tmp_path)
    command = next(line for line in result.stdout.splitlines() if line.startswith("  "))
    subprocess.run(f"{command} -q", shell=True, cwd=tmp_path, check=True, stdout=subprocess.DEVNULL)
    (tmp_path / "two words/my-platform/ann@lab.kubeconfig").touch()  # a credential: never one for git add
    left = subprocess.run(
        ["git", "status", "--porcelain"], cwd=tmp_path / "two words/my-platform", capture_output=True, check=True
    )

    assert left.stdout == b""
    assert run("commit", "--dry-run", cwd=tmp_path / "two words/my-platform").returncode == status.CLEAN


def test_a_bug_is_reported_without_a_traceback(platform: Path, monkeypatch, capsys):
    """Whatever breaks inside, people see one line to report, and nothing of their files."""

    def broken(*_arguments):
        raise RuntimeError("a password: hunter2")

    monkeypatch.setattr(pipeline, "analyse", broken)

    assert cli.main(["check", "--root", str(platform)]) == status.BUG
    shown = capsys.readouterr().err
    assert "RuntimeError" in shown
    assert "hunter2" not in shown
    assert "Traceback" not in shown


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (PermissionError(13, "Permission denied", "output/x"), status.ENVIRONMENT),
        (OSError("broken"), status.ENVIRONMENT),
        (KeyboardInterrupt(), status.INTERRUPTED),
    ],
)
def test_failures_of_the_environment(platform: Path, monkeypatch, capsys, raised: BaseException, expected: int):
    """What the system refuses is said in one line with the path, under its own status."""

    def broken(*_arguments):
        raise raised

    monkeypatch.setattr(pipeline, "analyse", broken)

    assert cli.main(["check", "--root", str(platform)]) == expected
    assert "Traceback" not in capsys.readouterr().err


def test_a_full_standard_output(platform: Path):
    """Where the result cannot be written, the status says so."""
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "cubec", "codes"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=60)

    assert done.returncode == status.ENVIRONMENT
    assert "Traceback" not in done.stderr


def test_a_reader_that_went_away():
    """`cubec codes | head -1` ends quietly."""
    process = subprocess.Popen(
        ["bash", "-c", f"{sys.executable} -m cubec codes | (exec <&-; sleep 1); echo ${{PIPESTATUS[0]}}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    out, err = process.communicate(timeout=60)

    assert out.strip() in {str(status.BROKEN_PIPE), "0"}
    assert "Traceback" not in err


def test_a_terminated_build(platform: Path):
    """SIGTERM ends a build with its own status, and what stands in the output is whole."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cubec", "build"], cwd=platform, stderr=subprocess.PIPE, stdout=subprocess.PIPE
    )
    time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)

    assert process.returncode in {status.TERMINATED, -signal.SIGTERM, status.CLEAN}
    assert b"Traceback" not in err


def test_a_platform_that_another_build_holds(platform: Path):
    """Two builds at once: the second says so and writes nothing."""
    with disk.lock(platform):
        result = run("build", cwd=platform)

    assert result.returncode == status.ENVIRONMENT
    assert "another build" in result.stderr
