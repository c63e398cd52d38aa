"""The kubeconfigs, as kubectl reads them."""

import base64
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from tests.test_golden import GOLDEN
from tests.unit.emitters.compiling import cluster, group, output

OIDC = "  identity: {mode: oidc, issuer: https://login.example.com, clientID: kubernetes, usernameClaim: %s}\n"
PATH = "clients/kubeconfig/dev1.yaml"


def read(text: str, folder: Path, *command: str) -> str:
    kubectl = shutil.which("kubectl", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert kubectl, "kubectl comes with the test requirements"
    (folder / "config").write_text(text)
    done = subprocess.run(
        [kubectl, "--kubeconfig", "config", "config", *command], capture_output=True, text=True, check=True, cwd=folder
    )
    return done.stdout


@pytest.mark.parametrize("identity", ["  description: accounts\n", OIDC % "email"])
def test_kubectl_takes_it_and_it_holds_no_credential(identity: str, tmp_path: Path):
    """Kubectl reads it, with a context for each namespace, and nothing in it lets anybody in."""
    two = "  namespaces:\n    - {name: dev1, quota: {gpu: 1(T4)}}\n    - {name: dev1-b, workloads: [notebook]}\n"
    text = output(cluster(identity), group("dev1", two))[PATH]
    config = json.loads(read(text, tmp_path, "view", "--raw", "-o", "json"))

    assert read(text, tmp_path, "get-contexts", "-o", "name").split() == ["dev1-b@ack", "dev1@ack"]
    assert read(text, tmp_path, "current-context").strip() == "dev1@ack"
    assert not {"token", "password", "client-key", "client-key-data", "client-certificate-data"} & set(
        config["users"][0]["user"]
    )


def test_the_token_lies_beside_the_file(tmp_path: Path):
    """Kubectl looks for the token in the folder of the kubeconfig, wherever that is."""
    config = json.loads(read(output()[PATH], tmp_path, "view", "--raw", "-o", "json"))

    assert config["users"][0]["user"] == {"tokenFile": "ack.token"}


@pytest.mark.parametrize(("claim", "scopes"), [("email", ["email"]), ("preferred_username", ["profile"]), ("sub", [])])
def test_the_login_asks_for_the_name(claim: str, scopes: list[str]):
    """The scope that brings the user name is asked for, where it is a standard one."""
    user = yaml.safe_load(output(cluster(OIDC % claim))[PATH])["users"][0]["user"]["exec"]

    assert user["args"][4:] == [f"--oidc-extra-scope={scope}" for scope in scopes]
    assert user["interactiveMode"] == "IfAvailable"


def test_the_certificate_is_the_documents():
    """The cluster's own certificate is pinned, byte by byte."""
    case = GOLDEN / "emit-clients-kubeconfig-with-service-accounts" / "tenants" / "clusters" / "ack.yaml"
    written = yaml.safe_load(output(case.read_text())[PATH])["clusters"][0]["cluster"]
    stated = yaml.safe_load(case.read_text())["spec"]["certificateAuthority"]

    assert base64.b64decode(written["certificate-authority-data"]).decode() == stated
    assert "insecure-skip-tls-verify" not in written
