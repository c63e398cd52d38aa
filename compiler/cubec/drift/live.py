"""Reading a live cluster kind by kind, with as few requests as that takes, and comparing as it is read.

A kind is listed once by our label. What is wanted and not among it is looked up, since somebody may have taken the label
off, or had the name first.
"""

from collections.abc import Iterator

from cubec.cluster import Cluster
from cubec.cluster import objects as of_cluster
from cubec.drift import drift
from cubec.drift.drift import Drift, Finding, Rehearsed
from cubec.manifest import CLUSTERED, NAMESPACED
from cubec.model.model import Site
from cubec.plan.objects import Identity, Objects, Placed

# Under whose name each engine applies: what it would change, and what it once set and would take away, is judged by that.
MANAGERS = {"argocd": "argocd-controller", "flux": "kustomize-controller", "none": "cubec"}
_KINDS = tuple(sorted((version, kind) for kind, version in {**CLUSTERED, **NAMESPACED}.items()))
_NAMESPACE = ("v1", "Namespace")


class OtherClusterError(Exception):
    """The live cluster says itself that it is another one; the message says which."""


def compare(cluster: Cluster, site: Site, wanted: Objects) -> Drift:
    """Everything that differs between ``wanted`` and the live cluster, which is ``site`` or OtherClusterError."""
    kinds, refused = drift.by_kind(wanted), set[str]()
    check_name(cluster, site.platform.name, site.cluster.name)
    findings: list[Finding] = []
    for kind in _KINDS:
        ours = kinds.get(kind, {})
        if kind in cluster.resources:
            findings += _of_kind(cluster, site, kind, ours, refused)
        else:
            findings += drift.unserved(ours)
    notes = [
        f"the server would not rehearse some changes ({word}): those are compared without its defaults"
        for word in sorted(refused)
    ]
    return Drift(site.cluster.name, cluster.server, len(wanted), tuple(findings), tuple(notes))


def check_name(cluster: Cluster, platform: str, name: str) -> None:
    """Refuse a cluster whose namespaces say that it is another one of this platform."""
    namespaces = of_cluster.all_of(cluster, _NAMESPACE[1], cluster.resources[_NAMESPACE], labels=drift.SELECTOR)
    others = drift.other_clusters(namespaces, platform)
    if others and name not in others:
        raise OtherClusterError(f'what is there says that this is cluster "{min(others)}", not "{name}"')


def _of_kind(
    cluster: Cluster, site: Site, kind: tuple[str, str], ours: Objects, refused: set[str]
) -> Iterator[Finding]:
    name, resource, manager = site.cluster.name, cluster.resources[kind], MANAGERS[site.cluster.delivery.engine]

    def rehearse(identity: Identity, placed: Placed) -> Rehearsed:
        result, why = of_cluster.rehearse(cluster, resource, placed.value, manager=manager)
        if why:
            refused.add(why)
        return Rehearsed(result, why)

    labelled = of_cluster.all_of(cluster, kind[1], resource, labels=drift.SELECTOR)
    live = {drift.name_of(name, kind, there): there for there in labelled}
    absent = [(identity.namespace, identity.name) for identity in ours if identity not in live]
    others = of_cluster.unlabelled(cluster, kind[1], resource, absent) if absent else ()
    found = {**live, **{drift.name_of(name, kind, there): there for there in others}}
    yield from drift.of_kind(ours, found, rehearse, manager=manager)
    yield from drift.left_over(live, ours, platform=site.platform.name)
