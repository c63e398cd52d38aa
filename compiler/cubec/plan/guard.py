"""What no merge may do by accident. The base's documents judge the change, so that no change can give leave to itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from cubec.checks import reserved_namespace, retired_id
from cubec.diagnostics import Diagnostic, Position, Related
from cubec.model.model import Model, Placement
from cubec.model.phrase import joined
from cubec.model.tenants import Group
from cubec.plan import destruction, guard_data, renames
from cubec.plan.destruction import Destruction, LostClaim
from cubec.plan.guard_rules import BUDGET, EMPTIED, NAMESPACE, REMOVAL, RENAME
from cubec.plan.slices import documents

_SHOWN = 10
_ALL = 100  # per cent
_Places = Mapping[tuple[str, str], str]  # cluster and namespace to group


def judge(before: Model, after: Model, lost: Destruction) -> tuple[Diagnostic, ...]:
    """Everything that is refused, in order."""
    renamed = renames.find(before, after)
    emptied = list(_emptied(before, after))
    found = emptied or [*_removed(before, after, renamed, lost), *_namespaces(before, after, renamed)]
    found += _budget(before, after, renamed)
    found += guard_data.judge(before, after, lost)
    found += _reserved(before, after)
    return tuple(sorted(set(found)))


def _over(model: Model, group: Group) -> bool:
    """Whether the group was decommissioned and its last day has passed."""
    return group.state == "decommissioned" and model.expired(group.until)


def _emptied(before: Model, after: Model) -> Iterator[Diagnostic]:
    place = after.platform.origin.at()
    if before.groups and not after.groups and not all(_over(after, group) for group in before.groups.values()):
        yield EMPTIED.at(
            place,
            f"no group would be left of {len(before.groups)}",
            hint="check that this is the right branch and that tenants/ is whole; groups go one by one, decommissioned first",
            excerpt=False,
        )
    if before.clusters and not after.clusters:
        yield EMPTIED.at(
            place,
            f"no cluster would be left of {len(before.clusters)}",
            hint="check that this is the right branch and that tenants/ is whole; keep one cluster",
            excerpt=False,
        )


def _removed(before: Model, after: Model, renamed: Mapping[str, str], lost: Destruction) -> Iterator[Diagnostic]:
    by_gid = {group.gid: group for name, group in after.groups.items() if name not in before.groups}
    for group in before.groups.values():
        if group.name in after.groups or group.name in renamed:
            continue
        other = by_gid.get(group.gid)
        if other is not None:
            yield _unmarked(group, other)
        elif not _over(after, group):
            yield _too_early(group, lost)


def _unmarked(group: Group, other: Group) -> Diagnostic:
    return RENAME.at(
        other.origin.at("metadata", "name"),
        f'group "{group.name}" is gone, and new group "{other.name}" has its gid {group.gid}',
        hint=f"write previously: [{', '.join((*group.previously, group.name))}] into it if it is the same group, "
        f"or give it a gid that nobody ever had",
        related=[_base(group.origin.at("metadata", "name"), "that group stands on the base")],
    )


def _too_early(group: Group, lost: Destruction) -> Diagnostic:
    if group.state == "decommissioned":
        message = f'group "{group.name}" would be deleted before its last day, {group.until}'
        hint = "keep the document until that day has passed"
    else:
        message = f'group "{group.name}" would be deleted while {group.state}'
        hint = "set state: decommissioned with until: DATE and a reason, merge, and remove the document after that date"
    place = group.origin.at("metadata", "name")
    return REMOVAL.at(place, message, hint=hint, related=[_base(place, _loss(group, lost))], excerpt=False)


def _loss(group: Group, lost: Destruction) -> str:
    """``2 namespaces, 7 claims (3.1Ti; the data stays on nas-1, reclaim policy Retain), 4 members lose access``."""
    namespaces = {(item.cluster, item.name) for item in lost.namespaces if item.group == group.name}
    claims = [item for item in lost.claims if (item.cluster, item.namespace) in namespaces]
    members = lost.members.get(group.name, ())
    held = f"{_count(len(namespaces), 'namespace')}, {_count(len(claims), 'claim')}{_data(claims)}"
    return f"{held}, {_count(len(members), 'member')} lose{'s' if len(members) == 1 else ''} access"


def _data(claims: Sequence[LostClaim]) -> str:
    if not claims:
        return ""
    stay = sorted({claim.where for claim in claims if claim.data_stays})
    parts = [str(destruction.total(claims))]
    if stay:
        parts.append(f"the data stays on {joined(stay)}, reclaim policy Retain")
    if not all(claim.data_stays for claim in claims):
        parts.append("what a storage class made goes")
    return f" ({'; '.join(parts)})"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _base(place: Position, message: str) -> Related:
    return Related(place, message)


def _namespaces(before: Model, after: Model, renamed: Mapping[str, str]) -> Iterator[Diagnostic]:
    now = _holders(after)
    for placement in before.placements:
        group, cluster = placement.group, placement.site.cluster.name
        name = renamed.get(group.name, group.name)
        heir = after.groups.get(name)
        for namespace in placement.namespaces:
            holder = now.get((cluster, namespace.name))
            if holder is not None and holder != name:
                yield _handed_over(after.groups[holder], namespace.name, group)
            elif holder is None and heir is not None and not _drained(after, placement, namespace.share.pods):
                yield _in_use(heir, namespace.name, cluster)


def _holders(model: Model) -> _Places:
    return {
        (placement.site.cluster.name, namespace.name): placement.group.name
        for placement in model.placements
        for namespace in placement.namespaces
    }


def _drained(model: Model, placement: Placement, pods: int | None) -> bool:
    """Whether nothing new could start there before the change."""
    group = placement.group
    return _over(model, group) or (group.state != "decommissioned" and (group.state == "suspended" or pods == 0))


def _handed_over(holder: Group, namespace: str, group: Group) -> Diagnostic:
    return NAMESPACE.at(
        holder.origin.at("metadata", "name"),
        f'namespace "{namespace}" would pass from group "{group.name}" to group "{holder.name}" with all that is in it',
        hint="give the group a namespace of its own",
        related=[_base(group.origin.at("metadata", "name"), f'on the base it is that of group "{group.name}"')],
    )


def _in_use(group: Group, namespace: str, cluster: str) -> Diagnostic:
    if group.state == "decommissioned":
        hint = f"keep it until {group.until} has passed, and remove the whole document then"
    else:
        hint = "keep it and write pods: 0 into its quota, merge, and take it out when nothing runs there any more"
    return NAMESPACE.at(
        group.origin.at("metadata", "name"),
        f'group "{group.name}" would lose namespace "{namespace}" on cluster "{cluster}", where it may still work',
        hint=hint,
    )


def _budget(before: Model, after: Model, renamed: Mapping[str, str]) -> Iterator[Diagnostic]:
    guard = before.platform.guard
    old, new = documents(before), documents(after)
    gone = [key for key in old if key not in new and not (key[0] == "Group" and key[1] in renamed)]
    place = after.platform.origin.at("spec", "guard")
    for kind in sorted({kind for kind, _ in gone}):
        names = sorted(name for other, name in gone if other == kind)
        most = max(guard.max_removals, sum(other == kind for other, _ in old) * guard.max_removal_share // _ALL)
        if len(names) > most:
            ways = f"remove {_count(most, 'document')} of a kind at most, or raise maxRemovals"
            yield _spent(
                place, f"{_count(len(names), 'document')} of kind {kind} would be removed, {_more(names)}", most, ways
            )
    most = max(guard.max_removals, len(old) * guard.max_total_share // _ALL)
    if len(gone) > most:
        ways = f"remove {_count(most, 'document')} at most, or raise maxTotalShare"
        yield _spent(place, f"{len(gone)} of all {_count(len(old), 'document')} would be removed", most, ways)


def _more(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _spent(place: Position, what: str, most: int, ways: str) -> Diagnostic:
    return BUDGET.at(
        place,
        f"{what}; one change may remove {most}",
        hint=f"{ways} in the platform's guard, and merge that first",
        excerpt=False,
    )


def _reserved(before: Model, after: Model) -> Iterator[Diagnostic]:
    """A change cannot free a name or a Linux id and take it at once: what the base keeps is kept until that is merged."""
    old, new = before.platform, after.platform
    if set(old.reserved_namespaces) <= set(new.reserved_namespaces) and old.retired_uids <= new.retired_uids:
        return
    kept = replace(new, reserved_namespaces=old.reserved_namespaces, retired_uids=old.retired_uids, origin=old.origin)
    judged = replace(after, platform=kept)
    yield from reserved_namespace.check(judged)
    yield from retired_id.check(judged)
