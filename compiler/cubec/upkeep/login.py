"""A registry's login as a Secret: what an original has to be, and what a copy of it is."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cubec.cluster import Object
from cubec.upkeep.plan import MANAGER

_MANAGED, _PART, _FROM = "app.kubernetes.io/managed-by", "app.kubernetes.io/part-of", "cubec.io/copied-from"
_TYPE, _KEY = "kubernetes.io/dockerconfigjson", ".dockerconfigjson"
_RBAC = "rbac.authorization.k8s.io/v1"


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose copy it is: the platform, the original as ``namespace/name``, and the binding that it belongs to."""

    platform: str
    original: str
    binding: Object


def wrong(secret: Object | None) -> str:
    """Why a Secret is no login that could be copied; empty where it is one. Never says what the Secret holds."""
    if secret is None:
        return "is not there"
    if secret.get("type") != _TYPE:
        return f"is of type {secret.get('type')!r} and not {_TYPE!r}"
    data = secret.get("data") or {}
    if set(data) != {_KEY}:
        return f"holds other keys than {_KEY!r} alone"
    try:
        config = json.loads(base64.b64decode(data[_KEY], validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return f"what stands under {_KEY!r} is no JSON"
    if not isinstance(config, dict) or not isinstance(config.get("auths"), dict) or not config["auths"]:
        return f"what stands under {_KEY!r} has no login under 'auths'"
    return ""


def copy(namespace: str, name: str, data: Mapping[str, str], origin: Origin) -> dict[str, Any]:
    binding = origin.binding["metadata"]
    owner = {"apiVersion": _RBAC, "kind": "RoleBinding", "name": binding["name"], "uid": binding["uid"]}
    metadata = {
        "name": name,
        "namespace": namespace,
        # another value than what the compiler writes has: no engine and no comparison takes it for something left over
        "labels": {_MANAGED: MANAGER, _PART: origin.platform},
        "annotations": {_FROM: origin.original},
        "ownerReferences": [owner],
    }
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": _TYPE, "data": dict(data)}


def ours(secret: Object) -> bool:
    """Whether we made it and can still change it; its type cannot be changed by anybody."""
    metadata = secret["metadata"]
    marked = (metadata.get("labels") or {}).get(_MANAGED) == MANAGER and _FROM in (metadata.get("annotations") or {})
    return marked and secret.get("type") == _TYPE and not secret.get("immutable")


def differs(secret: Object, wanted: Object) -> str:
    """What about a copy is not as it should be, in words without any value; empty where all is."""
    if (secret.get("data") or {}) != wanted["data"]:
        return "the registry's login has changed"
    metadata, meant = secret["metadata"], wanted["metadata"]
    for part in ("labels", "annotations"):
        if not (metadata.get(part) or {}).items() >= meant[part].items():
            return f"its {part} have changed"
    if metadata.get("ownerReferences") != meant["ownerReferences"]:
        return "it does not belong to the binding that allows it"
    return ""


def at_version(secret: Object, version: str) -> dict[str, Any]:
    return {**secret, "metadata": {**secret["metadata"], "resourceVersion": version}}
