"""A group's claims, and for each claim and namespace a PersistentVolume that nothing else can bind to.

A volume's source never changes once it exists, so a hash of it is part of the volume's name: another source is another
volume. What is granted for reading only is read-only in the source itself, since access modes are only matched, not
enforced. All of it holds data, so nothing here is ever pruned.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from cubec.manifest import Manifest
from cubec.model import names
from cubec.model.model import Claim, Placement
from cubec.model.types import Csi, Dynamic, HostPath, Nfs
from cubec.model.volumes import ADDRESSED_DRIVERS

FILE = "volumes.yaml"


def emit(placement: Placement) -> Iterator[Manifest]:
    for namespace in placement.namespaces:
        for claim in placement.claims:
            yield from _claim(claim, namespace.name)


def _claim(claim: Claim, namespace: str) -> Iterator[Manifest]:
    volume, asked = claim.volume, names.source(claim.origin, "volumes", claim.volume.name)
    modes = ["ReadOnlyMany"] if claim.read_only else list(volume.access_modes)
    capacity = {"storage": str(volume.capacity)}
    spec: dict[str, Any] = {"accessModes": modes, "volumeMode": "Filesystem", "resources": {"requests": capacity}}
    if isinstance(volume.source, Dynamic):
        spec["storageClassName"] = volume.source.storage_class
    else:
        # an empty class on both sides, or the cluster's default class would be filled in and the two never meet
        name = f"{namespace}--{claim.name}-{_digest(claim)}"
        static: dict[str, Any] = {
            "capacity": capacity,
            "accessModes": modes,
            "volumeMode": "Filesystem",
            "persistentVolumeReclaimPolicy": "Retain",
            "storageClassName": "",
            "claimRef": {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "namespace": namespace,
                "name": claim.name,
            },
        }
        options = _mount_options(claim)
        if options:
            static["mountOptions"] = options
        yield Manifest(
            "PersistentVolume", name, "", asked, {"spec": {**static, **_source(claim, namespace)}}, keep=True
        )
        spec |= {"storageClassName": "", "volumeName": name}
    shown = (("description", volume.description), ("owner", volume.owner))
    annotations = {key: text for key, text in shown if text}
    yield Manifest(
        "PersistentVolumeClaim", claim.name, namespace, asked, {"spec": spec}, annotations=annotations, keep=True
    )


def _source(claim: Claim, namespace: str) -> dict[str, Any]:
    match claim.volume.source:
        case Nfs(server, path):
            return {"nfs": _enforced(claim, {"server": server, "path": path})}
        case HostPath(path):
            return {"hostPath": {"path": path}}
        case Csi() as source:
            return {"csi": _enforced(claim, _csi(claim, source, namespace))}
        case Dynamic():
            raise AssertionError(claim.name)


def _csi(claim: Claim, source: Csi, namespace: str) -> dict[str, Any]:
    # a kubelet takes two volumes of one handle for one and mounts the first of them only
    own = source.driver not in ADDRESSED_DRIVERS
    handle = f"{source.volume_handle}#{namespace}#{claim.name}" if own else source.volume_handle
    body: dict[str, Any] = {"driver": source.driver, "volumeHandle": handle}
    if source.attributes:
        body["volumeAttributes"] = dict(sorted(source.attributes.items()))
    if source.secret:
        body["nodePublishSecretRef"] = {"name": source.secret, "namespace": namespace}
    return body


def _enforced(claim: Claim, body: Mapping[str, Any]) -> dict[str, Any]:
    return {**body, "readOnly": True} if claim.read_only else dict(body)


def _mount_options(claim: Claim) -> list[str]:
    options = list(claim.volume.mount_options)
    if claim.read_only and not isinstance(claim.volume.source, HostPath):  # which takes no options
        options.append("ro")
    return options


def _digest(claim: Claim) -> str:
    """Of the source as it is written, without what differs from namespace to namespace only."""
    source = {**_source(claim, ""), "readOnly": claim.read_only}
    canonical = json.dumps(source, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:8]
