"""Namespaces to groups: one for each, but where the compiler's label says that several belong together."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from cubec.adopt import quotas, site
from cubec.adopt.network import Network
from cubec.adopt.observed import Object, Observed, annotations, listed, name
from cubec.adopt.people import People
from cubec.adopt.pools import Pool, group_of, usable
from cubec.adopt.residue import Residue
from cubec.adopt.storage import Storage
from cubec.model.ids import next_free
from cubec.model.quantity import ZERO, Quantity, parse

Spec = dict[str, Any]

_FIRST_GID = 10000
_COUNTED = {"cpu": "cpu", "memory": "memory", "ephemeralStorage": "ephemeralStorage", "pods": "pods"}


def groups(
    seen: Observed,
    cluster: str,
    *,
    pools: Sequence[Pool],
    people: People,
    storage: Storage,
    network: Network,
    residue: Residue,
) -> dict[str, Spec]:
    """Every group's spec, by name."""
    spaces: dict[str, list[Object]] = defaultdict(list)
    for item in seen.namespaces:
        spaces[group_of(item)].append(item)
    gids = _gids(spaces, residue)
    levels = {group: {site.pod_security(item, residue) for item in items} for group, items in spaces.items()}
    found: dict[str, Spec] = {}
    for group, items in sorted(spaces.items()):
        spec: Spec = {"gid": gids[group]}
        if people.members[group]:
            spec["members"] = people.members[group]
        spec |= _limits(seen, cluster, group, items, pools=pools, residue=residue)
        if storage.uses.get(group):
            spec["volumes"] = storage.uses[group]
        if network.groups[group]:
            spec["network"] = network.groups[group]
        if levels[group] == {"restricted"}:
            spec["podSecurity"] = "restricted"
        found[group] = spec
    return found


def _gids(spaces: Mapping[str, list[Object]], residue: Residue) -> dict[str, int]:
    told = {
        group: next((int(gid) for item in items for gid in listed(item, "cubec.io/gids") if gid.isdecimal()), 0)
        for group, items in spaces.items()
    }
    last, found = _FIRST_GID, dict[str, int]()
    for group, gid in sorted(told.items()):
        if gid and gid not in found.values():
            found[group] = gid
        else:
            last = found[group] = next_free(last, {*told.values(), *found.values()}, ())
            residue.invent("Group", group, "no object says which number the group's files have", "gid")
    return found


def _limits(
    seen: Observed, cluster: str, group: str, items: Sequence[Object], *, pools: Sequence[Pool], residue: Residue
) -> Spec:
    """Its namespaces and its placement. A namespace of the group's own name that is alone needs no words."""
    own = usable(pools, items[0])
    known = frozenset(pool.resource for pool in pools)
    parts = [_fitting(group, quotas.quota(seen, item, own, known, residue), own, residue) for item in items]
    placement: Spec = {"cluster": cluster}
    stated = listed(items[0], "cubec.io/pools")
    if stated and stated == tuple(pool.name for pool in own):
        placement["pools"] = list(stated)
        default = annotations(items[0]).get("cubec.io/default-pool", "")
        placement |= {"defaultPool": default} if default in stated[1:] else {}
    names = [name(item) for item in items]
    if names == [group]:
        return {"placements": [placement | ({"quota": parts[0]} if parts[0] else {})]}
    whole = parts[0] if len(items) == 1 else quotas.total(parts)
    parts = [
        {field: value for field, value in part.items() if field != "perPod" or field not in whole} for part in parts
    ]
    spaces = [
        {"name": space, **({"quota": part} if part and len(items) > 1 else {})}
        for space, part in zip(names, parts, strict=True)
    ]
    return {"namespaces": spaces, "placements": [placement | ({"quota": whole} if whole else {})]}


def _fitting(group: str, quota: Spec, pools: Sequence[Pool], residue: Residue) -> Spec:
    """A quota that its pools can hold: what is beyond limits nothing, and a document may not say it."""
    found = dict(quota)
    for field, key in _COUNTED.items():
        if field in quota and all(key in pool.spec["capacity"] for pool in pools):
            most = sum((_held(pool, key) for pool in pools), ZERO)
            if pools and parse(quota[field]) > most:
                residue.invent(
                    "Group", group, f"its quota of {quota[field]} is more than its pools hold ({most})", field
                )
                del found[field]
    if "gpu" not in quota:
        return found
    items = quota["gpu"] if isinstance(quota["gpu"], list) else [quota["gpu"]]
    fitting = []
    for item in items:
        count, _, model = str(item).rstrip(")").partition("(")
        most_cards = sum(pool.cards for pool in pools if model in {"", pool.model})
        if Decimal(count) > most_cards:
            residue.invent("Group", group, f"its quota of {item} is more than its pools hold ({most_cards})", "gpu")
        fitting.append(f"{min(int(count), most_cards)}({model})" if model else min(int(count), most_cards))
    return found | {"gpu": fitting if len(fitting) > 1 else fitting[0]}


def _held(pool: Pool, key: str) -> Quantity:
    return parse(pool.spec["capacity"][key]) * pool.nodes
