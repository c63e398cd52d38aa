"""Texts for the Sealed Secrets controller, opened by kubesealpy, which is not ours."""

import base64
import secrets
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from kubesealpy import DecryptionError, KubesealPyError, SealingScope, Unsealer
from tests.unit.sealing.material import NOW, certificate, elliptic_certificate, passwords, rsa_key

from cubec.sealing import controller
from cubec.sealing.errors import SealingKeyError

COUNT = 1000


def test_a_thousand_secrets_open_for_their_namespace_and_name_only():
    """Each opens in its own namespace under its own name, exactly; in another namespace, or under another name, none does."""
    key, judge = controller.public_key(certificate(), datetime.now(UTC)), Unsealer.from_private_key(rsa_key())
    opened = elsewhere = 0
    for password in passwords(COUNT):
        blob = base64.b64decode(controller.seal(key, "dev1", "hub", password.encode(), secrets.token_bytes))
        opened += judge.unseal_value(blob, "dev1", "hub") == password.encode()
        for namespace, name in (("dev2", "hub"), ("dev1", "other")):
            try:
                judge.unseal_value(blob, namespace, name)
                elsewhere += 1
            except (DecryptionError, KubesealPyError, ValueError):
                pass

    assert opened == COUNT
    assert elsewhere == 0


@pytest.mark.parametrize("scope", [SealingScope.NAMESPACE_WIDE, SealingScope.CLUSTER_WIDE])
def test_no_wider_scope_opens_it(scope: SealingScope):
    """A text with an annotation for a wider scope put beside it opens nowhere."""
    key, judge = controller.public_key(certificate(), datetime.now(UTC)), Unsealer.from_private_key(rsa_key())
    blob = base64.b64decode(controller.seal(key, "dev1", "hub", b"hunter2", secrets.token_bytes))

    with pytest.raises(KubesealPyError):
        judge.unseal_value(blob, "dev1", "hub", scope)


def test_each_text_is_encrypted_with_a_key_of_its_own():
    """The same login twice gives nothing in common: the nonce is always zero, so the key must never repeat."""
    key = controller.public_key(certificate(), datetime.now(UTC))
    one, two = (controller.seal(key, "dev1", "hub", b"hunter2", secrets.token_bytes) for _ in range(2))

    assert one != two
    assert base64.b64decode(one)[-23:] != base64.b64decode(two)[-23:]


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_the_length_of_the_key_stands_before_it(bits: int):
    """Controllers have keys of several sizes; the text says which."""
    private = rsa_key(bits)
    key = controller.public_key(certificate(private), datetime.now(UTC))
    blob = base64.b64decode(controller.seal(key, "dev1", "hub", b"hunter2", secrets.token_bytes))

    assert int.from_bytes(blob[:2], "big") == bits // 8
    assert Unsealer.from_private_key(private).unseal_value(blob, "dev1", "hub") == b"hunter2"


def odd_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2560)


def unknown_key() -> str:
    """A certificate whose key is of a kind that nobody knows."""
    data = base64.b64decode("".join(certificate().split("\n")[1:-2]))
    changed = data.replace(bytes.fromhex("06092a864886f70d010101"), bytes.fromhex("06092a864886f70d010163"))
    assert changed != data
    return f"-----BEGIN CERTIFICATE-----\n{base64.b64encode(changed).decode()}\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (unknown_key(), "not one for an RSA key"),
        ("-----BEGIN CERTIFICATE-----\nMAMCAQA=\n-----END CERTIFICATE-----\n", "cannot be read"),
        (elliptic_certificate(), "not one for an RSA key"),
        (certificate(odd_key()), "not one for an RSA key"),
        (certificate(start=NOW - timedelta(days=20), days=10), "expired on 2026-11-12"),
        (certificate(start=NOW + timedelta(days=10)), "not valid before 2026-12-02"),
    ],
)
def test_certificates_that_cannot_be_used(text: str, said: str):
    """What kubeseal would refuse, or the controller could not open, is refused before anybody types a password."""
    with pytest.raises(SealingKeyError, match=said) as caught:
        controller.public_key(text, NOW)

    assert caught.value.pointer == ("secrets", "certificate")
