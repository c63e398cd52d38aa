"""The cluster's entry in ``CLUSTERS`` of cube-studio's configuration; JSON, which is a Python literal as well."""

import json
from collections.abc import Iterator

from cubec.model import cube_studio
from cubec.model.model import Site


def texts(site: Site) -> Iterator[tuple[str, str]]:
    if cube_studio.PROFILE not in site.platform.profiles:
        return
    name = site.cluster.name
    # an empty path means the cluster that the console itself runs in
    kubeconfig = "" if site.cluster.control else f"/home/myapp/kubeconfig/{name}-kubeconfig"
    entry = {name: {"NAME": name, "KUBECONFIG": kubeconfig}}
    yield "cube-studio/clusters.json", json.dumps(entry, indent=2) + "\n"
