"""Texts for SOPS, opened and judged by the real sops program."""

import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml
from tests.unit.sealing.material import SERVER, age_key, login_in, opened_by_sops, passwords

from cubec.sealing import login, sops
from cubec.sealing.errors import SealingKeyError

# each takes the program 60 ms; the thousand that the goal asks for: CUBEC_SEALED=1000
COUNT = int(os.environ.get("CUBEC_SEALED", "100"))
MOMENT = "2026-11-22T10:31:27Z"


def manifest(password: str, *keys: int) -> dict:
    content = login.of_password(SERVER, "robot", password.encode())
    made = sops.seal(sops.receivers([age_key(key)[0] for key in keys or (0,)]), content, MOMENT, secrets.token_bytes)
    return {
        "kind": "Secret",
        "data": {".dockerconfigjson": made["data"]},
        "sops": {
            "age": made["age"],
            "lastmodified": made["lastModified"],
            "mac": made["mac"],
            "encrypted_regex": "^(data)$",
            "mac_only_encrypted": True,
            "version": made["version"],
        },
    }


def test_sops_opens_every_secret(tmp_path: Path):
    """Whatever the password, the program verifies the check sum and gives back the same login."""
    secret = age_key()[1]

    def opens(password: str) -> bool:
        opened = opened_by_sops(manifest(password), secret, tmp_path)
        return opened.returncode == 0 and login_in(yaml.safe_load(opened.stdout))["password"] == password

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(opens, passwords(COUNT)))

    assert results.count(True) == COUNT


@pytest.mark.parametrize("number", [0, 1])
def test_each_recipient_opens_it(number: int, tmp_path: Path):
    """With several recipients each has a copy of the key."""
    opened = opened_by_sops(manifest("hunter2", 0, 1), age_key(number)[1], tmp_path)

    assert opened.returncode == 0, opened.stderr
    assert login_in(yaml.safe_load(opened.stdout))["password"] == "hunter2"


def test_nobody_else_opens_it(tmp_path: Path):
    """A key that is not among the recipients gives an error and nothing else."""
    opened = opened_by_sops(manifest("hunter2", 0, 1), age_key(2)[1], tmp_path)

    assert opened.returncode != 0
    assert opened.stdout == ""


@pytest.mark.parametrize("change", ["place", "time", "sum", "data"])
def test_a_change_is_noticed(change: str, tmp_path: Path):
    """Moved to another key, re-dated, with another's check sum or ciphertext, it does not open."""
    made, other = manifest("hunter2"), manifest("hunter3")
    if change == "place":
        made["data"] = {"config": made["data"][".dockerconfigjson"]}
    elif change == "time":
        made["sops"]["lastmodified"] = "2026-11-22T10:31:28Z"
    elif change == "sum":
        made["sops"]["mac"] = other["sops"]["mac"]
    else:
        made["data"] = other["data"]

    assert opened_by_sops(made, age_key()[1], tmp_path).returncode != 0


def test_a_recipient_that_is_mistyped():
    """One wrong letter is refused, with the place of the recipient."""
    right = age_key()[0]
    wrong = right[:-1] + ("q" if right[-1] != "q" else "p")
    with pytest.raises(SealingKeyError, match="is mistyped") as caught:
        sops.receivers([right, wrong])

    assert caught.value.pointer == ("secrets", "recipients", 1)
