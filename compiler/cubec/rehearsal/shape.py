"""The shape of the fields of a pod that a rehearsal reads, so that no later step has to ask what it was given."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from cubec.source.document import Pointer

# A mapping of named fields; a list of one thing, its items; ANY of one thing, a mapping with keys that people choose.
_Shape = Any
ANY = "*"
_TEXTS = MappingProxyType({ANY: str})
_AMOUNTS = MappingProxyType({ANY: (str, int, float)})
_RESOURCES = {"limits": _AMOUNTS, "requests": _AMOUNTS}
_HANDLER = {"httpGet": {"host": str}, "tcpSocket": {"host": str}}
_CONTEXT = {
    "privileged": bool,
    "allowPrivilegeEscalation": bool,
    "runAsNonRoot": bool,
    "runAsUser": int,
    "runAsGroup": int,
    "fsGroup": int,
    "supplementalGroups": [int],
    "procMount": str,
    "capabilities": {"add": [str], "drop": [str]},
    "seccompProfile": {"type": str},
    "appArmorProfile": {"type": str},
    "seLinuxOptions": _TEXTS,
    "windowsOptions": {"hostProcess": bool},
    "sysctls": [{"name": str, "value": str}],
}
_CONTAINER = {
    "name": str,
    "image": str,
    "restartPolicy": str,
    "resources": _RESOURCES,
    "securityContext": _CONTEXT,
    "ports": [{"hostPort": int}],
    "lifecycle": {"postStart": _HANDLER, "preStop": _HANDLER},
    **dict.fromkeys(("livenessProbe", "readinessProbe", "startupProbe"), _HANDLER),
}
_CONTAINERS = {key: [_CONTAINER] for key in ("containers", "initContainers", "ephemeralContainers")}
_METADATA = {"name": str, "generateName": str, "namespace": str, "labels": _TEXTS, "annotations": _TEXTS}
POD = {
    "metadata": _METADATA,
    "spec": {
        **_CONTAINERS,
        "nodeName": str,
        "nodeSelector": _TEXTS,
        "tolerations": [{"key": str, "operator": str, "value": str, "effect": str, "tolerationSeconds": int}],
        "affinity": {},
        "priorityClassName": str,
        "priority": int,
        "serviceAccountName": str,
        "securityContext": _CONTEXT,
        "resources": _RESOURCES,
        "overhead": _AMOUNTS,
        "imagePullSecrets": [{"name": str}],
        "volumes": [{"name": str, ANY: (dict, str), "persistentVolumeClaim": {"claimName": str}}],
        **dict.fromkeys(("hostNetwork", "hostPID", "hostIPC"), bool),
    },
}
OBJECT = {"apiVersion": str, "kind": str, "metadata": _METADATA}
_WORDS = {str: "a text", bool: "true or false", int: "a whole number", dict: "a mapping", list: "a list"}


def misshapen(value: Any, shape: _Shape, at: Pointer = ()) -> Iterator[tuple[Pointer, str]]:
    """Where a value has another shape, and which one it should have. What is null counts as absent."""
    if value is None:
        return
    if isinstance(shape, list):
        yield from _items(value, shape[0], at)
    elif isinstance(shape, Mapping):
        yield from _fields(value, shape, at)
    elif not isinstance(value, shape) or (isinstance(value, bool) and shape is not bool):
        yield at, "an amount" if isinstance(shape, tuple) and float in shape else _WORDS.get(shape, "a mapping")


def _items(value: Any, shape: _Shape, at: Pointer) -> Iterator[tuple[Pointer, str]]:
    if not isinstance(value, list):
        yield at, "a list"
        return
    for number, item in enumerate(value):
        if item is None:
            yield (*at, number), "an entry"
        yield from misshapen(item, shape, (*at, number))


def _fields(value: Any, shape: Mapping[str, _Shape], at: Pointer) -> Iterator[tuple[Pointer, str]]:
    if not isinstance(value, dict):
        yield at, "a mapping"
        return
    for key, item in value.items():
        if key in shape or ANY in shape:
            yield from misshapen(item, shape.get(key, shape.get(ANY)), (*at, key))
