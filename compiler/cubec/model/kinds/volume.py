"""Volume documents."""

from collections.abc import Mapping
from typing import Any

from cubec.model.reader import Reader, strings
from cubec.model.tenants import Csi, Dynamic, Grant, HostPath, Nfs, Source, Volume


def read(reader: Reader) -> Volume:
    spec, migration = reader.spec, reader.spec.get("migration", {})
    return Volume(
        name=reader.name,
        description=spec.get("description", ""),
        owner=spec.get("owner", ""),
        clusters=strings(spec, "clusters") if "clusters" in spec else None,
        capacity=reader.quantity(spec["capacity"], "spec", "capacity"),
        access_modes=strings(spec, "accessModes", ("ReadWriteMany",)),
        migration_until=reader.date(migration, "spec", "migration", "until"),
        migration_reason=migration.get("reason", ""),
        source=_source(spec["source"]),
        share_of=spec.get("shareOf", ""),
        mount_options=strings(spec, "mountOptions"),
        grants=tuple(_grant(reader, n, item) for n, item in enumerate(spec.get("grants", ()))),
        origin=reader.origin,
    )


def _source(values: Mapping[str, Any]) -> Source:
    if "nfs" in values:
        return Nfs(values["nfs"]["server"], values["nfs"]["path"])
    if "csi" in values:
        csi = values["csi"]
        secret = csi.get("secret", {}).get("name", "")
        return Csi(csi["driver"], csi["volumeHandle"], csi.get("volumeAttributes", {}), secret)
    if "hostPath" in values:
        return HostPath(values["hostPath"]["path"])
    return Dynamic(values["storageClass"])


def _grant(reader: Reader, n: int, item: Mapping[str, Any]) -> Grant:
    return Grant(
        group=item["group"],
        read_only=item.get("access", "read-write") == "read-only",
        claim=item.get("claim", reader.name),
        origin=reader.origin.child("spec", "grants", n),
    )
