"""An encrypted login is damaged, or encrypted for somebody else.

What `cubec seal` prints is copied into the cluster as it is. A text that was cut off, or pasted into the wrong place,
cannot be opened there, and pods cannot pull images; a text that others can open, too, is no secret. Neither shows in
the cluster until somebody looks. The text itself is never printed.

Bad:
    apiVersion: cubec.io/v1
    kind: Registry
    metadata:
      name: hub
    spec:
      server: registry.example.com
      allGroups: true
      credentials:
        remote: registries/hub
        sealed:
          ack:
            namespaces:
              dev1: AgBy3i4OJSWK

Good:
    apiVersion: cubec.io/v1
    kind: Registry
    metadata:
      name: hub
    spec:
      server: registry.example.com
      allGroups: true
      credentials:
        remote: registries/hub
"""

import base64
import binascii
import re
from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model
from cubec.model.tenants import Registry, SopsData
from cubec.source.document import Pointer

RULE = Rule("ciphertext", Severity.ERROR, "an encrypted login is damaged, or for somebody else", __doc__ or "")

_RSA = frozenset({256, 384, 512})  # bytes of an RSA-2048, 3072 or 4096 block
_TAG = 16  # bytes, AES-GCM
_VECTOR = 32  # bytes, as SOPS has it
_AGE = b"age-encryption.org/v1\n"
_AGE_END = 43 + 1 + 16 + 32 + _TAG  # the header's check sum and line end, the nonce, the encrypted key and its tag
_SOPS = re.compile(r"ENC\[AES256_GCM,data:([^,]+),iv:([^,]+),tag:([^,]+),type:str\]", re.ASCII)

Problem = tuple[Pointer, str]


def check(model: Model) -> Iterator[Diagnostic]:
    for registry in model.registries.values():
        for pointer, message in (*_sealed(registry), *_sops(model, registry), *_bound(registry)):
            yield RULE.at(
                registry.origin.at("spec", "credentials", "sealed", *pointer),
                message,
                hint="run cubec seal again, and put what it prints where it says, all of it",
                excerpt=False,
            )


def _sealed(registry: Registry) -> Iterator[Problem]:
    for cluster, texts in registry.sealed.items():
        for namespace, text in texts.items():
            if not _sound(text):
                yield (cluster, "namespaces", namespace), "this is not what cubec seal prints, or not all of it"


def _sound(text: str) -> bool:
    """Two bytes with the length of the RSA block, the block, and AES-GCM's text with its tag."""
    blob = _decoded("".join(text.split()))
    size = int.from_bytes(blob[:2], "big")
    return size in _RSA and len(blob) > 2 + size + _TAG


def _sops(model: Model, registry: Registry) -> Iterator[Problem]:
    for name, item in registry.sops.items():
        for key, text in (("data", item.data), ("mac", item.mac)):
            match = _SOPS.fullmatch(text)
            sizes = [len(_decoded(part)) for part in match.groups()] if match else [0]
            if not sizes[0] or sizes[1:] != [_VECTOR, _TAG]:
                yield (name, "sops", key), "this is not what sops writes for a text"
        yield from _recipients(model, name, item)


def _recipients(model: Model, name: str, item: SopsData) -> Iterator[Problem]:
    cluster = model.clusters.get(name)
    allowed = cluster.secrets.recipients if cluster and cluster.secrets else ()
    for n, (recipient, message) in enumerate(item.age):
        place = (name, "sops", "age", n)
        if allowed and recipient not in allowed:
            yield (*place, "recipient"), f'cluster "{name}" does not list this recipient, who can open the login'
        if not _for_key(message):
            yield (*place, "enc"), "this is not what age writes, or not all of it"
    absent = [recipient for recipient in allowed if recipient not in {known for known, _ in item.age}]
    if absent:
        yield (name, "sops", "age"), f'cluster "{name}" lists recipient "{absent[0]}", who cannot open this login'


def _for_key(armored: str) -> bool:
    """An age file: its version first, and at the end a key of 32 bytes."""
    lines = armored.strip().split("\n")
    data = _decoded("".join(lines[1:-1]))
    return data.startswith(_AGE) and len(data.partition(b"\n--- ")[2]) == _AGE_END


def _bound(registry: Registry) -> Iterator[Problem]:
    for cluster, (server, name) in registry.sealed_for.items():
        if server not in (None, registry.server):
            yield (cluster, "server"), f'this login was encrypted for another server than "{registry.server}"'
        if cluster in registry.sealed and name not in (None, registry.secret_name):
            message = f'this login opens as another Secret than "{registry.secret_name}", and as that one only'
            yield (cluster, "secretName"), message


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""
