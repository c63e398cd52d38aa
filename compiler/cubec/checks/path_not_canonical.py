"""A path is written in a way that two readers may understand differently.

`..`, double slashes, spaces and encoded characters are read in one way by a person, in another by a file server, and
in a third by a program that compares paths to keep groups apart. So a path has exactly one spelling: it begins with
/, goes straight down, and does not end with a slash.

Bad:
    apiVersion: cubec.io/v1
    kind: Volume
    metadata:
      name: department1
    spec:
      capacity: 1Ti
      source:
        nfs: {server: nas-1.example.com, path: /public/../department1/}
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
        nfs: {server: nas-1.example.com, path: /department1}
      grants:
        - {group: dev1, access: read-write, claim: department1-public-dev1}
        - {group: dev2, access: read-write, claim: department1-public-dev2}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model
from cubec.model.paths import canonical, oddity
from cubec.model.tenants import Csi, HostPath, Nfs
from cubec.source.document import Origin

RULE = Rule("path-not-canonical", Severity.ERROR, "a path can be understood in two ways", __doc__ or "")

_ATTRIBUTES = frozenset({"path", "share", "rootpath"})


def check(model: Model) -> Iterator[Diagnostic]:
    for path, origin in _paths(model):
        problem = oddity(path)
        if problem:
            better = canonical(path)
            hint = f"write {better}" if oddity(better) is None else "write a path without special characters"
            yield RULE.at(origin.at(), f'"{path}" {problem}', hint=hint)


def _paths(model: Model) -> Iterator[tuple[str, Origin]]:
    for volume in model.volumes.values():
        source = volume.origin.child("spec", "source")
        match volume.source:
            case Nfs(_, path):
                yield path, source.child("nfs", "path")
            case HostPath(path):
                yield path, source.child("hostPath", "path")
            case Csi(_, _, attributes):
                for key in sorted(key for key in attributes if key.lower() in _ATTRIBUTES):
                    yield attributes[key], source.child("csi", "volumeAttributes", key)
            case _:
                pass
    for n, root in enumerate(model.platform.host_path_allow):
        yield root, model.platform.origin.child("spec", "hostPathAllow", n)
