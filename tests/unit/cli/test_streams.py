"""Standard streams that are closed, full or of another encoding, as cron, containers and old terminals have them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.cli.test_commands import edit, made, platform  # noqa: F401 — fixtures

from cubec import cli
from cubec.cli import status, streams

CUBEC = f"{sys.executable} -m cubec"


def shell(command: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["bash", "-c", command],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("command", ["build", "report", "codes", "--help", "codeowners"])
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams(platform: Path, command: str, closed: str):  # noqa: F811
    """A stream that the caller has closed changes neither what is done nor the status."""
    done = shell(f"{CUBEC} {command} {closed}", platform)

    assert (done.returncode, done.stderr) == (status.CLEAN, b"")


def test_a_file_never_gets_the_number_of_a_stream(platform: Path):  # noqa: F811
    """With standard output closed, what is printed does not end up in a file that the command has opened."""
    shutil.rmtree(platform / "output")
    shell(f"{CUBEC} build >&- 2>&-", platform)

    assert shell(f"{CUBEC} build --check", platform).returncode == status.CLEAN
    assert (platform / ".cubec/lock").read_bytes() == b""


def test_objects_from_a_closed_standard_input(platform: Path):  # noqa: F811
    """``cubec try -f -`` without a standard input is a wrong call, not a bug."""
    done = shell(f"{CUBEC} try --group first -f - <&-", platform)

    assert done.returncode == status.USAGE
    assert b"standard input is closed" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [("check --root /no/such/place", status.USAGE), ("check", status.ENVIRONMENT), ("explain nope", status.USAGE)],
)
def test_a_full_standard_error(platform: Path, arguments: str, expected: int):  # noqa: F811
    """Where even the message cannot be written, the status is still the right one."""
    assert shell(f"{CUBEC} {arguments} 2>/dev/full", platform).returncode == expected


def test_a_reader_of_messages_that_went_away(platform: Path):  # noqa: F811
    """A broken pipe on standard error ends quietly, too."""
    done = shell(f"{CUBEC} check 2>&1 >/dev/null | (exec <&-; sleep 1); echo ${{PIPESTATUS[0]}}", platform)

    assert int(done.stdout) in {status.BROKEN_PIPE, status.CLEAN}
    assert done.stderr == b""


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "cp1252"])
def test_every_locale_gets_the_same_bytes(platform: Path, encoding: str):  # noqa: F811
    """Results are UTF-8 whatever the locale says: they are compared, committed and sent."""
    for command in ("build", "report", "can --all"):
        done = shell(f"{CUBEC} {command} | sed 's/ in .* s$//'", platform, PYTHONIOENCODING=encoding)

        assert done.stdout == shell(f"{CUBEC} {command} | sed 's/ in .* s$//'", platform).stdout
        assert done.stderr == b""


def test_preparing(monkeypatch: pytest.MonkeyPatch):
    """What is closed leads into nothing afterwards, and can be written to."""
    kept = [os.dup(number) for number in (0, 1, 2)]
    try:
        for name in ("stdin", "stdout", "stderr"):
            monkeypatch.setattr(sys, name, None)
        streams.prepare()

        assert [Path(f"/proc/self/fd/{number}").readlink() for number in (0, 1, 2)] == [Path(os.devnull)] * 3
        assert sys.stdin is None
        for stream in (sys.stdout, sys.stderr):
            stream.write("→")
            stream.flush()
    finally:
        for number, old in enumerate(kept):
            os.dup2(old, number)
            os.close(old)


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_colours(platform: Path, environment: dict[str, str], coloured: bool):  # noqa: F811
    """A terminal gets colours, unless its user or its kind has none."""
    edit(platform / "tenants/groups/first.yaml", "gid: 10001", "gid: ten")
    spawn = f"import pty; pty.spawn({[*CUBEC.split(), 'check']})"
    done = shell(
        f'{sys.executable} -c "{spawn}" < /dev/null', platform, **{"TERM": "xterm", "NO_COLOR": "", **environment}
    )

    assert b"[wrong-type]" in done.stdout
    assert (b"\x1b[1" in done.stdout) == coloured


@pytest.mark.parametrize(
    ("arguments", "stream", "expected"),
    [
        (["codes"], "stdout", status.ENVIRONMENT),
        (["codes", "--nope"], "stderr", status.USAGE),
        (["report", "-o", "/no/such/place"], "stderr", status.ENVIRONMENT),
    ],
)
def test_a_full_stream_in_this_process(
    platform: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    stream: str,
    expected: int,
):
    """What cannot be written is given up, so that the interpreter's end does not fail over it once more."""
    monkeypatch.chdir(platform)
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, stream, full)

        assert cli.main(arguments) == expected
        full.write("goes nowhere")
