"""cube-studio's ``volume_mount`` grammar, and the list form of it."""

import re
from collections.abc import Mapping
from typing import Any

from cubec.model.reader import Reader
from cubec.model.rules import BAD_MOUNT
from cubec.model.tenants import Mount
from cubec.source.document import Pointer

_ITEM = re.compile(r"([^(]+)\(([a-z-]*)\):(.*)", re.ASCII | re.DOTALL)
# type as written: (kind, each user sees the sub-directory of their own name)
_TYPES = {
    "pvc": ("claim", True),
    "storage": ("claim", False),
    "pvc-share": ("claim", False),
    "memory": ("memory", False),
    "configmap": ("configmap", False),
    "secret": ("secret", False),
    "hostpath": ("hostpath", False),
}
_KEYS = {"claim": "claim", "memory": "memory", "configMap": "configmap", "secret": "secret", "hostPath": "hostpath"}
_PATH = re.compile(r"/(?:[A-Za-z0-9_.@+-]+/?)*", re.ASCII)
_FORM = "write source(type):/path, for example kubeflow-user-workspace(pvc):/mnt"


def read(reader: Reader, value: Any, *pointer: str | int) -> tuple[Mount, ...]:
    """Read a ``mounts`` field: one text, or a list of texts and mappings."""
    if isinstance(value, str):
        texts = [text for text in re.split(r"[,;，\n]", value) if text.strip()]
        found = [_text(reader, text.strip(), pointer) for text in texts]
    else:
        found = [
            _text(reader, item, (*pointer, n)) if isinstance(item, str) else _mapping(reader, item, (*pointer, n))
            for n, item in enumerate(value)
        ]
    mounts = [mount for mount in found if mount is not None]
    _distinct(reader, mounts)
    return tuple(mounts)


def _text(reader: Reader, text: str, pointer: Pointer) -> Mount | None:
    match = _ITEM.fullmatch(text)
    if match is None:
        _bad(reader, pointer, f'"{text}" is not a mount', _FORM)
        return None
    source, kind, path = match.groups()
    if kind not in _TYPES:
        _bad(reader, pointer, f'"{kind}" is not a type of mount', f"use one of {', '.join(_TYPES)}")
        return None
    name, personal = _TYPES[kind]
    return _mount(reader, name, source.strip(), path.strip(), personal=personal, read_only=False, pointer=pointer)


def _mapping(reader: Reader, item: Mapping[str, Any], pointer: Pointer) -> Mount | None:
    key = next(key for key in _KEYS if key in item)
    return _mount(
        reader,
        _KEYS[key],
        str(item[key]),
        item["path"],
        personal=item.get("personal", False),
        read_only=item.get("readOnly", False),
        pointer=pointer,
    )


def _mount(
    reader: Reader, kind: str, source: str, path: str, *, personal: bool, read_only: bool, pointer: Pointer
) -> Mount | None:
    # "4Gi(memory)" became the invalid size 4iGi in cube-studio; here both spellings mean what they say
    if kind == "memory":
        source = str(reader.quantity(source, *pointer))
    if not _PATH.fullmatch(path) or ".." in path.split("/") or path == "/":
        _bad(reader, pointer, f'"{path}" is not a path to mount at', "write an absolute path other than /: /mnt")
        return None
    return Mount(kind, source, path.rstrip("/"), read_only, personal, reader.origin.child(*pointer))


def _distinct(reader: Reader, mounts: list[Mount]) -> None:
    seen: set[str] = set()
    for mount in mounts:
        if mount.path in seen:
            message = f'"{mount.path}" is mounted twice'
            reader.diagnostics.append(
                BAD_MOUNT.at(mount.origin.at(), message, hint="give each mount a path of its own")
            )
        seen.add(mount.path)


def _bad(reader: Reader, pointer: Pointer, message: str, hint: str) -> None:
    reader.diagnostics.append(BAD_MOUNT.at(reader.document.at(*pointer), message, hint=hint))
