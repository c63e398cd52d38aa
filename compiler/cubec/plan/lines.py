"""From a field of an object back to the lines that its value was written in, where one can be told: quotas, rights, volumes."""

from collections.abc import Callable, Iterator, Mapping

from cubec.manifest import Manifest
from cubec.model import written
from cubec.model.model import Claim, Model, Namespace, Placement
from cubec.model.quotas import Quota
from cubec.plan.source import Sources
from cubec.source.document import Origin, Pointer

_QUOTA: Mapping[str, Pointer] = {
    "requests.cpu": ("cpu",),
    "limits.cpu": ("cpu",),
    "requests.memory": ("memory",),
    "limits.memory": ("memory",),
    "requests.ephemeral-storage": ("ephemeralStorage",),
    "limits.ephemeral-storage": ("ephemeralStorage",),
    "requests.storage": ("storage",),
    "persistentvolumeclaims": ("claims",),
    "pods": ("pods",),
    "services": ("services",),
    "services.nodeports": ("nodePorts",),
    "services.loadbalancers": ("loadBalancers",),
    "configmaps": ("configMaps",),
    "secrets": ("secrets",),
}
_CONTAINER = {"default": "limits", "defaultRequest": "requests"}


def of_field(
    model: Model, sources: Sources, placement: Placement | None, manifest: Manifest, field: Pointer
) -> tuple[Origin, ...]:
    """The values that a field was made of; none where it is the compiler's own, or nobody knows."""
    if manifest.kind == "ClusterRole":
        return tuple(_preset(model, manifest, field))
    read = _READERS.get(manifest.kind)
    if read is None or placement is None:
        return ()
    return tuple(origin for origin in read(sources, placement, manifest, field) if written.value(origin) is not None)


def _preset(model: Model, manifest: Manifest, field: Pointer) -> Iterator[Origin]:
    """The rules of a preset of the platform's own are copied as they stand."""
    for role in model.platform.roles:
        if manifest.name == f"cubec:{role.name}" and field[:1] == ("rules",):
            yield role.origin.child(*field)


def _resource_quota(sources: Sources, placement: Placement, manifest: Manifest, field: Pointer) -> Iterator[Origin]:
    namespace = _namespace(placement, manifest)
    if namespace is None or field[:2] != ("spec", "hard") or len(field) == len(("spec", "hard")):
        return
    key = str(field[2])
    if key == "pods" and placement.group.state != "active":
        yield placement.group.origin.child("spec", "state")
        return
    prefix, _, kind = key.partition("/")
    stated = ("jobs", kind) if prefix == "count" else _QUOTA.get(key, ("gpu",))
    yield from _stated(placement, namespace, stated)
    yield from _stated(placement, namespace, ("borrow", *stated))


def _limit_range(sources: Sources, placement: Placement, manifest: Manifest, field: Pointer) -> Iterator[Origin]:
    namespace = _namespace(placement, manifest)
    if namespace is None or field[:2] != ("spec", "limits") or len(field) != len(("spec", "limits", 0, "max", "cpu")):
        return
    side, resource = str(field[3]), str(field[4])
    if side in _CONTAINER:
        yield placement.site.platform.origin.child("spec", "defaults", "container", _CONTAINER[side], resource)
    else:
        yield from _stated(placement, namespace, ("perPod", resource))


def _namespace(placement: Placement, manifest: Manifest) -> Namespace | None:
    return next((item for item in placement.namespaces if item.name == manifest.namespace), None)


def _stated(placement: Placement, namespace: Namespace, field: Pointer) -> Iterator[Origin]:
    """The namespace's own word on a field or, where it has none, that of the placement."""
    quotas: tuple[Quota | None, ...] = (namespace.spec.quota, placement.spec.quota)
    for quota in quotas:
        if quota is not None and written.value(quota.origin, *field) is not None:
            yield quota.origin.child(*field)
            return


def _role_binding(sources: Sources, placement: Placement, manifest: Manifest, field: Pointer) -> Iterator[Origin]:
    entry = sources.find(manifest.source, "Group")
    if entry is None or "members" not in entry.pointer:
        return
    if field[:1] == ("roleRef",):
        yield entry.child("role")
    elif field[:1] == ("subjects",):
        yield entry.child("user")
        yield entry.child("oidcGroup")
        user = next((b.user for b in placement.bindings if b.user and b.member.origin.pointer == entry.pointer), None)
        if user and placement.site.cluster.identity.mode == "oidc":
            yield user.origin.child("spec", "subject")


def _volume(sources: Sources, placement: Placement, manifest: Manifest, field: Pointer) -> Iterator[Origin]:
    claim = _claim(placement, manifest)
    if claim is None:
        return
    path = field[1:] if field[:1] == ("spec",) else field
    known = _of_volume(placement, claim)
    place = next((path[:length] for length in range(len(path), 0, -1) if path[:length] in known), None)
    if place:
        yield known[place]
    elif path[:1] in {("nfs",), ("hostPath",), ("csi",)}:  # copied as they stand
        yield claim.volume.origin.child("spec", "source", *path)


def _of_volume(placement: Placement, claim: Claim) -> Mapping[Pointer, Origin]:
    spec, grant = claim.volume.origin.child("spec"), _grant(placement, claim)
    return {
        ("accessModes",): grant.child("access") if claim.read_only else spec.child("accessModes"),
        ("capacity",): spec.child("capacity"),
        ("claimRef", "name"): grant.child("claim"),
        ("csi", "nodePublishSecretRef"): spec.child("source", "csi", "secret", "name"),
        ("csi", "readOnly"): grant.child("access"),
        ("metadata", "annotations", "description"): spec.child("description"),
        ("metadata", "annotations", "owner"): spec.child("owner"),
        ("metadata", "name"): grant.child("claim"),
        ("mountOptions",): spec.child("mountOptions"),
        ("nfs", "readOnly"): grant.child("access"),
        ("resources",): spec.child("capacity"),
        ("storageClassName",): spec.child("source", "storageClass"),
    }


def _claim(placement: Placement, manifest: Manifest) -> Claim | None:
    name = manifest.body["spec"]["claimRef"]["name"] if manifest.kind == "PersistentVolume" else manifest.name
    return next((claim for claim in placement.claims if claim.name == name), None)


def _grant(placement: Placement, claim: Claim) -> Origin:
    return next(
        item.origin for item in claim.volume.grants if (item.group, item.claim) == (placement.group.name, claim.name)
    )


_READERS: Mapping[str, Callable[[Sources, Placement, Manifest, Pointer], Iterator[Origin]]] = {
    "LimitRange": _limit_range,
    "PersistentVolume": _volume,
    "PersistentVolumeClaim": _volume,
    "ResourceQuota": _resource_quota,
    "RoleBinding": _role_binding,
}
