"""`cubec kubeconfig` against a live API server, as a platform admin who may do that and little else."""

import base64
import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.cluster import ack, arena_requests, definitions, sample
from tests.cluster.attempts import found
from tests.cluster.client import Client, account_token

CLAIMS = (
    ("a kubeconfig made for bob works with kubectl, in his namespace and nowhere else", "test_the_kubeconfig_works"),
    ("Arena's start-up calls succeed with the token that was made", "test_arena_starts_with_it"),
    ("revoking ends every token of a person, and nobody else's", "test_revoking_ends_every_token_of_bob"),
    ("a token is never printed, and its file is its owner's alone", "test_the_token_is_in_the_file_alone"),
    ("a deleted account ends its tokens, and gets no new one", "test_a_deleted_account"),
)


@pytest.fixture(scope="module")
def platform(start_cluster, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The cluster with the sample's ``ack``; beside it a platform whose document says where this cluster really is."""
    cluster = start_cluster(nodes=sample.WORKERS)
    folder = tmp_path_factory.mktemp("output")
    ack.write(folder)
    for part in ack.ORDER:
        cluster.apply("--recursive", "-f", folder / "ack" / part)
    return cluster


@pytest.fixture(scope="module")
def admin(platform) -> Any:
    with Client(platform.kubeconfig) as client:
        kinds = (("tfjobs", "TFJob"), ("pytorchjobs", "PyTorchJob"))
        definitions.install(platform, client, [definitions.loose(plural, kind) for plural, kind in kinds])
        yield client


@pytest.fixture(scope="module")
def zoe(platform, admin: Client, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kubeconfig of a platform admin: all that the command is given."""
    config = yaml.safe_load(platform.kubeconfig.read_text())
    config["users"][0]["user"] = {"token": account_token(admin, "cubec-users", "zoe")}
    file = tmp_path_factory.mktemp("zoe") / "config"
    file.write_text(yaml.safe_dump(config))
    return file


@pytest.fixture(scope="module")
def root(platform, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("platform")
    server = yaml.safe_load(platform.kubeconfig.read_text())["clusters"][0]["cluster"]
    shutil.copytree(sample.ROOT / "tenants", folder / "tenants")
    document = folder / "tenants/clusters/ack.yaml"
    said = "  server: https://ack.example.com:6443\n"
    authority = pem(server["certificate-authority-data"])
    assert said in document.read_text()
    document.write_text(
        document.read_text().replace(said, f"  server: {server['server']}\n  certificateAuthority: |\n{authority}")
    )
    return folder


def pem(encoded: str) -> str:
    return "".join(f"    {line}\n" for line in base64.b64decode(encoded).decode().splitlines())


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def cubec(root: Path, zoe: Path) -> Run:
    """Run the command as zoe, for cluster ``ack``."""

    def run(*arguments: object, expect: int = 0) -> subprocess.CompletedProcess[str]:
        fixed = ("--cluster", "ack", "--root", root, "--kubeconfig", zoe, "--as-of", "2026-11-22")
        command = [sys.executable, "-m", "cubec", "kubeconfig", *arguments, *fixed]
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, cwd=root)
        assert done.returncode == expect, done.stderr
        return done

    return run


def token_in(file: Path) -> str:
    return yaml.safe_load(file.read_text())["users"][0]["user"]["token"]


def whoami(client: Client) -> int:
    review = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    return client.ask("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", review).status


def test_the_kubeconfig_works(cubec: Run, platform, tmp_path: Path):
    """Kubectl with bob's file lists the pods of dev1 without being told the namespace, and is refused in dev2."""
    file = tmp_path / "bob"

    cubec("bob", "-o", file)
    ask = partial(subprocess.run, capture_output=True, text=True, check=False)
    kubectl = [Path(sys.executable).with_name("kubectl"), "--kubeconfig", file, "get", "pods"]

    assert ask(kubectl).stderr.strip() == "No resources found in dev1 namespace."
    assert "Forbidden" in ask([*kubectl, "-n", "dev2"]).stderr


def test_arena_starts_with_it(cubec: Run, admin: Client, tmp_path: Path):
    """Every call that Arena begins with is answered as it needs, with the token from the file."""
    cubec("bob", "-o", tmp_path / "bob")
    token = token_in(tmp_path / "bob")
    bob = admin.user(token)

    for step in arena_requests.start(token):
        assert bob.ask(step.method, step.path, step.body, step.kind).status == step.member, step.path


def test_the_token_is_in_the_file_alone(cubec: Run, tmp_path: Path):
    """Whatever the umask: mode 0600, nothing else in the folder, and not a word of the token in what is printed."""
    before = os.umask(0)
    try:
        done = cubec("bob", "-o", tmp_path / "bob")
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "bob").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["bob"]
    assert not [part for part in token_in(tmp_path / "bob").split(".") if part in done.stdout + done.stderr]


def test_it_lasts_as_long_as_was_asked(cubec: Run, tmp_path: Path):
    """The token's own claim is eight hours ahead, or what --hours says."""
    for hours, options in ((8, ()), (1, ("--hours", 1))):
        cubec("bob", "-o", tmp_path / "bob", *options)
        claims = json.loads(base64.urlsafe_b64decode(token_in(tmp_path / "bob").split(".")[1] + "=="))

        assert claims["exp"] - claims["iat"] == hours * 3600


def test_revoking_ends_every_token_of_bob(cubec: Run, admin: Client, platform, tmp_path: Path):
    """Both of bob's tokens are refused within seconds; tom's goes on, and a new one for bob works while the old stay dead."""
    for name, person in (("first", "bob"), ("second", "bob"), ("third", "tom")):
        cubec(person, "-o", tmp_path / name)
    first, second, tom = (admin.user(token_in(tmp_path / name)) for name in ("first", "second", "third"))
    assert [whoami(one) for one in (first, second, tom)] == [201, 201, 201]

    assert "every token" in cubec("bob", "--revoke").stderr

    platform.eventually(lambda: (whoami(first), whoami(second)) == (401, 401), "both tokens ended")
    assert whoami(tom) == 201
    assert "no token" in cubec("bob", "--revoke").stderr
    cubec("bob", "-o", tmp_path / "first")
    assert whoami(admin.user(token_in(tmp_path / "first"))) == 201
    assert whoami(second) == 401


def test_a_deleted_account(cubec: Run, admin: Client, platform, tmp_path: Path):
    """Without the ServiceAccount its token ends, and the command says what to apply, and leaves no file."""
    cubec("tom", "-o", tmp_path / "tom")
    tom = admin.user(token_in(tmp_path / "tom"))
    (tmp_path / "tom").unlink()
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "tom", "namespace": "cubec-users"}}
    assert found(admin, account)
    admin.remove(account)

    platform.eventually(lambda: whoami(tom) == 401, "the token ended")
    done = cubec("tom", "-o", tmp_path / "tom", expect=5)

    assert "no ServiceAccount cubec-users/tom yet: apply the folder platform/" in done.stderr
    assert not list(tmp_path.iterdir())


def test_who_may_not(root: Path, admin: Client, platform, tmp_path: Path):
    """Bob himself cannot make a token for tom, with status 5 and the API server's words."""
    config = yaml.safe_load(platform.kubeconfig.read_text())
    config["users"][0]["user"] = {"token": account_token(admin, "cubec-users", "bob")}
    (tmp_path / "config").write_text(yaml.safe_dump(config))
    asked = ["kubeconfig", "tom", "--cluster", "ack", "--kubeconfig", "config", "--root", root, "--as-of", "2026-11-22"]
    command = [sys.executable, "-m", "cubec", *asked]

    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, cwd=tmp_path)

    assert done.returncode == 5
    assert "forbidden" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["config"]
