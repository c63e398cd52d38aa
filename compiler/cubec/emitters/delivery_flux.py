"""Flux's Kustomizations for the platform's own objects; a group's waits for the platform's, as does the upkeep."""

from collections.abc import Iterator

from cubec.manifest import Manifest
from cubec.model import flux, names
from cubec.model.model import Site

FILE = "delivery/flux.yaml"


def emit(site: Site) -> Iterator[Manifest]:
    if site.cluster.delivery.engine != "flux":
        return
    asked = names.source(site.cluster.origin, "delivery")
    platform = flux.kustomization(site, "platform")
    yield Manifest("Kustomization", flux.PLATFORM, flux.NAMESPACE, asked, platform)
    if site.platform.upkeep:
        upkeep = flux.kustomization(site, "upkeep", after=flux.PLATFORM)
        yield Manifest("Kustomization", "cubec-upkeep", flux.NAMESPACE, asked, upkeep)
