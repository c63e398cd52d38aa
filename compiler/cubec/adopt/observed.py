"""What a live cluster holds, as far as tenant documents could say it. Secrets are names alone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cubec.model.namespaces import BUILT_IN

Object = Mapping[str, Any]

GROUP, PART, MANAGED, CLUSTER = (
    "cubec.io/group",
    "app.kubernetes.io/part-of",
    "app.kubernetes.io/managed-by",
    "cubec.io/cluster",
)
READ = (  # every kind that is read, and in which version
    ("v1", "ConfigMap"),
    ("v1", "LimitRange"),
    ("v1", "Namespace"),
    ("v1", "Node"),
    ("v1", "PersistentVolume"),
    ("v1", "PersistentVolumeClaim"),
    ("v1", "ResourceQuota"),
    ("v1", "Secret"),
    ("v1", "ServiceAccount"),
    ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy"),
    ("argoproj.io/v1alpha1", "Application"),
    ("batch/v1", "CronJob"),
    ("external-secrets.io/v1", "ExternalSecret"),
    ("kueue.x-k8s.io/v1beta2", "ClusterQueue"),
    ("kueue.x-k8s.io/v1beta2", "LocalQueue"),
    ("kueue.x-k8s.io/v1beta2", "ResourceFlavor"),
    ("networking.k8s.io/v1", "NetworkPolicy"),
    ("rbac.authorization.k8s.io/v1", "ClusterRole"),
    ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"),
    ("rbac.authorization.k8s.io/v1", "Role"),
    ("rbac.authorization.k8s.io/v1", "RoleBinding"),
    ("scheduling.k8s.io/v1", "PriorityClass"),
    ("source.toolkit.fluxcd.io/v1", "GitRepository"),
)


@dataclass(frozen=True, slots=True)
class Observed:
    """``served`` are the kinds as ``plural.group``; ``groups`` leads from each namespace that is taken over to its group."""

    server: str
    version: str
    served: frozenset[str]
    namespaces: tuple[Object, ...]
    placed: Mapping[tuple[str, str], tuple[Object, ...]]
    everywhere: Mapping[str, tuple[Object, ...]]
    named: Mapping[tuple[str, str, str], Object]

    def find(self, kind: str, called: str, where: str = "") -> Object | None:
        return self.named.get((kind, where, called))

    def within(self, kind: str, namespace: str) -> tuple[Object, ...]:
        return self.placed.get((kind, namespace), ())

    def all(self, kind: str) -> tuple[Object, ...]:
        return self.everywhere.get(kind, ())


def observe(
    objects: Mapping[str, Iterable[Object]], *, server: str, version: str, served: Iterable[str], chosen: Iterable[str]
) -> Observed:
    """Put objects where they are looked for. ``chosen`` are the names of the namespaces that are taken over."""
    wanted = frozenset(chosen)
    placed: dict[tuple[str, str], list[Object]] = defaultdict(list)
    for kind, items in objects.items():
        for item in sorted(items, key=lambda item: (namespace(item), name(item))):
            placed[kind, namespace(item)].append(item)
    everywhere = {
        kind: tuple(sorted(items, key=lambda item: (namespace(item), name(item)))) for kind, items in objects.items()
    }
    return Observed(
        server,
        version,
        frozenset(served),
        tuple(item for item in everywhere.get("Namespace", ()) if name(item) in wanted),
        {place: tuple(items) for place, items in placed.items()},
        everywhere,
        {(kind, namespace(item), name(item)): item for kind, items in everywhere.items() for item in items},
    )


def choose(namespaces: Iterable[Object]) -> tuple[str, ...]:
    """The namespaces that are taken over where nobody names any: all but those of the system and of the platform itself."""
    return tuple(
        name(item)
        for item in namespaces
        if BUILT_IN.holding(name(item)) is None and (GROUP in labels(item) or not ours(item))
    )


def name(item: Object) -> str:
    found: str = item["metadata"]["name"]
    return found


def namespace(item: Object) -> str:
    found: str = item["metadata"].get("namespace", "")
    return found


def labels(item: Object) -> Mapping[str, str]:
    return item["metadata"].get("labels") or {}


def annotations(item: Object) -> Mapping[str, str]:
    return item["metadata"].get("annotations") or {}


def ours(item: Object) -> bool:
    """Whether the compiler made it."""
    return labels(item).get(MANAGED) == "cubec"


def listed(item: Object, annotation: str) -> tuple[str, ...]:
    return tuple(part for part in annotations(item).get(annotation, "").split(",") if part)
