"""Why somebody gains or loses access: the line of the new documents that says so, and a few words where it is not the entry itself."""

from dataclasses import dataclass

from cubec.diagnostics import Position
from cubec.model.model import Model
from cubec.model.tenants import Group, Member, User
from cubec.plan.rbac import Grant
from cubec.plan.state import Membership, State
from cubec.plan.who import GROUP, USER, Who, login

NEW, REMOVED = "", "removed from members"


@dataclass(frozen=True, slots=True)
class Cause:
    because: str
    position: Position | None


def of_gain(old: State, new: State, cluster: str, grant: Grant, who: Who) -> Cause:
    position = new.position(grant, who)
    renamed = _renamed(old, new, cluster, who)
    if renamed:
        return Cause(renamed, position)
    user = old.model.users.get(who.name) if who.kind == USER else None
    if user and old.model.expired(user.expires):
        return Cause("the user's date was moved", new.model.users[who.name].origin.at("spec", "expires"))
    entry = new.membership(grant)
    return Cause(_new(old, cluster, grant, entry) if entry else NEW, position)


def _new(old: State, cluster: str, grant: Grant, entry: Membership) -> str:
    """What is new about a membership."""
    group = _group(old.model, entry.group)
    before = _entry(group, entry.member) if group else None
    if group is None or before is None:
        return NEW
    if old.model.expired(before.expires):
        return "the membership's date was moved"
    if before.role != entry.member.role:
        return NEW
    if not _placed(old, group, cluster):
        return f"{group.name} is now on {cluster}"
    return "new namespace" if grant.namespace not in {item.name for item in group.namespaces} else NEW


def of_loss(old: State, new: State, cluster: str, grant: Grant, who: Who) -> Cause:
    if cluster not in new.clusters:
        return Cause(f"the cluster {cluster} is removed", None)
    renamed = _renamed(old, new, cluster, who)
    user = new.model.users.get(who.name) if who.kind == USER else None
    ended = _ended(new, who, user)
    if ended or renamed:
        return ended or Cause(renamed, _subject(new, cluster, user))
    entry = old.membership(grant)
    if entry:
        return _left(new, cluster, grant, entry, who)
    if user:
        return Cause(
            "the platform role is another one" if user.platform_role else "no platform role any more", _at(user)
        )
    return Cause("no longer asked for", None)


def _ended(new: State, who: Who, user: User | None) -> Cause | None:
    if who.kind == USER and user is None:
        return Cause("the user's document is removed", None)
    if user and new.model.expired(user.expires):
        return Cause(f"the user's access ended on {user.expires}", user.origin.at("spec", "expires"))
    return None


def _left(new: State, cluster: str, grant: Grant, entry: Membership, who: Who) -> Cause:
    """Why a membership no longer gives what it gave."""
    group = _group(new.model, entry.group)
    if group is None:
        return Cause(f"the group {entry.group.name} is removed", None)
    now = _entry(group, entry.member)
    if now is None:
        return Cause(REMOVED, group.origin.at("spec", "members"))
    if new.model.expired(now.expires):
        return Cause(f"the membership ended on {now.expires}", now.origin.at("expires"))
    return (
        _out_of(new, cluster, grant, group)
        or _without_provider(new, cluster, who)
        or Cause(f"{now.role} now", now.origin.at("role"))
    )


def _out_of(new: State, cluster: str, grant: Grant, group: Group) -> Cause | None:
    if not _placed(new, group, cluster):
        return Cause(f"{group.name} is no longer on {cluster}", group.origin.at("spec", "placements"))
    if grant.namespace not in {item.name for item in group.namespaces}:
        return Cause("the namespace is removed", group.origin.at("spec", "namespaces"))
    return None


def _without_provider(new: State, cluster: str, who: Who) -> Cause | None:
    if who.kind == GROUP and new.clusters[cluster].site.cluster.identity.mode != "oidc":
        return Cause(f"{cluster} no longer knows the provider's groups", _identity(new, cluster))
    return None


def of_rules(old: State, new: State, cluster: str, grant: Grant) -> Cause:
    """Why a role has other rules: it is the platform's own, or the cluster has other capabilities, or there are other clients."""
    platform, name = new.model.platform, grant.role.preset
    because = f"the role {name} was changed"
    own = next((role for role in platform.roles if role.name == name), None)
    if own and grant.role.kind == "ClusterRole":
        return Cause(because, own.origin.at("rules"))
    site = new.clusters[cluster].site
    if site.cluster.capabilities == old.clusters[cluster].site.cluster.capabilities:
        return Cause(because, platform.origin.at("spec", "profiles"))
    return Cause(because, site.cluster.origin.at("spec", "capabilities"))


def of_day(new: State, grant: Grant, who: Who) -> Cause:
    """Which date it is that ends access first."""
    entry, user = new.membership(grant), new.model.users.get(who.name)
    if entry and entry.member.expires and entry.member.expires == new.until(grant, who):
        return Cause(NEW, entry.member.origin.at("expires"))
    if user and user.expires:
        return Cause("the user's date", user.origin.at("spec", "expires"))
    return Cause(NEW, new.position(grant, who))


def _renamed(old: State, new: State, cluster: str, who: Who) -> str:
    """Whether it is the name by which the cluster knows a person that changed."""
    if who.kind != USER or cluster not in old.clusters or cluster not in new.clusters:
        return ""
    users = old.model.users.get(who.name), new.model.users.get(who.name)
    if users[0] is None or users[1] is None:
        return ""
    was, now = login(old.clusters[cluster].site, users[0]), login(new.clusters[cluster].site, users[1])
    if was == now:
        return ""
    return f"known as {now} now" if who.login == was else f"known as {was} before"


def _subject(new: State, cluster: str, user: User | None) -> Position | None:
    """Where a person's login comes from: their own document or, where that says nothing, the cluster's."""
    if user and "subject" in user.origin.document.value["spec"]:
        return user.origin.at("spec", "subject")
    return _identity(new, cluster)


def _identity(new: State, cluster: str) -> Position:
    return new.clusters[cluster].site.cluster.origin.at("spec", "identity")


def _at(user: User) -> Position:
    return user.origin.at("spec", "platformRole") if user.platform_role else user.origin.at("metadata", "name")


def _group(model: Model, group: Group) -> Group | None:
    """The group in another state of the platform, be it under an earlier or a later name."""
    if group.name in model.groups:
        return model.groups[group.name]
    return next(
        (item for item in model.groups.values() if group.name in item.previously or item.name in group.previously), None
    )


def _entry(group: Group, member: Member) -> Member | None:
    names = (member.user, member.oidc_group)
    return next((item for item in group.members if (item.user, item.oidc_group) == names), None)


def _placed(where: State, group: Group, cluster: str) -> bool:
    return cluster in where.clusters and any(spec.cluster == cluster for spec in group.placements)
