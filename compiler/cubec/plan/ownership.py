"""Who may decide on a file: code hosts know owners of files, so of a file with several documents only who owns them all."""

from collections.abc import Mapping

from cubec.model.model import Model
from cubec.model.tenants import Group


def by_path(model: Model) -> Mapping[str, tuple[str, ...]]:
    """The owners of each file, by name; nobody where it holds a document that is no group's."""
    found: dict[str, frozenset[str]] = {}
    for document in model.documents:
        name = document.value["metadata"]["name"]
        own = frozenset(model.groups[name].owners if document.value["kind"] == "Group" else ())
        found[document.path] = found.get(document.path, own) & own
    return {path: tuple(sorted(owners)) for path, owners in found.items()}


def of_file(model: Model, group: Group) -> tuple[str, ...]:
    """The owners of the file that holds a group, in the order of its document."""
    path = group.origin.document.path
    others = [item for item in model.documents if item.path == path]
    if len(others) == 1:
        return tuple(group.owners)
    owners = by_path(model)[path]
    return tuple(owner for owner in group.owners if owner in owners)
