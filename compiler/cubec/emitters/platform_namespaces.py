"""The platform's own namespaces: where people's accounts live, and where the upkeep job runs."""

from collections.abc import Iterator

from cubec.manifest import Manifest
from cubec.model import names
from cubec.model.model import Site

FILE = "platform/namespaces.yaml"


def emit(site: Site) -> Iterator[Manifest]:
    platform = site.platform
    asked = names.source(platform.origin)
    version = f"v{site.cluster.version}"
    labels = {"cubec.io/protected": "true"}
    for mode in ("enforce", "audit", "warn"):
        labels[f"pod-security.kubernetes.io/{mode}"] = "restricted"
        labels[f"pod-security.kubernetes.io/{mode}-version"] = version
    for name in dict.fromkeys((platform.identity_namespace, platform.system_namespace)):
        yield Manifest("Namespace", name, "", asked, {}, labels=labels, confirm=True)
    # whoever can start a pod beside an account can act as it, so nobody starts pods where people's accounts are
    nobody = {"spec": {"hard": {"pods": "0"}}}
    yield Manifest("ResourceQuota", "no-pods", platform.identity_namespace, asked, nobody)
