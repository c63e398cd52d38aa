"""Pull secrets of the registries, one for each namespace, in the way that the cluster's secrets come: never as plain text.

What is encrypted stands in the registry's document, as `cubec seal` wrote it, and is only copied here; that it is there
has been checked. Where the upkeep job copies the Secrets, nothing is written.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from cubec.manifest import Manifest
from cubec.model import names
from cubec.model.model import Placement
from cubec.model.tenants import Registry, SopsData
from cubec.model.types import SecretMode
from cubec.yaml_text import Shared

FILE = "secrets.yaml"

_KEY = ".dockerconfigjson"
_TYPE = "kubernetes.io/dockerconfigjson"

_Made = tuple[str, dict[str, Any]]  # kind and body


def emit(placement: Placement) -> Iterator[Manifest]:
    secrets = placement.site.cluster.secrets
    if secrets is None or secrets.mode == "sync":
        return
    made = _MODES[secrets.mode]
    for namespace in placement.namespaces:
        for registry in placement.registries:
            kind, body = made(secrets, placement.site.cluster.name, registry, namespace.name)
            yield Manifest(kind, registry.secret_name, namespace.name, names.source(registry.origin), body)


def _external(secrets: SecretMode, cluster: str, registry: Registry, namespace: str) -> _Made:
    return "ExternalSecret", _reference(secrets.store_name, secrets.store_kind, registry.secret_name, registry.remote)


@lru_cache(maxsize=256)
def _reference(store: str, store_kind: str, secret: str, key: str) -> Shared:
    """What the operator would fill in by itself inside the list is written out: an engine sees a difference otherwise."""
    remote = {"key": key, "conversionStrategy": "Default", "decodingStrategy": "None", "metadataPolicy": "None"}
    spec = {
        "refreshPolicy": "Periodic",
        "refreshInterval": "1h0m0s",
        "secretStoreRef": {"name": store, "kind": store_kind},
        "target": {
            "name": secret,
            "creationPolicy": "Owner",
            "deletionPolicy": "Retain",
            "template": {"type": _TYPE, "data": {_KEY: "{{ .config | toString }}"}},
        },
        "data": [{"secretKey": "config", "remoteRef": remote}],
    }
    return Shared({"spec": spec})


def _sealed(secrets: SecretMode, cluster: str, registry: Registry, namespace: str) -> _Made:
    ciphertext = registry.sealed[cluster][namespace]
    return "SealedSecret", {
        "spec": {
            "encryptedData": {_KEY: "".join(ciphertext.split())},
            "template": {"metadata": {"name": registry.secret_name, "namespace": namespace}, "type": _TYPE},
        }
    }


def _sops(secrets: SecretMode, cluster: str, registry: Registry, namespace: str) -> _Made:
    """One ciphertext serves all namespaces: SOPS binds it to its place in the object, not to the object's name.

    Its check sum covers what is encrypted and nothing else, so that labels and annotations may change. Flux decrypts one
    object after the other, however many stand in a file.
    """
    data = registry.sops[cluster]
    return "Secret", {"type": _TYPE, "data": {_KEY: data.data}, "sops": _sops_block(data)}


def _sops_block(data: SopsData) -> dict[str, Any]:
    return {
        "age": [{"recipient": recipient, "enc": enc} for recipient, enc in data.age],
        "lastmodified": data.last_modified,
        "mac": data.mac,
        "encrypted_regex": "^(data)$",
        "mac_only_encrypted": True,
        "version": data.version,
    }


_MODES: Mapping[str, Callable[[SecretMode, str, Registry, str], _Made]] = {
    "external-secrets": _external,
    "sealed-secrets": _sealed,
    "sops": _sops,
}
