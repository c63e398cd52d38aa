"""A group's claims, and for each claim and namespace a PersistentVolume that nothing else can bind to.

A volume's source never changes once it exists, so a hash of it is part of the volume's name: another source is another
volume. What is granted for reading only is read-only in the source itself, since access modes are only matched, not
enforced. All of it holds data, so nothing here is ever pruned.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from cubec.manifest import Manifest
from cubec.model import names
from cubec.model.model import Claim, Placement
from cubec.model.tenants import Csi, Dynamic, HostPath, Nfs
from cubec.model.volumes import ADDRESSED_DRIVERS
from cubec.yaml_text import Shared, SharedItems

FILE = "volumes.yaml"

_Static = Nfs | Csi | HostPath

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def emit(placement: Placement) -> Iterator[Manifest]:
    for namespace in placement.namespaces:
        for claim in placement.claims:
            yield from _claim(claim, namespace.name, placement.site.platform.system_namespace)


def _claim(claim: Claim, namespace: str, system: str) -> Iterator[Manifest]:
    volume, source, asked = claim.volume, claim.volume.source, names.source(claim.origin, "volumes", claim.volume.name)
    spec: dict[str, Any] = {
        "accessModes": _modes(claim),
        "volumeMode": "Filesystem",
        "resources": _requests(str(volume.capacity)),
    }
    if isinstance(source, Dynamic):
        spec["storageClassName"] = source.storage_class
    else:
        name = f"{namespace}--{claim.name}-{_digest(claim, source)}"
        body = {"spec": {**_reserved(claim, namespace), **_source(claim, source, namespace, system)}}
        yield Manifest("PersistentVolume", name, "", asked, body, keep=True)
        spec |= {"storageClassName": "", "volumeName": name}
    shown = {key: text for key, text in (("description", volume.description), ("owner", volume.owner)) if text}
    yield Manifest("PersistentVolumeClaim", claim.name, namespace, asked, {"spec": spec}, annotations=shown, keep=True)


def _reserved(claim: Claim, namespace: str) -> dict[str, Any]:
    """A volume for this one claim. Both have an empty class, or the cluster's default would be filled in on one side."""
    spec: dict[str, Any] = {
        "capacity": _storage(str(claim.volume.capacity)),
        "accessModes": _modes(claim),
        "volumeMode": "Filesystem",
        "persistentVolumeReclaimPolicy": "Retain",
        "storageClassName": "",
        "claimRef": {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": namespace, "name": claim.name},
    }
    options = list(dict.fromkeys((*claim.volume.mount_options, *(("ro",) if claim.read_only else ()))))
    return {**spec, "mountOptions": options} if options else spec


def _modes(claim: Claim) -> SharedItems:
    return _listed(("ReadOnlyMany",) if claim.read_only else claim.volume.access_modes)


@lru_cache(maxsize=64)
def _listed(modes: tuple[str, ...]) -> SharedItems:
    return SharedItems(modes)


@lru_cache(maxsize=256)
def _storage(capacity: str) -> Shared:
    return Shared({"storage": capacity})


@lru_cache(maxsize=256)
def _requests(capacity: str) -> Shared:
    return Shared({"requests": _storage(capacity)})


def _source(claim: Claim, source: _Static, namespace: str, system: str) -> dict[str, Any]:
    match source:
        case Nfs(server, path):
            return {"nfs": _enforced(claim, {"server": server, "path": path})}
        case HostPath(path):
            return {"hostPath": {"path": path}}
        case Csi():
            return {"csi": _enforced(claim, _csi(claim, source, namespace, system))}


def _csi(claim: Claim, source: Csi, namespace: str, system: str) -> dict[str, Any]:
    # a kubelet takes two volumes of one handle for one and mounts the first of them only
    own = source.driver not in ADDRESSED_DRIVERS
    handle = f"{source.volume_handle}#{namespace}#{claim.name}" if own else source.volume_handle
    body: dict[str, Any] = {"driver": source.driver, "volumeHandle": handle}
    if source.attributes:
        body["volumeAttributes"] = dict(sorted(source.attributes.items()))
    if source.secret:
        # the storage's credentials stay where no member of a group can mount or replace them
        body["nodePublishSecretRef"] = {"name": source.secret, "namespace": system}
    return body


def _enforced(claim: Claim, body: Mapping[str, Any]) -> dict[str, Any]:
    return {**body, "readOnly": True} if claim.read_only else dict(body)


def _digest(claim: Claim, source: _Static) -> str:
    """Of the source as it is written, without what differs from namespace to namespace only."""
    written = {**_source(claim, source, "", ""), "readOnly": claim.read_only}
    return hashlib.sha256(_CANONICAL.encode(written).encode()).hexdigest()[:8]
