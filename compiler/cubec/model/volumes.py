"""Where a volume's data lies, in a form in which two volumes can be compared, and what its driver can do.

A server's name is compared without letter case and closing dot, an address in its canonical spelling. That a name and an
address are one server cannot be seen in the documents.
"""

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from cubec.model.model import Model
from cubec.model.paths import Parts, parts
from cubec.model.tenants import Csi, Dynamic, HostPath, Nfs, Volume
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
_STORE = ("clusterid", "fsname", "storageaccount")  # what stands for a server in CephFS and Azure Files
_PATH = ("share", "path", "rootpath", "sharename")
_BELOW = ("subdir", "foldername")
_SMB = "source"  # smb.csi.k8s.io: //server/share
_EFS = "efs.csi.aws.com"  # whose handle is fs-1:/path:access-point


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


@lru_cache(maxsize=1024)
def server_name(server: str) -> str:
    """One spelling for a server that is written in several ways."""
    plain = server.lower().rstrip(".")
    try:
        return str(ipaddress.ip_address(plain.strip("[]")))
    except ValueError:
        return plain


def _csi(source: Csi) -> Place:
    stated = {key.lower(): key for key in source.attributes}

    def first(names: Iterable[str]) -> str:
        return next((source.attributes[stated[name]] for name in names if name in stated), "")

    below = first(_BELOW)
    if first((_SMB,)).startswith("//"):
        host, _, share = first((_SMB,))[2:].partition("/")
        return _at(f"smb {server_name(host)}", f"{share.lower()}/{below}", stated[_SMB])
    key = next((stated[name] for name in _PATH if name in stated), "")
    store = server_name(first(_SERVER)) or " ".join(first((name,)) for name in _STORE if name in stated)
    if store and key:
        return _at(store, f"{source.attributes[key]}/{below}", key)
    handle, _, path = source.volume_handle.partition(":") if source.driver == _EFS else (source.volume_handle, "", "")
    path = path.partition(":")[0] or (source.attributes[key] if key else "")
    return Place(f"{source.driver} {handle}", parts(f"{path}/{below}"), ("spec", "source", "csi", "volumeHandle"))


def _at(store: str, path: str, attribute: str) -> Place:
    return Place(store, parts(path), ("spec", "source", "csi", "volumeAttributes", attribute))


def namespaces(model: Model) -> Mapping[tuple[str, str], int]:
    """How many namespaces of a cluster have a claim on a volume, by the names of cluster and volume."""
    counts: dict[tuple[str, str], int] = {}
    for placement in model.placements:
        for claim in placement.claims:
            key = (placement.site.cluster.name, claim.volume.name)
            counts[key] = counts.get(key, 0) + len(placement.namespaces)
    return counts
