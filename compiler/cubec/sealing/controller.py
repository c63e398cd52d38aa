"""A login for the Sealed Secrets controller of a cluster, bound to one namespace and one name (strict scope).

A random key encrypts the login, the controller's public key encrypts that key. The label of the latter is namespace and
name, so that the text opens as that Secret and as no other.
"""

import base64
from collections.abc import Callable
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cubec.sealing.errors import SealingKeyError

_KEY_BYTES = 32
_NONCE = bytes(12)  # each key encrypts one text, so that the nonce need not differ
_SMALLEST = 2048
_SIZES = (_SMALLEST, 3072, 4096)  # bits; others the check of ciphertext would take for damage
_PLACE = ("secrets", "certificate")
_FETCH = "paste the certificate that kubeseal --fetch-cert prints"


def public_key(certificate: str, now: datetime) -> RSAPublicKey:
    """The key of a certificate that is valid now."""
    read = _certificate(certificate)
    try:
        key = read.public_key()
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPublicKey) or key.key_size not in _SIZES:
        sizes = ", ".join(map(str, _SIZES))
        raise SealingKeyError(f"the certificate is not one for an RSA key of {sizes} bits", _FETCH, *_PLACE)
    first, last = read.not_valid_before_utc, read.not_valid_after_utc
    if not first <= now <= last:
        when = f"is not valid before {first:%Y-%m-%d}" if now < first else f"expired on {last:%Y-%m-%d}"
        raise SealingKeyError(f"the certificate {when}", _FETCH, *_PLACE)
    return key


def _certificate(text: str) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(text.encode())
    except ValueError:
        raise SealingKeyError("the certificate cannot be read", _FETCH, *_PLACE) from None


def seal(key: RSAPublicKey, namespace: str, name: str, content: bytes, random: Callable[[int], bytes]) -> str:
    """The text for one namespace, in base64: length of the encrypted key, the encrypted key, the encrypted login."""
    own = random(_KEY_BYTES)
    label = f"{namespace}/{name}".encode()
    wrapped = key.encrypt(own, padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), label))
    blob = len(wrapped).to_bytes(2, "big") + wrapped + AESGCM(own).encrypt(_NONCE, content, None)
    return base64.b64encode(blob).decode()
