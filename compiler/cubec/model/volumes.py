"""Where a volume's data lies, in a form in which two volumes can be compared, and what its driver can do.

A server's name is compared without letter case and closing dot, an address in its canonical spelling. That a name and an
address are one server cannot be seen in the documents.
"""

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cubec.model.model import Model
from cubec.model.paths import Parts, parts
from cubec.model.types import Csi, Dynamic, HostPath, Nfs, Volume
from cubec.source.document import Pointer

# Drivers that find the data by the volume handle: it is an address, so no second PersistentVolume can have one of its own,
# and a kubelet takes two volumes of one handle for one. Other drivers read the address in the attributes.
ADDRESSED_DRIVERS = frozenset(
    {
        "cinder.csi.openstack.org",
        "disk.csi.azure.com",
        "diskplugin.csi.alibabacloud.com",
        "ebs.csi.aws.com",
        "efs.csi.aws.com",
        "file.csi.azure.com",
        "filestore.csi.storage.gke.io",
        "pd.csi.storage.gke.io",
    }
)

_SERVER = ("server", "host")
_PATH = ("share", "path", "rootpath", "sharepath")
_BELOW = ("subdir", "foldername")
_SMB = "source"  # smb.csi.k8s.io: //server/share


@dataclass(frozen=True, slots=True)
class Place:
    """A folder: ``store`` is a file server, a cluster's nodes or a driver's volume; ``pointer`` leads to where it is written."""

    store: str
    folder: Parts
    pointer: Pointer


def places(volume: Volume, clusters: Iterable[str]) -> Iterator[Place]:
    """Every place that the volume's data lies at; none for a volume that a StorageClass makes."""
    match volume.source:
        case Nfs(server, path):
            yield Place(server_name(server), parts(path), ("spec", "source", "nfs", "path"))
        case HostPath(path):
            for cluster in volume.clusters or clusters:
                yield Place(f"the nodes of {cluster}", parts(path), ("spec", "source", "hostPath", "path"))
        case Csi():
            yield _csi(volume.source)
        case Dynamic():
            return


def server_name(server: str) -> str:
    """One spelling for a server that is written in several ways."""
    plain = server.lower().rstrip(".")
    try:
        return str(ipaddress.ip_address(plain.strip("[]")))
    except ValueError:
        return plain


def _csi(source: Csi) -> Place:
    stated = {key.lower(): key for key in source.attributes}
    key = next((stated[name] for name in _PATH if name in stated), "")
    server = next((source.attributes[stated[name]] for name in _SERVER if name in stated), "")
    below = next((source.attributes[stated[name]] for name in _BELOW if name in stated), "")
    attributes = ("spec", "source", "csi", "volumeAttributes")
    if server and key:
        return Place(server_name(server), parts(f"{source.attributes[key]}/{below}"), (*attributes, key))
    if _SMB in stated and source.attributes[stated[_SMB]].startswith("//"):
        host, _, share = source.attributes[stated[_SMB]][2:].partition("/")
        return Place(f"smb {server_name(host)}", parts(f"{share.lower()}/{below}"), (*attributes, stated[_SMB]))
    folder = parts(f"{source.attributes[key] if key else ''}/{below}")
    return _handle(source, folder)


def _handle(source: Csi, folder: Parts) -> Place:
    pointer: Pointer = ("spec", "source", "csi", "volumeHandle")
    handle = source.volume_handle
    if source.driver == "efs.csi.aws.com":  # fs-1:/path:access-point
        handle, *rest = handle.split(":")
        folder = parts(rest[0]) if rest else ()
    return Place(f"{source.driver} {handle}", folder, pointer)


def namespaces(model: Model) -> Mapping[tuple[str, str], int]:
    """How many namespaces of a cluster have a claim on a volume, by the names of cluster and volume."""
    counts: dict[tuple[str, str], int] = {}
    for placement in model.placements:
        for claim in placement.claims:
            key = (placement.site.cluster.name, claim.volume.name)
            counts[key] = counts.get(key, 0) + len(placement.namespaces)
    return counts
