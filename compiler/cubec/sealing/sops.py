"""A login as SOPS encrypts it for age keys: one value, at the place where the emitted Secret has it.

SOPS binds a value to the keys that lead to it, and its check sum to the time of encryption. The check sum covers what is
encrypted and nothing else, so that one text serves each namespace, whatever labels the Secret carries there.
"""

import base64
import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import pyrage  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cubec.sealing.errors import SealingKeyError

Random = Callable[[int], bytes]
Receivers = tuple[tuple[str, Any], ...]  # names, and what the library makes of them

VERSION = "3.11.0"  # of the format, as the program of that version writes and reads it

_PLACE = "data:.dockerconfigjson:"
_KEY_BYTES = _VECTOR_BYTES = 32
_TAG_BYTES = 16
_START = hashlib.sha256(b"sops").digest()  # what a check sum of encrypted values begins with


def receivers(recipients: Sequence[str]) -> Receivers:
    """The recipients' names and public keys."""
    found = []
    for n, name in enumerate(recipients):
        try:
            found.append((name, pyrage.x25519.Recipient.from_str(name)))
        except pyrage.RecipientError:
            hint = "copy it again, as age-keygen -y prints it"
            raise SealingKeyError(f'recipient "{name}" is mistyped', hint, "secrets", "recipients", n) from None
    return tuple(found)


def seal(to: Receivers, content: bytes, moment: str, random: Random) -> dict[str, Any]:
    """What stands below ``sops`` in the tenant's file. ``moment`` is the time in UTC, to the second."""
    key = random(_KEY_BYTES)
    value = base64.b64encode(content)  # what a Secret's data holds
    check_sum = hashlib.sha512(_START + value).hexdigest().upper()
    return {
        "data": _encrypted(key, value, _PLACE, random),
        "age": [{"recipient": name, "enc": _for(recipient, key)} for name, recipient in to],
        "lastModified": moment,
        "mac": _encrypted(key, check_sum.encode(), moment, random),
        "version": VERSION,
    }


def _encrypted(key: bytes, value: bytes, place: str, random: Random) -> str:
    vector = random(_VECTOR_BYTES)
    sealed = AESGCM(key).encrypt(vector, value, place.encode())
    data, tag = sealed[:-_TAG_BYTES], sealed[-_TAG_BYTES:]
    parts = (
        f"{name}:{base64.b64encode(part).decode()}" for name, part in (("data", data), ("iv", vector), ("tag", tag))
    )
    return f"ENC[AES256_GCM,{','.join(parts)},type:str]"


def _for(recipient: Any, key: bytes) -> str:
    """The key of the value, encrypted for one recipient."""
    armored: bytes = pyrage.encrypt(key, [recipient], armored=True)
    return armored.decode()
