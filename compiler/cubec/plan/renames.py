"""Groups that have another name than before and say so: the same groups, whose members, cards and data have not changed hands."""

from collections.abc import Mapping

from cubec.model.model import Model


def find(before: Model, after: Model) -> Mapping[str, str]:
    """Old name to new name."""
    return {
        old: group.name
        for group in after.groups.values()
        for old in group.previously
        if old in before.groups and old not in after.groups and group.name not in before.groups
    }
