"""A member has a role that does not exist.

A role says what a member may do: `viewer`, `developer`, `operator` and `owner` are always there, and the Platform may add
its own under `roles`. A role that nobody wrote down allows nothing, so the member would be a member in name only.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      members: [{user: bob, role: admin}]
      placements: [{cluster: ack, pools: [gpu-t4]}]

Good:
    apiVersion: cubec.io/v1
    kind: Group
    metadata: {name: dev1}
    spec:
      gid: 10001
      owners: ["@example/dev1"]
      members: [{user: bob, role: owner}]
      placements: [{cluster: ack, pools: [gpu-t4]}]
"""

from collections.abc import Iterator, Mapping

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model import reference
from cubec.model.model import Model
from cubec.model.roles import MEMBER_ROLES
from cubec.model.tenants import Member
from cubec.model.types import RolePreset
from cubec.near import near_miss

RULE = Rule("unknown-role", Severity.ERROR, "a member has a role that does not exist", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    known: dict[str, RolePreset | None] = {**dict.fromkeys(MEMBER_ROLES), **{r.name: r for r in model.platform.roles}}
    for group in model.groups.values():
        for member in group.members:
            if member.role not in known:
                yield _unknown(member, known)


def _unknown(member: Member, known: Mapping[str, RolePreset | None]) -> Diagnostic:
    near = near_miss(member.role, known)
    preset = known[near] if near else None
    related = [Related(preset.origin.at("name"), f'role "{preset.name}" is declared')] if preset else []
    hint = f'did you mean "{near}"?' if near else f"write {reference.listing(known)}"
    return RULE.at(member.origin.at("role"), f'unknown role "{member.role}"', hint=hint, related=related)
