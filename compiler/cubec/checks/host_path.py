"""A folder of the nodes is used that the platform does not allow.

`hostPath` is a folder of the machine that a pod happens to run on. Outside a few folders that the platform sets aside
for data it is the machine itself: who reads its files reads every other team's secrets. So the platform lists under
`hostPathAllow` where such volumes may lie, and the system's own folders are never among them.

Bad:
    apiVersion: cubec.io/v1
    kind: Volume
    metadata:
      name: scratch
    spec:
      capacity: 100Gi
      source:
        hostPath: {path: /data/k8s-old/scratch}

Good:
    apiVersion: cubec.io/v1
    kind: Volume
    metadata:
      name: scratch
    spec:
      capacity: 100Gi
      source:
        hostPath: {path: /data/k8s/scratch}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model
from cubec.model.paths import allowed, inside, of_the_node, parts
from cubec.model.tenants import HostPath
from cubec.source.document import Origin

RULE = Rule("host-path", Severity.ERROR, "a folder of the nodes is used that is not allowed", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for n, root in enumerate(model.platform.host_path_allow):
        yield from _system(root, model.platform.origin.child("spec", "hostPathAllow", n))
    for path, origin in _used(model):
        system = list(_system(path, origin))
        yield from system
        if not system and not allowed(path, model.platform.host_path_allow):
            yield _outside(model, path, origin)


def _used(model: Model) -> Iterator[tuple[str, Origin]]:
    for volume in model.volumes.values():
        if isinstance(volume.source, HostPath):
            yield volume.source.path, volume.origin.child("spec", "source", "hostPath", "path")


def _system(path: str, origin: Origin) -> Iterator[Diagnostic]:
    system = of_the_node(path)
    if system:
        relation = (
            "is" if parts(path) == parts(system) else "lies in" if inside(parts(path), parts(system)) else "holds"
        )
        hint = "use a folder that holds nothing but data, such as /data/k8s"
        yield RULE.at(origin.at(), f'"{path}" {relation} "{system}", which is part of the machine itself', hint=hint)


def _outside(model: Model, path: str, origin: Origin) -> Diagnostic:
    roots = model.platform.host_path_allow
    place = model.platform.origin.key("spec", "hostPathAllow")
    ways = f"use a folder below {' or '.join(roots)}" if roots else "use nfs or csi storage"
    return RULE.at(
        origin.at(),
        f'"{path}" is not below a folder that the platform allows',
        hint=f"{ways}, or ask the platform's owners to list it under hostPathAllow",
        related=[Related(place, "the platform allows folders of the nodes")],
    )
