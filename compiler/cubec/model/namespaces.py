"""Which namespaces groups may not take, and who says so."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from cubec.diagnostics import Position, Related
from cubec.model.model import Model
from cubec.model.tenants import Group, GroupNamespace
from cubec.model.types import Cluster, Platform
from cubec.source.document import Origin

OWN = "cubec-*"  # what the compiler's own namespaces begin with, by default
# Kubernetes' own namespaces, and those in which the controllers of a cluster usually live: whoever may start pods beside a
# controller can take its account, and with it the cluster.
_BUILT_IN = (
    *("default", "kube-*", "openshift", "openshift-*", "cattle-*", "gke-*", "cubec", OWN),
    *("argo", "argocd", "flux-system", "external-secrets", "sealed-secrets", "vault", "velero"),
    *("arena-system", "kubeflow", "kueue-system", "volcano-system", "spark-operator", "ray-system", "lws-system"),
    *("kserve", "knative-*", "istio-*", "linkerd", "ingress-nginx", "cert-manager", "gatekeeper-system", "kyverno"),
    *("calico-*", "cilium", "tigera-operator", "metallb-system", "longhorn-system", "rook-ceph", "local-path-storage"),
    *("gpu-operator", "nvidia-*", "monitoring"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A namespace, or all that begin as ``pattern`` says, and whose it is; no place where no document says so."""

    pattern: str
    holder: str
    place: Origin | None = None

    def related(self) -> list[Related]:
        return [Related(self.place.at(), f'"{self.pattern}" is reserved')] if self.place else []


@dataclass(frozen=True)
class Reserved:
    """The entries; the first that holds a name is the one to name."""

    entries: tuple[Entry, ...]

    @cached_property
    def _names(self) -> dict[str, Entry]:
        return {entry.pattern: entry for entry in reversed(self.entries) if not entry.pattern.endswith("*")}

    @cached_property
    def _prefixes(self) -> tuple[tuple[str, Entry], ...]:
        return tuple((entry.pattern[:-1], entry) for entry in self.entries if entry.pattern.endswith("*"))

    def holding(self, name: str) -> Entry | None:
        return self._names.get(name) or next((entry for begin, entry in self._prefixes if name.startswith(begin)), None)


BUILT_IN = Reserved(tuple(Entry(pattern, "it is on the built-in list") for pattern in _BUILT_IN))


def reserved(model: Model) -> Reserved:
    """What no group may take: the namespaces that the platform's documents name, its list, and the built-in list."""
    listed = (
        Entry(pattern, "the platform reserves it", model.platform.origin.child("spec", "reservedNamespaces", n))
        for n, pattern in enumerate(model.platform.reserved_namespaces)
    )
    return Reserved((*own(model.platform), *in_clusters(model), *listed, *BUILT_IN.entries))


def own(platform: Platform) -> tuple[Entry, Entry]:
    """The namespace of people's accounts, and that of the upkeep jobs; no place where the name is the default."""

    def stated(field: str) -> Origin | None:
        return platform.origin.child("spec", field) if field in platform.origin.document.value["spec"] else None

    return (
        Entry(
            platform.identity_namespace,
            "people's accounts live there (identityNamespace)",
            stated("identityNamespace"),
        ),
        Entry(platform.system_namespace, "the upkeep jobs run there (systemNamespace)", stated("systemNamespace")),
    )


def in_clusters(model: Model) -> Iterator[Entry]:
    """Yield the namespaces that clusters name: where secrets come from, and who may reach the groups."""
    for cluster in model.clusters.values():
        if cluster.secrets and cluster.secrets.namespace:
            place = cluster.origin.child("spec", "secrets", "namespace")
            yield Entry(cluster.secrets.namespace, f'cluster "{cluster.name}" keeps secrets there', place)
        yield from _listed(cluster, "ingressNamespaces", cluster.ingress_namespaces)
        yield from _listed(cluster, "monitoringNamespaces", cluster.monitoring_namespaces)


def _listed(cluster: Cluster, field: str, names: tuple[str, ...]) -> Iterator[Entry]:
    for n, name in enumerate(names):
        yield Entry(name, f'cluster "{cluster.name}" lists it under {field}', cluster.origin.child("spec", field, n))


def place(group: Group, namespace: GroupNamespace) -> Position:
    """Where a group says the name of one of its namespaces: there, under its earlier names, or as its own name."""
    if namespace.origin.pointer:
        return namespace.origin.at("name")
    return group.origin.at(*(("spec", "previously", 0) if group.previously else ("metadata", "name")))
