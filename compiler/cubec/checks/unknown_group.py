"""A pool, a volume or a registry is given to a group that is not declared.

`groups` of a pool or a registry and the grants of a volume are names of documents of kind Group. A grant to a name that
nobody has gives nothing today, and would be given to whoever takes that name tomorrow. After a rename, the group's new name
is the one to write.

Bad:
    apiVersion: cubec.io/v1
    kind: Registry
    metadata: {name: hub}
    spec:
      server: registry.example.com
      groups: [dev1, dev3]
      credentials: {remote: registries/hub}

Good:
    apiVersion: cubec.io/v1
    kind: Registry
    metadata: {name: hub}
    spec:
      server: registry.example.com
      groups: [dev1, dev2]
      credentials: {remote: registries/hub}
"""

from collections.abc import Iterator
from dataclasses import replace

from cubec.diagnostics import Diagnostic, Position, Rule, Severity
from cubec.model import reference
from cubec.model.model import Model
from cubec.model.tenants import Group

RULE = Rule("unknown-group", Severity.ERROR, "something is given to a group that is not declared", __doc__ or "")

_GONE = "; if that group is gone, take this out"


def check(model: Model) -> Iterator[Diagnostic]:
    unknown = list(_unknown(model)) if model.complete else []
    renamed = {old: group for group in model.groups.values() for old in group.previously} if unknown else {}
    for name, place in unknown:
        if name in renamed:
            yield _renamed(name, place, renamed[name])
        else:
            found = reference.unknown(RULE, "Group", name, place, model.groups)
            yield replace(found, hint=f"{found.hint}{_GONE}".replace("?;", "?"))


def _renamed(name: str, place: Position, group: Group) -> Diagnostic:
    message = f'group "{name}" is called "{group.name}" now'
    related = [reference.declared("Group", group.name, group)]
    return RULE.at(place, message, hint=f'write "{group.name}"', related=related)


def _unknown(model: Model) -> Iterator[tuple[str, Position]]:
    given = [(pool.groups or (), pool.origin) for pool in model.pools.values()]
    given += [(registry.groups, registry.origin) for registry in model.registries.values()]
    for names, origin in given:
        for n, name in enumerate(names):
            if name not in model.groups:
                yield name, origin.at("spec", "groups", n)
    for volume in model.volumes.values():
        for grant in volume.grants:
            if grant.group not in model.groups:
                yield grant.group, grant.origin.at("group")
