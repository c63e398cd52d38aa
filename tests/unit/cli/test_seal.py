"""``cubec seal``: what it prints is pasted, built, and opened by the programs that open it in a cluster."""

import base64
import contextlib
import ctypes
import fcntl
import json
import os
import pty
import re
import resource
import shutil
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
import yaml
from click import termui
from kubesealpy import KubesealPyError, Unsealer
from tests.test_golden import GOLDEN
from tests.unit.cli.test_commands import Result, edit, run
from tests.unit.sealing.material import (
    age_key,
    certificate,
    elliptic_certificate,
    login_in,
    opened_by_sops,
    rsa_key,
)

from cubec.cli import plaintext, status

DAY = "2026-11-22"
HUB = "tenants/registries/hub.yaml"
ACK = "tenants/clusters/ack.yaml"
STORE = {"mode": "external-secrets", "store": {"name": "vault"}}
SYNC = {"mode": "sync", "namespace": "cubec-system"}
SEALED = {"mode": "sealed-secrets", "certificate": certificate()}
ELLIPTIC = {"mode": "sealed-secrets", "certificate": elliptic_certificate()}
SOPS = {"mode": "sops", "recipients": [age_key()[0]]}
MISTYPED = {"mode": "sops", "recipients": [age_key()[0][:-1] + ("q" if age_key()[0][-1] != "q" else "p")]}


def cluster(root: Path, name: str, secrets: dict | None) -> None:
    """The base platform's cluster under a name, with its logins as ``secrets`` says."""
    value = yaml.safe_load((GOLDEN / "base" / ACK).read_text())
    value["metadata"]["name"] = name
    value["spec"].pop("secrets")
    if secrets:
        value["spec"]["secrets"] = secrets
        operators = {"external-secrets", "sealed-secrets"} & {secrets["mode"]}
        value["spec"]["capabilities"][-1:] = operators
        value["spec"]["delivery"]["engine"] = "flux" if secrets["mode"] == "sops" else "argocd"
    (root / f"tenants/clusters/{name}.yaml").write_text(yaml.safe_dump(value, sort_keys=False))


@pytest.fixture(autouse=True)
def _leave_the_process_as_it_was() -> Iterator[None]:
    limits = resource.getrlimit(resource.RLIMIT_CORE)
    yield
    resource.setrlimit(resource.RLIMIT_CORE, limits)
    plaintext.dumpable(allowed=True)


@pytest.fixture
def platform(tmp_path: Path) -> Callable[[dict | None], Path]:
    """The base platform, whose cluster gets its logins as is said."""

    def make(secrets: dict | None) -> Path:
        root = tmp_path / "platform"
        shutil.copytree(GOLDEN / "base" / "tenants", root / "tenants")
        cluster(root, "ack", secrets)
        return root

    return make


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """What stands on standard input."""
    return lambda data: monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(data)))


def seal(root: Path, *words: str) -> Result:
    return run("seal", *words, "--root", str(root), "--as-of", DAY)


def paste(root: Path, sealed: Result) -> None:
    """Do what the message says."""
    assert sealed.returncode == status.CLEAN, sealed.stderr
    path, line = re.search(r" at (\S+?):(\d+):\d+", sealed.stderr).groups()
    lines = (root / path).read_text().splitlines(keepends=True)
    for name in re.findall(r'place of what stands there for "(\w+)"', sealed.stderr):
        start = next(n for n, text in enumerate(lines) if text.strip() == f"{name}:")
        deep = len(lines[start]) - len(lines[start].lstrip())
        end = next(
            (n for n in range(start + 1, len(lines)) if len(lines[n]) - len(lines[n].lstrip()) <= deep), len(lines)
        )
        del lines[start:end]
    lines.insert(int(line), sealed.stdout)
    (root / path).write_text("".join(lines))


def checked(root: Path) -> None:
    """Nothing is wrong with what was pasted."""
    result = run("check", "--root", str(root), "--as-of", DAY)
    # the base platform's registry keeps its key in a store, which no cluster reads here
    assert result.returncode == status.CLEAN, result.stderr


def emitted(root: Path) -> dict[str, dict]:
    """The pull secret of each group's namespace."""
    assert run("build", "--root", str(root), "--as-of", DAY).returncode == status.CLEAN
    files = sorted((root / "output" / "ack" / "groups").glob("*/secrets.yaml"))
    found = [item for file in files for item in yaml.safe_load_all(file.read_text())]
    return {item["metadata"]["namespace"]: item for item in found}


def test_sealed_secrets_from_the_password_to_the_cluster(platform, given):
    """Pasted and built, each namespace's text opens there, holds this login, and opens nowhere else."""
    root = platform(SEALED)
    given(b"hunter2\n")
    paste(root, seal(root, "hub", "--username", "robot"))
    checked(root)
    judge, made = Unsealer.from_private_key(rsa_key()), emitted(root)

    assert sorted(made) == ["dev1", "dev2"]
    for namespace, item in made.items():
        blob = base64.b64decode(item["spec"]["encryptedData"][".dockerconfigjson"])
        opened = judge.unseal_value(blob, namespace, item["metadata"]["name"])
        assert json.loads(opened)["auths"]["registry.example.com"]["password"] == "hunter2"
        for other, name in (("kube-system", "hub"), (namespace, "hub2")):
            with pytest.raises(KubesealPyError):
                judge.unseal_value(blob, other, name)
        assert "annotations" not in item["spec"]["template"]["metadata"]


def test_sops_from_the_password_to_the_cluster(platform, given, tmp_path):
    """Pasted and built, the sops program opens each file with one Secret, and each Secret as Flux hands it over: alone, as JSON."""
    root = platform(SOPS)
    edit(root / "tenants/groups/dev2.yaml", "spec:\n", "spec:\n  namespaces: [{name: dev2}, {name: dev2-more}]\n")
    given(b"hunter2\n")
    paste(root, seal(root, "hub", "--username", "robot"))
    checked(root)
    made = emitted(root)

    assert sorted(made) == ["dev1", "dev2", "dev2-more"]
    for item in made.values():
        alone = opened_by_sops(json.dumps(item, sort_keys=True), age_key()[1], tmp_path, form="json")
        assert alone.returncode == 0, alone.stderr
        assert login_in(json.loads(alone.stdout))["password"] == "hunter2"
    whole = opened_by_sops((root / "output/ack/groups/dev1/secrets.yaml").read_text(), age_key()[1], tmp_path)
    assert whole.returncode == 0, whole.stderr
    assert login_in(yaml.safe_load(whole.stdout))["password"] == "hunter2"


def test_a_registry_in_braces(platform, given):
    """Lines cannot be pasted between braces; the message says so."""
    root = platform(SOPS)
    (root / HUB).write_text(
        "apiVersion: cubec.io/v1\nkind: Registry\nmetadata: {name: hub}\nspec: {server: registry.example.com, allGroups: true}\n"
    )
    given(b"hunter2")

    assert "on several lines first, without its braces" in seal(root, "hub", "--username", "robot").stderr


def test_a_registry_without_credentials(platform, given):
    """Where the document has no such keys yet, they are printed, too."""
    root = platform(SOPS)
    edit(root / HUB, "  credentials:\n    remote: registries/hub\n", "")
    given(b"hunter2")
    made = seal(root, "hub", "--username", "robot")

    assert made.stdout.startswith("  credentials:\n    sealed:\n      ack:\n        server: registry.example.com\n")
    paste(root, made)
    checked(root)


def test_a_registry_in_a_list_is_indented_as_it_stands(platform, given):
    """In a List everything stands further right."""
    root = platform(SOPS)
    text = (root / HUB).read_text().replace("\n", "\n    ").rstrip()
    (root / HUB).write_text(f"apiVersion: cubec.io/v1\nkind: List\nitems:\n  - {text}\n")
    given(b"hunter2")
    paste(root, seal(root, "hub", "--username", "robot"))

    checked(root)


def test_a_new_group_gets_its_text_and_the_others_keep_theirs(platform, given):
    """What is missing is told by check and by --missing; sealing for one group leaves other namespaces' texts alone."""
    root = platform(SEALED)
    given(b"hunter2")
    only = seal(root, "hub", "--username", "robot", "-n", "dev1")
    paste(root, only)
    before = only.stdout.split("dev1: ")[1].split()[0]

    told = run("check", "--root", str(root), "--as-of", DAY)
    assert 'no sealed text for "dev2" for cluster "ack"' in told.stderr
    assert "run cubec seal hub --cluster ack" in told.stderr
    missing = seal(root, "--missing")
    assert (missing.returncode, missing.stdout) == (status.NO, "hub on ack: dev2\n")

    given(b"hunter3")
    paste(root, seal(root, "hub", "--username", "robot", "--group", "dev2"))
    checked(root)
    after = emitted(root)
    assert after["dev1"]["spec"]["encryptedData"][".dockerconfigjson"] == before
    assert seal(root, "hub", "--missing").stdout == "every encrypted login is there\n"


@pytest.mark.parametrize(
    ("old", "new"), [("spec:\n", "spec:\n  secretName: pull\n"), ("spec:\n  server: ", "spec:\n  server: other.")]
)
def test_texts_for_what_is_no_more_are_not_kept(platform, given, old, new):
    """After a new name or server the old texts are useless: check says so, and sealing for one namespace drops the others'."""
    root = platform(SEALED)
    given(b"hunter2")
    paste(root, seal(root, "hub", "--username", "robot"))
    edit(root / HUB, old, new)
    assert run("check", "--root", str(root), "--as-of", DAY).stderr.count("[ciphertext]") == 1

    given(b"hunter2")
    made = seal(root, "hub", "--username", "robot", "-n", "dev1")
    assert "dev2: " not in made.stdout
    paste(root, made)
    assert seal(root, "--missing").stdout == "hub on ack: dev2\n"


def test_two_clusters_at_once(platform, given):
    """Without --cluster every cluster that takes encrypted logins gets its own, in its own way."""
    root = platform(SEALED)
    cluster(root, "lab", SOPS)
    edit(root / "tenants/groups/dev1.yaml", "  placements:\n", "  placements:\n    - {cluster: lab, quota: {cpu: 1}}\n")
    given(b"hunter2")
    made = seal(root, "hub", "--username", "robot")

    assert made.returncode == status.CLEAN, made.stderr
    entries = yaml.safe_load(made.stdout)["sealed"]
    assert {name: sorted(entry) for name, entry in entries.items()} == {
        "ack": ["namespaces", "secretName", "server"],
        "lab": ["server", "sops"],
    }
    narrow = seal(root, "hub", "--username", "robot", "-n", "dev1")
    assert 'one text serves all namespaces of cluster "lab"' in narrow.stderr


def test_a_config_of_docker_on_standard_input(platform, given):
    """Without a user name the input is what docker login wrote."""
    root = platform(SEALED)
    auth = base64.b64encode(b"robot:hunter2").decode()
    given(json.dumps({"auths": {"https://registry.example.com": {"auth": auth}}}).encode())

    assert seal(root, "hub").returncode == status.CLEAN


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_private_file(platform, tmp_path, mode):
    """A file that only its owner can read is as good as standard input."""
    root, file = platform(SEALED), tmp_path / "login"
    file.write_text("hunter2\n")
    file.chmod(mode)

    assert seal(root, "hub", "--username", "robot", "--from", str(file)).returncode == status.CLEAN


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("shared", "others may read the file of --from, whose mode is 0640: run chmod 600"),
        ("absent", "cannot be opened"),
        ("link", "cannot be opened"),
        ("pipe", "no regular file"),
        ("folder", "no regular file"),
        ("foreign", "belongs to another user"),
        ("large", "longer than"),
        ("null", "cannot be opened"),
    ],
)
def test_files_that_are_refused(platform, tmp_path, kind, said, monkeypatch):
    """A file that others can read, or that is none, is refused; a pipe does not hang; the way out is said."""
    root, file = platform(SEALED), tmp_path / "login"
    if kind in {"shared", "foreign", "large", "link"}:
        file.write_text("hunter2" if kind != "large" else "hunter2" * 10_000)
        file.chmod(0o640 if kind == "shared" else 0o600)
    if kind == "link":
        file = tmp_path / "link"
        file.symlink_to(tmp_path / "login")
    elif kind == "pipe":
        os.mkfifo(file, 0o600)
    elif kind == "folder":
        file.mkdir(0o700)
    elif kind == "foreign":
        monkeypatch.setattr(os, "geteuid", lambda: file.stat().st_uid + 1)
    result = seal(root, "hub", "--username", "robot", "--from", "hunter2\0" if kind == "null" else str(file))

    assert result.returncode == status.USAGE
    assert said in result.stderr
    assert "hunter2" not in result.stderr
    assert result.stdout == ""


def test_a_terminal_is_asked(platform, monkeypatch):
    """Without a pipe or a file the user name and the password are asked for."""
    root = platform(SEALED)
    main, side = pty.openpty()
    asked = []

    def hidden(question: str) -> str:
        asked.append(question)
        return "hunter2"

    with os.fdopen(main, "wb"), os.fdopen(side) as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        monkeypatch.setattr(termui, "hidden_prompt_func", hidden)
        monkeypatch.setattr(termui, "visible_prompt_func", hidden)
        assert seal(root, "hub").returncode == status.CLEAN
        assert seal(root, "hub", "--username", "robot").returncode == status.CLEAN

    assert [question.strip() for question in asked] == ["user name:", "password:", "password:"]


def test_a_real_terminal_shows_no_password(platform):
    """Typed on a terminal, the password is not echoed."""
    root = platform(SEALED)
    command = [sys.executable, "-m", "cubec", "seal", "hub", "--username", "robot", "--root", str(root), "--as-of", DAY]
    terminal, side = pty.openpty()
    process = subprocess.Popen(command, stdin=side, stdout=side, stderr=side, start_new_session=True)
    os.close(side)
    seen = b""
    while b"password:" not in seen:
        seen += os.read(terminal, 1024)
    os.write(terminal, b"hunter2\n")
    with contextlib.suppress(OSError):  # the other end is gone
        while more := os.read(terminal, 65536):
            seen += more
    os.close(terminal)

    assert process.wait() == status.CLEAN
    assert b"namespaces:" in seen
    assert b"hunter2" not in seen


def test_closed_standard_input(platform, monkeypatch):
    """Where there is no standard input at all, that is said."""
    root = platform(SEALED)
    monkeypatch.setattr(sys, "stdin", None)

    assert "standard input is closed" in seal(root, "hub").stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "say which REGISTRY"),
        (("--missing", "-n", "dev1"), "leave out the other options"),
        (("hubb",), 'no registry has that name; did you mean "hub"?'),
        (("hunter2",), "no registry has that name; there are: hub"),
        (("hunter2", "--missing"), "no registry has that name; there are: hub"),
        (("hub", "--cluster", "akc"), 'no cluster has that name; did you mean "ack"?'),
        (("hub", "--group", "def1"), 'no group has that name; did you mean "dev1"?'),
        (("hub", "-n", "dve1"), 'no namespace that gets this login has that name; did you mean "dev1"?'),
        (("hub", "-n", "dev1", "-n", "hunter2"), "no namespace that gets this login has that name"),
        (("hub", "hunter2"), "an argument that this command does not have"),
        (("hub", "--password", "hunter2"), "an argument that this command does not have"),
        (("hub", "--password=hunter2"), "an argument that this command does not have"),
        (("hub", "-phunter2"), "an argument that this command does not have"),
        (("hub", "--as-of", "yesterday"), "--as-of"),
    ],
)
def test_wrong_command_lines(platform, given, words, said):
    """Each is refused before anything is read, with a way out; what was put there by mistake is not repeated."""
    root = platform(SEALED)
    given(b"c4n4ry")
    result = run("seal", *words, "--root", str(root))

    assert result.returncode == status.USAGE
    assert said in result.stderr
    assert "hunter2" not in result.stderr


@pytest.mark.parametrize(
    ("secrets", "said"),
    [
        (STORE, 'put this one into the store "vault", and its key into credentials.remote'),
        (SYNC, 'the upkeep job copies Secret "hub" of namespace "cubec-system"; make it there'),
        (None, "it has no spec.secrets"),
    ],
)
@pytest.mark.parametrize("words", [(), ("--cluster", "ack")])
def test_clusters_that_take_no_encrypted_login(platform, given, secrets, said, words):
    """The message says how the login gets to such a cluster instead."""
    root = platform(secrets)
    given(b"c4n4ry")
    result = seal(root, "hub", *words)

    assert result.returncode == status.USAGE
    assert f'cluster "ack" takes no encrypted logins: {said}' in result.stderr


def test_a_registry_that_nobody_may_use_there(platform, given):
    """A login that reaches no namespace cannot be bound to one."""
    root = platform(SEALED)
    cluster(root, "lab", SEALED)
    given(b"c4n4ry")

    for words in (("--cluster", "lab"), ("--cluster", "lab", "--cluster", "ack")):
        assert 'reaches no namespace on cluster "lab"' in seal(root, "hub", *words).stderr
    edit(root / HUB, "allGroups: true", "groups: [dev1]")
    assert "no namespace of the group gets this login" in seal(root, "hub", "--group", "dev2").stderr


@pytest.mark.parametrize(
    ("secrets", "said"), [(ELLIPTIC, "not one for an RSA key"), (MISTYPED, "is mistyped")], ids=["curve", "mistyped"]
)
def test_a_key_that_cannot_be_used_is_an_error_of_the_tenant_files(platform, given, secrets, said):
    """It is found before a login is read, and reported at its line."""
    root = platform(secrets)
    given(b"c4n4ry")
    result = seal(root, "hub", "--username", "robot")

    assert result.returncode == status.INPUT
    assert re.search(rf"tenants/clusters/ack.yaml:\d+:\d+: error: .*{said}.* \[sealing-key\]", result.stderr)
    assert sys.stdin.buffer.read() == b"c4n4ry"


def test_files_that_cannot_be_read_come_first(platform, given):
    """Where a document was refused, namespaces may be missing from what is known: nothing is sealed."""
    root = platform(SEALED)
    edit(root / "tenants/groups/dev1.yaml", "kind: Group", "kind: Gruop")
    given(b"c4n4ry")

    assert seal(root, "hub", "--username", "robot").returncode == status.INPUT


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has the switch")
def test_the_process_is_not_dumpable(platform, given):
    """The kernel says so afterwards; a test that runs as root could not tell by trying."""
    root = platform(SEALED)
    given(b"hunter2")
    seal(root, "hub", "--username", "robot")

    assert ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) == 0  # PR_GET_DUMPABLE


def test_no_core_file_and_no_look_into_memory(platform):
    """While it waits for the login, the process has no core limit above zero and is not dumpable."""
    root = platform(SEALED)
    command = [sys.executable, "-m", "cubec", "seal", "hub", "--username", "robot", "--root", str(root), "--as-of", DAY]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdin.write(b"hun")
        process.stdin.flush()
        while struct.unpack("i", fcntl.ioctl(process.stdin.fileno(), termios.FIONREAD, b"\0" * 4))[0]:
            time.sleep(0.01)  # it has not read these letters yet
        limits = Path(f"/proc/{process.pid}/limits").read_text()
        owner = Path(f"/proc/{process.pid}/environ").stat().st_uid
        process.communicate(b"ter2")

    assert limits.split("Max core file size")[1].split()[0] == "0"
    assert owner == 0  # not the user's own, who could read it otherwise
    assert process.returncode == status.CLEAN
