"""Registry documents. What stands below ``credentials`` is ciphertext or the name of a key, and is never printed."""

from collections.abc import Mapping
from typing import Any

from cubec.model.reader import Reader, strings
from cubec.model.tenants import Registry, SopsData


def read(reader: Reader) -> Registry:
    spec, credentials = reader.spec, reader.spec.get("credentials", {})
    sealed = credentials.get("sealed", {})
    return Registry(
        name=reader.name,
        server=spec["server"],
        secret_name=spec.get("secretName", reader.name),
        groups=strings(spec, "groups"),
        all_groups=spec.get("allGroups", False),
        remote=credentials.get("remote", ""),
        sealed={cluster: item["namespaces"] for cluster, item in sealed.items() if "namespaces" in item},
        sops={cluster: _sops(item["sops"]) for cluster, item in sealed.items() if "sops" in item},
        sealed_for={cluster: (item.get("server"), item.get("secretName")) for cluster, item in sealed.items()},
        origin=reader.origin,
    )


def _sops(values: Mapping[str, Any]) -> SopsData:
    return SopsData(
        data=values["data"],
        age=tuple((item["recipient"], item["enc"]) for item in values["age"]),
        last_modified=values["lastModified"],
        mac=values["mac"],
        version=values["version"],
    )
