"""What the API server itself sees to for every pod, Secret and namespace of a group, whoever makes them.

A policy reads what a group may have from the annotations of its Namespace, which no preset may change, and so stays
the same however many groups there are. Its expressions use only what Kubernetes 1.30 knows.
"""

from collections.abc import Iterator

from cubec.emitters.admission import isolation, opaque_secrets, placement, protection
from cubec.manifest import Manifest
from cubec.model.model import Site

FILE = "platform/admission.yaml"


def emit(site: Site) -> Iterator[Manifest]:
    yield from placement.emit(site)
    yield from isolation.emit(site)
    yield from protection.emit(site)
    yield from opaque_secrets.emit(site)
