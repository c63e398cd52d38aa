"""Which clusters and groups a change can touch at all, by the documents that they depend on: only those are compiled twice."""

from collections.abc import Iterable, Mapping
from typing import Any

from cubec.model.model import Model, Placement, Site

_Documents = Mapping[tuple[str, str], tuple[str, Any]]
_OF_SITES = frozenset({"Cluster", "JobTemplate", "NodePool", "Platform", "Registry", "User"})
_OF_ALL_PLACEMENTS = frozenset({"Cluster", "JobTemplate", "NodePool", "Platform", "Registry"})


def changed(before: Model, after: Model) -> frozenset[tuple[str, str]]:
    """Kind and name of every document that one side does not have, or that stands elsewhere or says something else."""
    old, new = documents(before), documents(after)
    return frozenset(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))


def documents(model: Model) -> _Documents:
    """Path and value by kind and name; an object's source names the path, so a document that has moved is another one."""
    return {(item.value["kind"], item.value["metadata"]["name"]): (item.path, item.value) for item in model.documents}


def sites(model: Model, touched: Iterable[tuple[str, str]]) -> list[Site]:
    kinds = {kind for kind, _ in touched}
    return list(model.sites.values()) if kinds & _OF_SITES else []


def placements(model: Model, touched: frozenset[tuple[str, str]]) -> list[Placement]:
    if {kind for kind, _ in touched} & _OF_ALL_PLACEMENTS:
        return list(model.placements)
    return [placement for placement in model.placements if _depends(placement, touched)]


def _depends(placement: Placement, touched: frozenset[tuple[str, str]]) -> bool:
    group = placement.group
    return (
        ("Group", group.name) in touched
        or any(("User", member.user) in touched for member in group.members)
        or any(("Volume", use.volume) in touched for use in group.volumes)
    )
