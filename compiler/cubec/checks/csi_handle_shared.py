"""A volume whose driver finds it by its handle is used in several namespaces.

Kubernetes keeps volumes apart by their handle, so each namespace needs one of its own for the same data. With most
drivers that is only a name, and cubec makes one per namespace. With some, such as cloud disks, the handle is the
address of the data itself: it cannot be changed, and a node that sees it twice mounts one of the two for both. Share
such data through an nfs source, or through a driver that takes server and path as attributes.

Bad:
    apiVersion: cubec.io/v1
    kind: Volume
    metadata:
      name: department1
    spec:
      capacity: 1Ti
      source:
        csi: {driver: efs.csi.aws.com, volumeHandle: fs-0123456789}
      grants:
        - {group: dev1, access: read-write, claim: department1-public-dev1}
        - {group: dev2, access: read-write, claim: department1-public-dev2}

Good:
    apiVersion: cubec.io/v1
    kind: Volume
    metadata:
      name: department1
    spec:
      capacity: 1Ti
      source:
        nfs: {server: fs-0123456789.efs.eu-west-1.amazonaws.com, path: /}
      grants:
        - {group: dev1, access: read-write, claim: department1-public-dev1}
        - {group: dev2, access: read-write, claim: department1-public-dev2}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model
from cubec.model.tenants import Csi
from cubec.model.volumes import ADDRESSED_DRIVERS, namespaces

RULE = Rule(
    "csi-handle-shared", Severity.ERROR, "a volume that is its handle is used in several namespaces", __doc__ or ""
)


def check(model: Model) -> Iterator[Diagnostic]:
    handles: dict[tuple[str, str, str], list[str]] = {}
    counts: dict[tuple[str, str, str], int] = {}
    for (cluster, name), count in namespaces(model).items():
        source = model.volumes[name].source
        if isinstance(source, Csi) and source.driver in ADDRESSED_DRIVERS:
            key = (cluster, source.driver, source.volume_handle)
            handles.setdefault(key, []).append(name)
            counts[key] = counts.get(key, 0) + count
    for (cluster, driver, _), names in handles.items():
        count = counts[cluster, driver, _]
        for name in names if count > 1 else ():
            yield RULE.at(
                model.volumes[name].origin.at("spec", "source", "csi", "volumeHandle"),
                f'{count} namespaces of cluster "{cluster}" would share one handle, which {driver} cannot do',
                hint="grant it to one group with one namespace, or share the data through nfs",
            )
