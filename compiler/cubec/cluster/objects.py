"""Whole lists of objects, kind by kind, for commands that compare or copy what a cluster holds."""

from cubec.cluster.client import Cluster, Object
from cubec.cluster.errors import RefusedError
from cubec.cluster.resources import Resource

_FEW = 20  # objects that are looked up one by one sooner than all of a kind are listed
_SECRET = "Secret"  # noqa: S105 - the kind
_FORBIDDEN = (403, 422, 400)  # not allowed to apply, an unchangeable field, an admission plugin that cannot rehearse

Place = tuple[str, str]  # namespace and name


def all_of(
    cluster: Cluster, kind: str, resource: Resource, *, labels: str = "", fields: str = ""
) -> tuple[Object, ...]:
    """Every object of a kind; of Secrets the metadata alone."""
    return cluster.list(resource.path(), labels=labels, fields=fields, metadata_only=kind == _SECRET)


def unlabelled(cluster: Cluster, kind: str, resource: Resource, places: list[Place]) -> tuple[Object, ...]:
    """Those of ``places`` that exist: looked up where they are few, picked from the whole list where they are many."""
    if len(places) > _FEW or kind == _SECRET:
        wanted = set(places)
        return tuple(item for item in all_of(cluster, kind, resource) if _place(item) in wanted)
    found = (cluster.get(resource.path(namespace, name)) for namespace, name in places)
    return tuple(item for item in found if item is not None)


def rehearse(cluster: Cluster, resource: Resource, value: Object, *, manager: str) -> tuple[Object | None, str]:
    """What applying an object would make of the live one; or why the server does not say."""
    metadata = value["metadata"]
    where = resource.path(metadata.get("namespace", ""), metadata["name"])
    try:
        return cluster.apply(where, value, manager=manager, force=True, dry_run=True), ""
    except RefusedError as error:
        if error.status not in _FORBIDDEN:
            raise
        return None, error.reason or str(error.status)


def _place(item: Object) -> Place:
    return item["metadata"].get("namespace", ""), item["metadata"]["name"]
