"""What the upkeep tasks are told: how nodes shall be, where pull secrets are copied from, when work is old."""

from collections.abc import Iterator

from cubec.manifest import Manifest
from cubec.model import names, upkeep
from cubec.model.model import Site

FILE = "upkeep/desired-state.yaml"


def emit(site: Site) -> Iterator[Manifest]:
    data = upkeep.desired_state(site)
    if data:
        asked = names.source(site.platform.origin, "upkeep")
        yield Manifest("ConfigMap", upkeep.DESIRED_STATE, site.platform.system_namespace, asked, {"data": data})
