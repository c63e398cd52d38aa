"""A Kubernetes object on its way out: who asked for it, what every object carries, and the gate that it must pass."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

# Every kind that cubec emits, and where it stands. What is not here cannot leave the compiler.
CLUSTERED: Mapping[str, str] = {
    "ClusterQueue": "kueue.x-k8s.io/v1beta2",
    "ClusterRole": "rbac.authorization.k8s.io/v1",
    "ClusterRoleBinding": "rbac.authorization.k8s.io/v1",
    "Cohort": "kueue.x-k8s.io/v1beta2",
    "MutatingAdmissionPolicy": "admissionregistration.k8s.io/v1",
    "MutatingAdmissionPolicyBinding": "admissionregistration.k8s.io/v1",
    "MutatingPolicy": "policies.kyverno.io/v1",
    "Namespace": "v1",
    "PersistentVolume": "v1",
    "PriorityClass": "scheduling.k8s.io/v1",
    "ResourceFlavor": "kueue.x-k8s.io/v1beta2",
    "ValidatingAdmissionPolicy": "admissionregistration.k8s.io/v1",
    "ValidatingAdmissionPolicyBinding": "admissionregistration.k8s.io/v1",
    "WorkloadPriorityClass": "kueue.x-k8s.io/v1beta2",
}
NAMESPACED: Mapping[str, str] = {
    "AppProject": "argoproj.io/v1alpha1",
    "Application": "argoproj.io/v1alpha1",
    "ConfigMap": "v1",
    "CronJob": "batch/v1",
    "ExternalSecret": "external-secrets.io/v1",
    "GitRepository": "source.toolkit.fluxcd.io/v1",
    "Kustomization": "kustomize.toolkit.fluxcd.io/v1",
    "LimitRange": "v1",
    "LocalQueue": "kueue.x-k8s.io/v1beta2",
    "NetworkPolicy": "networking.k8s.io/v1",
    "PersistentVolumeClaim": "v1",
    "PodTemplate": "v1",
    "ResourceQuota": "v1",
    "Role": "rbac.authorization.k8s.io/v1",
    "RoleBinding": "rbac.authorization.k8s.io/v1",
    "SealedSecret": "bitnami.com/v1alpha1",
    "Secret": "v1",
    "ServiceAccount": "v1",
    "WorkflowTemplate": "argoproj.io/v1alpha1",
}

# What a group's documents may produce: these kinds in the group's own namespaces, and those under its own names.
GROUP_NAMESPACED = frozenset(
    {
        "ExternalSecret",
        "LimitRange",
        "LocalQueue",
        "NetworkPolicy",
        "PersistentVolumeClaim",
        "PodTemplate",
        "ResourceQuota",
        "RoleBinding",
        "SealedSecret",
        "Secret",
        "ServiceAccount",
        "WorkflowTemplate",
    }
)

# What stands inside an object of a group must be the group's own, too.
_INSIDE: Mapping[str, Callable[["Owner", Mapping[str, Any]], bool]] = {
    "PersistentVolume": lambda owner, body: body["spec"]["claimRef"]["namespace"] in owner.namespaces,
    "LocalQueue": lambda owner, body: body["spec"]["clusterQueue"] in owner.namespaces,
    "RoleBinding": lambda _, body: (
        body["roleRef"]["kind"] == "ClusterRole" and body["roleRef"]["name"].startswith("cubec:")
    ),
    "Secret": lambda _, body: "sops" in body,  # ciphertext, or it would be a password in git
}
_IDENTITY = frozenset({"apiVersion", "kind", "metadata"})
_STAMPED = frozenset(
    {"app.kubernetes.io/managed-by", "app.kubernetes.io/part-of", "cubec.io/cluster", "cubec.io/group"}
)


class GateError(Exception):
    """An emitter made an object that its origin may not have: a bug of the compiler, never of the input."""


@dataclass(frozen=True, slots=True)
class Owner:
    """For whom objects are emitted. ``group`` is empty for the platform's own; ``namespaces`` are those it may write to."""

    platform: str
    cluster: str
    engine: str
    namespaces: frozenset[str]
    group: str = ""


class Manifest(NamedTuple):
    """One object: ``body`` is all but apiVersion, kind and metadata; ``source`` names the document and entry that asked for it.

    ``keep`` says that the object holds data, so that no engine ever prunes it; ``confirm`` that its removal needs a person.
    ``finalizers`` are for what an engine must do before the object goes.
    """

    kind: str
    name: str
    namespace: str
    source: str
    body: Mapping[str, Any]
    labels: Mapping[str, str] = MappingProxyType({})
    annotations: Mapping[str, str] = MappingProxyType({})
    keep: bool = False
    confirm: bool = False
    finalizers: tuple[str, ...] = ()


def allow(owner: Owner, manifest: Manifest) -> None:
    """The gate: raise GateError unless ``owner`` may have this object."""
    kind, name, namespace = manifest.kind, manifest.name, manifest.namespace
    if kind in NAMESPACED:
        permitted = namespace in owner.namespaces and (not owner.group or kind in GROUP_NAMESPACED)
    elif kind not in CLUSTERED or namespace:
        permitted = False
    elif kind == "Namespace" or (kind == "ClusterQueue" and owner.group):
        permitted = name in owner.namespaces
    elif owner.group:
        volume = kind == "PersistentVolume" and name.partition("--")[0] in owner.namespaces
        permitted = volume or (kind == "Cohort" and name == owner.group)
    else:
        permitted = kind not in {"PersistentVolume", "ClusterQueue"}
    if not permitted:
        whom = f"group {owner.group}" if owner.group else "the platform"
        raise GateError(f"{whom} may not have {kind} {namespace}/{name}")


def _contents(owner: Owner, manifest: Manifest) -> bool:
    """Whether what stands inside is the owner's, too: no other identity, no reference to what belongs to somebody else."""
    body = manifest.body
    if not body.keys().isdisjoint(_IDENTITY):
        return False
    if not owner.group:
        return True
    inside = _INSIDE.get(manifest.kind)
    own = inside is None or inside(owner, body)
    return own and (not manifest.labels or manifest.labels.keys().isdisjoint(_STAMPED))


def admit(owner: Owner, manifest: Manifest) -> str:
    """Let the object through the gate, or raise GateError; its apiVersion comes back."""
    allow(owner, manifest)
    if not _contents(owner, manifest):
        raise GateError(f"{manifest.kind} {manifest.namespace}/{manifest.name} holds what it may not hold")
    return NAMESPACED.get(manifest.kind) or CLUSTERED[manifest.kind]


def complete(owner: Owner, manifest: Manifest) -> dict[str, Any]:
    """The object as it is written: identity, the labels and annotations that all objects carry, then its body."""
    api_version = admit(owner, manifest)
    metadata: dict[str, Any] = {"name": manifest.name}
    if manifest.namespace:
        metadata["namespace"] = manifest.namespace
    metadata["labels"] = {**common_labels(owner), **manifest.labels}
    engine = engine_annotations(owner.engine, keep=manifest.keep, confirm=manifest.confirm)
    metadata["annotations"] = {"cubec.io/source": manifest.source, **engine, **manifest.annotations}
    if manifest.finalizers:
        metadata["finalizers"] = list(manifest.finalizers)
    return {"apiVersion": api_version, "kind": manifest.kind, "metadata": metadata, **manifest.body}


def common_labels(owner: Owner) -> dict[str, str]:
    labels = {
        "app.kubernetes.io/managed-by": "cubec",
        "app.kubernetes.io/part-of": owner.platform,
        "cubec.io/cluster": owner.cluster,
    }
    return {**labels, "cubec.io/group": owner.group} if owner.group else labels


def engine_annotations(engine: str, *, keep: bool, confirm: bool) -> dict[str, str]:
    """What the GitOps engine has to know of an object."""
    if engine == "flux":
        # post-build substitution would read ${...} in texts that are not Flux's to read
        annotations = {"kustomize.toolkit.fluxcd.io/substitute": "disabled"}
        if keep or confirm:
            annotations["kustomize.toolkit.fluxcd.io/prune"] = "disabled"
        return annotations
    if engine == "argocd" and (keep or confirm):
        # Prune=confirm would hold the whole sync until somebody confirms, and with it the removal of people's access
        return {
            "argocd.argoproj.io/sync-options": f"Prune=false,Delete={'false' if keep else 'confirm'}",
            "argocd.argoproj.io/compare-options": "IgnoreExtraneous",
        }
    return {}
