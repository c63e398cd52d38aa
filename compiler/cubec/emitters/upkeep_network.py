"""Nobody calls the upkeep tasks: they call the API server."""

from collections.abc import Iterator

from cubec.manifest import Manifest
from cubec.model import names, upkeep
from cubec.model.model import Site

FILE = "upkeep/network.yaml"


def emit(site: Site) -> Iterator[Manifest]:
    if upkeep.tasks(site):
        asked = names.source(site.platform.origin, "upkeep")
        body = {"spec": {"podSelector": {}, "policyTypes": ["Ingress"]}}
        yield Manifest("NetworkPolicy", "deny-in", site.platform.system_namespace, asked, body)
