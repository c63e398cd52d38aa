"""A secret is put wherever one may stand, or may be put by mistake; no command tells it, keeps it, or lets others see it."""

import base64
import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from tests.hostile.watched import Canary, Seen, Watched, left_in
from tests.test_golden import GOLDEN
from tests.unit.cli.test_commands import run
from tests.unit.cli.test_seal import ELLIPTIC, MISTYPED, SEALED, SOPS, STORE, cluster, paste

from cubec import cli
from cubec.cli import status
from cubec.sealing import entry

HUB = "tenants/registries/hub.yaml"
DAY = ("--as-of", "2026-11-22")
SEAL = ("seal", "hub", "--username", "robot", *DAY)

# What each command is run with. A command that is not here is run without arguments.
ARGUMENTS = {
    "can": ("bob", "get", "pods", "-n", "dev1", *DAY),
    "commit": DAY,
    "completion": ("bash",),
    "drift": ("--cluster", "ack", "--kubeconfig", "kubeconfig", *DAY),
    "explain": ("ack/dev1/Secret/hub", *DAY),
    "import": ("--cluster", "ack", "--kubeconfig", "kubeconfig"),
    "init": ("new-platform",),
    "kubeconfig": ("bob", "--kubeconfig", "kubeconfig", "--other-server", *DAY),
    "plan": ("--base", "HEAD", "--format", "html", *DAY),
    "reconcile": ("nodes", "--kubeconfig", "kubeconfig"),
    "seal": ("hub", "--username", "robot", *DAY),
    "try": ("-f", "job.yaml", "--group", "dev1", *DAY),
}
JOB = """\
apiVersion: batch/v1
kind: Job
metadata: {name: a}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: a, image: a, env: [{name: PASSWORD, value: %s}]}]
"""
LIVE = ("drift", "import", "kubeconfig", "reconcile")


@pytest.fixture
def canary() -> Canary:
    return Canary()


@pytest.fixture
def platform(tmp_path: Path) -> Callable[[dict | None], Path]:
    """A platform in a git repository, whose cluster gets its logins as is said."""

    def make(secrets: dict | None) -> Path:
        root = tmp_path / "platform"
        shutil.copytree(GOLDEN / "base" / "tenants", root / "tenants")
        cluster(root, "ack", secrets)
        subprocess.run(["git", "init", "-q"], cwd=root, check=True)
        commit(root)
        return root

    return make


def commit(root: Path) -> None:
    own = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    for words in (["add", "-A"], ["commit", "-qm", "a step"]):
        subprocess.run(["git", *own, *words], cwd=root, check=True)


def kubeconfig(root: Path, secret: str, *, server: str = "https://127.0.0.1:1", context: str = "a") -> None:
    """A kubeconfig with the secret in each place where one stands. A context that it does not have saves waiting."""
    value = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": context,
        "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
        "clusters": [{"name": "a", "cluster": {"server": server, "insecure-skip-tls-verify": True}}],
        "users": [{"name": "a", "user": {"token": secret, "username": "robot", "password": secret}}],
    }
    (root / "kubeconfig").write_text(yaml.safe_dump(value))


def silent(seen: Seen, canary: Canary) -> None:
    assert not canary.sings_in(seen.everything), seen
    assert b"Traceback" not in seen.stderr
    assert seen.status != status.BUG, seen


def all_commands(root: Path, canary: Canary) -> dict[str, Seen]:
    found = {}
    for name in cli.COMMANDS:
        found[name] = Watched(root, name, *ARGUMENTS.get(name, ())).end(canary.text.encode())
        silent(found[name], canary)
    return found


def edited(root: Path, path: str, old: str, new: str) -> None:
    text = (root / path).read_text()
    assert old in text, path
    (root / path).write_text(text.replace(old, new, 1))


def test_all_commands_after_a_login_was_sealed(platform, canary, tmp_path):
    """The login is in the documents, encrypted; whatever is done with them, it is nowhere in the clear."""
    root = platform(SEALED)
    sealed = Watched(root, *SEAL).end(canary.text.encode())
    silent(sealed, canary)
    paste_seen(root, sealed)
    commit(root)
    edited(root, HUB, "spec:", "spec:\n  description: images of the platform team")
    kubeconfig(root, canary.text, context="none")
    (root / "job.yaml").write_text(JOB % canary.text)
    found = all_commands(root, canary)

    for name in ("check", "build", "seal", "commit", "plan"):
        assert found[name].status == status.CLEAN, found[name].stderr.decode()
    (root / "kubeconfig").unlink()
    (root / "job.yaml").unlink()
    assert left_in(tmp_path, canary) == []


def paste_seen(root: Path, seen: Seen) -> None:
    class _Result:
        returncode, stdout, stderr = seen.status, seen.stdout.decode(), seen.stderr.decode()

    paste(root, _Result)


PLANTED = {
    "credentials": (HUB, "  credentials:\n    remote: registries/hub", "  credentials: {password: %s}"),
    "credentials-as-text": (HUB, "  credentials:\n    remote: registries/hub", "  credentials: robot:%s"),
    "credentials-as-key": (HUB, "  credentials:\n    remote: registries/hub", "  credentials: {robot:%s}"),
    "remote": (HUB, "remote: registries/hub", "remote: robot:%s"),
    "sealed": (HUB, "remote: registries/hub", "sealed: {ack: {namespaces: {dev1: '%s !'}}}"),
    "sealed-short": (HUB, "remote: registries/hub", "sealed: {ack: {namespaces: {dev1: %s}}}"),
    "sealed-server": (HUB, "remote: registries/hub", "sealed: {ack: {server: 'robot:%s', namespaces: {dev1: AAAA}}}"),
    "sealed-sops": (HUB, "remote: registries/hub", "sealed: {ack: {sops: {data: %s, age: [{enc: %s}], mac: %s}}}"),
    "server": (HUB, "server: registry.example.com", "server: 'https://robot:%s@registry.example.com'"),
    "image": ("tenants/templates/pytorch.yaml", "  image:", "  image: https://robot:%s@registry.example.com/a:1 #"),
    "environment": ("tenants/templates/pytorch.yaml", "  image:", "  env: {DB_PASSWORD: %s}\n  image:"),
    "command": ("tenants/templates/pytorch.yaml", "  image:", "  command: [run, --password=%s]\n  image:"),
    "description": ("tenants/groups/dev1.yaml", "spec:", "spec:\n  description: https://robot:%s@example.com"),
    "api-server": ("tenants/clusters/ack.yaml", "https://ack", "https://robot:%s@ack"),
    "repository": ("tenants/clusters/ack.yaml", "https://git", "https://robot:%s@git"),
    "unknown-field": ("tenants/groups/dev1.yaml", "spec:", "spec:\n  password: %s"),
    "broken": (HUB, "remote: registries/hub", "password: '%s"),
}


@pytest.mark.parametrize("place", PLANTED)
def test_a_secret_in_the_wrong_place_is_refused_and_not_told(platform, canary, place):
    """Each place where people have put a password makes an error in every format, and no report repeats it."""
    root = platform(STORE)
    path, old, new = PLANTED[place]
    edited(root, path, old, new.replace("%s", canary.text))
    for form in ("text", "json", "github", "sarif"):
        result = run("check", "--root", str(root), "--format", form, *DAY)

        assert result.returncode == status.INPUT
        assert not canary.sings_in(f"{result.stdout}{result.stderr}".encode()), result


def test_all_commands_over_documents_with_secrets_in_them(platform, canary, tmp_path):
    """No command repeats a password from a document, and none writes it anywhere."""
    root = platform(STORE)
    planted = {}
    for place in ("credentials", "environment", "description", "repository"):
        path, old, new = PLANTED[place]
        planted[path] = edited(root, path, old, new.replace("%s", canary.text))
    kubeconfig(root, canary.text, context="none")
    (root / "job.yaml").write_text(f"apiVersion: batch/v1\nkind: Job\npassword: '{canary.text}\n")
    found = all_commands(root, canary)

    assert found["check"].status == found["build"].status == found["seal"].status == status.INPUT
    for path in (*planted, "kubeconfig", "job.yaml"):
        (root / path).unlink()
    assert left_in(tmp_path, canary) == []


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (name, kind)
        for name in LIVE
        for kind in ("password-in-the-address", "no-context", "broken", "not-a-kubeconfig", "no-key")
        # the others knock at that address for a quarter of a minute, and through the same module
        if name in cli.COMMANDS and (kind != "password-in-the-address" or name in {"drift", "kubeconfig"})
    ],
)
def test_a_kubeconfig_keeps_its_secrets(platform, canary, tmp_path, name, kind):
    """Commands for a live cluster fail with a reason, and tell nothing of the kubeconfig's secrets."""
    root = platform(STORE)
    address = f"https://robot:{canary.text}@127.0.0.1:1" if kind == "password-in-the-address" else "https://127.0.0.1:1"
    kubeconfig(root, canary.text, server=address)
    file = root / "kubeconfig"
    if kind == "broken":
        file.write_text(f"users: [{{token: '{canary.text}\n")
    elif kind == "no-context":
        kubeconfig(root, canary.text, context="none")
    elif kind == "not-a-kubeconfig":
        file.write_text(f"{canary.text}\n")
    elif kind == "no-key":
        file.write_text(file.read_text().replace("token:", "client-key-data:"))
    seen = Watched(root, name, *ARGUMENTS[name]).end()
    silent(seen, canary)

    assert seen.status in {status.USAGE, status.ENVIRONMENT}
    file.unlink()
    assert left_in(tmp_path, canary) == []


CONFIG = '{"auths": {"registry.example.com": {"auth": "%s"}}}'

# What goes wrong while a login is sealed: the cluster's secrets, the words, what is given, the status and what is said.
FAILURES = {
    "unknown-registry": (
        SEALED,
        ("seal", "hib", "--username", "robot"),
        "%s",
        status.USAGE,
        "no registry has that name",
    ),
    "secret-as-registry": (SEALED, ("seal", "%s"), "%s", status.USAGE, "there are: hub"),
    "secret-as-second-word": (SEALED, ("seal", "hub", "%s"), "", status.USAGE, "give it on standard input"),
    "secret-as-option": (SEALED, ("seal", "hub", "--password=%s"), "", status.USAGE, "give it on standard input"),
    "secret-as-short-option": (SEALED, ("seal", "hub", "-p%s"), "", status.USAGE, "give it on standard input"),
    "secret-as-namespace": (SEALED, ("seal", "hub", "-n", "%s"), "", status.USAGE, "dev1, dev2"),
    "secret-as-file": (SEALED, ("seal", "hub", "--from", "%s"), "", status.USAGE, "--from cannot be opened"),
    "secret-behind-the-user": (SEALED, ("seal", "hub", "--username", "robot:%s"), "x", status.USAGE, "has a colon"),
    "mode-of-the-cluster": (STORE, SEAL, "%s", status.USAGE, "put this one into the store"),
    "elliptic-certificate": (ELLIPTIC, SEAL, "%s", status.INPUT, "kubeseal --fetch-cert"),
    "mistyped-recipient": (MISTYPED, SEAL, "%s", status.INPUT, "copy it again"),
    "several-lines": (SEALED, SEAL, "%s\n%s", status.USAGE, "give the password alone"),
    "nothing": (SEALED, SEAL, "", status.USAGE, "give the password alone"),
    "too-long": (SEALED, SEAL, "%s" * 5000, status.USAGE, "look at what you give"),
    "not-utf-8": (SEALED, SEAL, "%s\udcff", status.USAGE, "look at what you give"),
    "no-config": (SEALED, ("seal", "hub"), "%s", status.USAGE, "say --username"),
    "broken-config": (SEALED, ("seal", "hub"), '{"auths": {"%s', status.USAGE, "say --username"),
    "config-of-another": (SEALED, ("seal", "hub"), '{"auths": {"%s": {"auth": "%s"}}}', status.USAGE, "exactly one"),
    "damaged-config": (SEALED, ("seal", "hub"), CONFIG, status.USAGE, "say --username"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_sealing_that_fails_says_what_to_do_and_not_the_secret(platform, canary, tmp_path, name):
    """Each failure names the way out; the secret is not in it, nor in a file, nor in the process's public face."""
    secrets, words, given, expected, said = FAILURES[name]
    root = platform(secrets)
    watched = Watched(root, *(word.replace("%s", canary.text) for word in words))
    seen = watched.end(given.replace("%s", canary.text).encode(errors="surrogateescape"))

    # what was put among the arguments is public already; nothing makes it worse
    told = seen.stdout + seen.stderr if name.startswith("secret-") else seen.everything
    assert not canary.sings_in(told), seen
    assert seen.status == expected, seen
    assert said in " ".join(seen.stderr.decode().split())
    assert seen.stdout == b""
    assert left_in(tmp_path, canary) == []


@pytest.mark.parametrize("secrets", [SEALED, SOPS], ids=["sealed-secrets", "sops"])
def test_sealing_that_succeeds(platform, canary, tmp_path, secrets):
    """Only ciphertext comes out, and nothing is left behind; while the secret was taken, nobody could see it."""
    root = platform(secrets)
    watched = Watched(root, *SEAL)
    watched.give(canary.text[:9].encode())
    seen = watched.end(canary.text[9:].encode())
    silent(seen, canary)

    assert seen.status == status.CLEAN
    assert left_in(tmp_path, canary) == []


def test_a_file_that_others_can_read(platform, canary, tmp_path):
    """The file is refused before it is read, and what it holds is not told."""
    root = platform(SEALED)
    file = tmp_path / "login"
    file.write_text(canary.text)
    file.chmod(0o644)
    seen = Watched(root, *SEAL, "--from", str(file)).end()
    silent(seen, canary)

    assert seen.status == status.USAGE
    assert b"chmod 600" in seen.stderr
    file.unlink()
    assert left_in(tmp_path, canary) == []


@pytest.mark.parametrize("kind", ["full", "closed"])
def test_an_output_that_takes_nothing(platform, canary, tmp_path, kind):
    """A full disk or a reader that went away ends the command with its status, and no secret."""
    root = platform(SEALED)
    if kind == "full":
        target = os.open("/dev/full", os.O_WRONLY)
    else:
        reader, target = os.pipe()
        os.close(reader)
    watched = Watched(root, *SEAL, stdout=target)
    os.close(target)
    seen = watched.end(canary.text.encode())
    silent(seen, canary)

    assert seen.status == (status.ENVIRONMENT if kind == "full" else status.BROKEN_PIPE)
    assert left_in(tmp_path, canary) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL, signal.SIGABRT, signal.SIGSEGV])
def test_killed_with_half_of_the_secret_in_memory(platform, canary, tmp_path, number):
    """Nothing is printed and no core file is left, whichever signal it was, though the shell allows core files."""
    root = platform(SEALED)
    watched = Watched(root, *SEAL)
    watched.give(canary.text.encode())
    os.kill(watched.process.pid, number)
    seen = watched.end()
    silent(seen, canary)

    ends = {signal.SIGINT: status.INTERRUPTED, signal.SIGTERM: status.TERMINATED}
    assert seen.status == ends.get(number, -number)
    assert seen.stdout == b""
    assert left_in(tmp_path, canary) == []


def test_a_bug_tells_no_values(platform, canary, monkeypatch):
    """Whatever an exception says, the report of a bug names its type and place only."""
    root = platform(SEALED)

    def fail(*arguments: object) -> None:
        raise RuntimeError(canary.text)

    monkeypatch.setattr(entry, "fragment", fail)
    file = root / "login"
    file.write_text(canary.text)
    file.chmod(0o600)
    result = run("seal", "hub", "--username", "robot", "--from", str(file), "--root", str(root), *DAY)

    assert result.returncode == status.BUG
    assert re.search(r"a bug, not your input: RuntimeError in cubec\.cli", result.stderr)
    assert not canary.sings_in(f"{result.stdout}{result.stderr}".encode())


def test_the_canary_would_be_heard(canary, tmp_path):
    """The tests above can fail: the secret is found in every form in which it might stand."""
    joined = base64.b64encode(f"robot:{canary.text}".encode())
    for data in (
        canary.text.encode(),
        joined,
        base64.b64encode(json.dumps({"auth": joined.decode(), "password": canary.text}).encode()),
        canary.text.encode().hex().encode(),
    ):
        assert canary.sings_in(b"x" + data + b"y")
    (tmp_path / "core.1").touch()
    assert left_in(tmp_path, canary) == ["core.1"]
