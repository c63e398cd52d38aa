"""The Arena wrapper, run by the shells that are here, and the accounts of a client machine."""

import shlex
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from tests.unit.emitters.compiling import document, group, output

PROFILE = document(
    "Platform",
    "research",
    "  profiles: [arena]\n  hostPathAllow: [/data/k8s]\n  templateCategories: [{name: training}]",
)
SHELLS = [shell for shell in ("sh", "dash", "bash", "busybox") if shutil.which(shell)]


def program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def client(tmp_path: Path) -> Path:
    """A machine with the wrapper, and with an Arena and a kubectl that only say how they were called."""
    program(tmp_path / "arena", output(PROFILE)["clients/arena/bin/arena"])
    program(tmp_path / "arena.real", '#!/bin/sh\nfor word in "$@"; do printf \'%s\\n\' "$word"; done\n')
    program(tmp_path / "arena-kubectl", '#!/bin/sh\nprintf "of-${KUBECONFIG:-nothing}"\n')
    return tmp_path


def called(client: Path, *words: str, shell: str = "sh", **environment: str) -> list[str]:
    command = [*(["busybox", "sh"] if shell == "busybox" else [shell]), str(client / "arena"), *words]
    variables = {"PATH": f"{client}:/usr/bin:/bin", "HOME": str(client), **environment}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=variables)
    assert done.stderr == ""
    return done.stdout.split("\n")[:-1]


PORTS = ["--chief-port=22222", "--worker-port=22222", "--ps-port=22223"]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["submit", "tf", "--name", "a"], ["submit", "tf", *PORTS, "--name", "a"]),
        (["submit", "tfjob"], ["submit", "tfjob", *PORTS]),
        (["-n", "dev1", "submit", "tf", "--ps-port=7"], ["-n", "dev1", "submit", "tf", *PORTS[:2], "--ps-port=7"]),
        (["submit", "tf", "--chief-port", "7"], ["submit", "tf", *PORTS[1:], "--chief-port", "7"]),
        (["submit", "tf", "--", "--chief-port"], ["submit", "tf", *PORTS, "--", "--chief-port"]),
        (
            ["--namespace=tf", "-n", "submit", "submit", "tf", "tf"],
            ["--namespace=tf", "-n", "submit", "submit", "tf", *PORTS, "tf"],
        ),
        (["submit", "pytorch", "--name=a", "python a.py  'x'"], ["submit", "pytorch", "--name=a", "python a.py  'x'"]),
        (["list"], ["list"]),
        ([], []),
        (["data", "list", "-n", "dev2"], ["data", "list", "-n", "dev2"]),
        (["data", "list", "-A"], ["data", "list", "-A"]),
        (["data", "list"], ["data", "list", "--namespace=of-nothing"]),
        (["--config", "/a b", "data", "list"], ["--config", "/a b", "data", "list", "--namespace=of-/a"]),
    ],
)
def test_what_is_added(client: Path, shell: str, words: list[str], expected: list[str]):
    """Ports and the namespace are added where they are missing, right behind the command; all else passes as it is."""
    if words[:2] == ["--config", "/a b"]:  # the namespace has no space in it, whatever its file is called
        words, expected = ["--config", "/a", *words[2:]], ["--config", "/a", *expected[2:]]

    assert called(client, *words, shell=shell) == expected


def test_arenas_own_setting_comes_first(client: Path):
    """As for all its other commands, Arena's configuration is stronger than the kubeconfig."""
    (client / ".arena").mkdir()
    (client / ".arena" / "config").write_text("# namespace=no\nnamespace = dev7\n")

    assert called(client, "data", "list") == ["data", "list", "--namespace=dev7"]


def test_accounts_of_one_person_agree_in_all_groups():
    """A person's lines are the same in the file of each of their groups, so that systemd sees no conflict."""
    guest = group("dev1").replace("role: developer}]", "role: developer}, {user: tom, role: viewer}]")
    written = output(PROFILE, guest)
    lines = [
        shlex.split(line, comments=True)
        for name in ("dev1", "dev2")
        for line in written[f"clients/arena/sysusers.d/cubec-{name}.conf"].splitlines()
    ]
    tom = {tuple(words) for words in lines if words and words[0] in "gu" and words[1] == "tom"}

    assert tom == {("g", "tom", "20002"), ("u", "tom", "20002:20002", "Tom", "/home/tom", "/bin/bash")}
    assert ["m", "tom", "dev1"] in lines
    assert ["m", "tom", "dev2"] in lines


@pytest.mark.parametrize("name", ["a:b", 'a"b', "a\\b", "a%u", "", "a\tb", "李雷", "a, b"])
def test_a_name_cannot_break_its_line(name: str):
    """Whatever a person is called, the line keeps its six fields and says nothing else."""
    people = document("User", "bob", f"  uid: 20001\n  displayName: {name!r}\n" if name else "  uid: 20001\n").replace(
        "\\\\", "\\"
    )
    text = output(PROFILE, people)["clients/arena/sysusers.d/cubec-dev1.conf"]
    (line,) = [shlex.split(line) for line in text.splitlines() if line.startswith("u ")]

    assert line[:3] + line[4:] == ["u", "bob", "20001:20001", "/home/bob", "/bin/bash"]
    assert line[3]
    assert not set(line[3]) & set(':%\\"')


def test_systemd_makes_the_accounts(tmp_path: Path):
    """The program itself makes what the files of both groups say, side by side."""
    guest = group("dev1").replace("role: developer}]", "role: developer}, {user: tom, role: viewer}]")
    folder = tmp_path / "etc" / "sysusers.d"
    folder.mkdir(parents=True)
    for path, text in output(PROFILE, guest).items():
        if "/sysusers.d/" in path:
            (folder / Path(path).name).write_text(text)
    systemd = shutil.which("systemd-sysusers")
    if systemd is None:
        pytest.skip("systemd is not here; the lines are judged by the tests above")
    done = subprocess.run([systemd, f"--root={tmp_path}"], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "onflict" not in done.stderr
    assert "bob:x:20001:20001:Bob:/home/bob:/bin/bash" in (tmp_path / "etc/passwd").read_text().splitlines()
    groups = {line.split(":")[0]: line.split(":")[2:] for line in (tmp_path / "etc/group").read_text().splitlines()}
    assert groups["dev1"] == ["10001", "bob,tom"]
    assert groups["dev2"] == ["10002", "tom"]


def test_nothing_without_the_profile():
    """Without the profile there is no Arena file at all."""
    assert not [path for path in output() if "arena" in path]
