"""A platform as far as access goes: the rights on each cluster, the people behind them, and the lines that asked for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cubec.diagnostics import Position
from cubec.model import names
from cubec.model.model import Model, Site
from cubec.model.tenants import Group, Member
from cubec.plan import rbac, source, who
from cubec.plan.rbac import Grant, Key, Rbac
from cubec.plan.source import Sources
from cubec.plan.who import USER, Who
from cubec.source.document import Origin


@dataclass(frozen=True, slots=True)
class Membership:
    group: Group
    member: Member


@dataclass(frozen=True, slots=True)
class Cluster:
    """One cluster's rights, and who its logins are."""

    site: Site
    rbac: Rbac
    people: Mapping[str, Who]

    def who(self, key: Key) -> Who:
        return who.identify(self.people, self.site, key)


@dataclass(frozen=True, slots=True)
class State:
    model: Model
    clusters: Mapping[str, Cluster]
    memberships: Mapping[str, Membership]  # by cubec.io/source, those that have ended included
    sources: Sources

    def membership(self, grant: Grant) -> Membership | None:
        return self.memberships.get(grant.source) if grant.namespace else None

    def until(self, grant: Grant, whose: Who) -> date | None:
        """The last day of a grant: that of the membership or of the person, whichever comes first."""
        entry = self.membership(grant)
        user = self.model.users.get(whose.name) if whose.kind == USER else None
        days = [day for day in (entry and entry.member.expires, user and user.expires) if day]
        return min(days, default=None)

    def origin(self, grant: Grant, whose: Who) -> Origin | None:
        """What asked for a grant. A place is made of it only where it is told: that reads the file again."""
        entry = self.membership(grant)
        if entry:
            return entry.member.origin
        user = self.model.users.get(whose.name) if whose.kind == USER else None
        if user and user.platform_role:  # what comes with it beside the role itself
            return user.origin.child("spec", "platformRole")
        return self.sources.find(grant.source)

    def position(self, grant: Grant, whose: Who) -> Position | None:
        """The line that asked for a grant."""
        found = self.origin(grant, whose)
        return found.at() if found else None


def of(model: Model) -> State:
    rights = rbac.emitted(model)
    return State(
        model=model,
        clusters={name: Cluster(site, rights[name], who.people(model, site)) for name, site in model.sites.items()},
        memberships={
            names.source(group.origin, "members", member.user or member.oidc_group): Membership(group, member)
            for group in model.groups.values()
            for member in group.members
        },
        sources=source.of(model),
    )
