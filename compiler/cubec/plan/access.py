"""Who gains and who loses which access between two states of a platform, and because of which line.

Not the documents are compared but what they come to: the rights of each person in each namespace. So a changed preset, a
date that has passed, another login or a new namespace counts as much as a line under ``members``.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from cubec.diagnostics import Position
from cubec.model.model import Model
from cubec.plan import causes, rights, state
from cubec.plan.causes import Cause
from cubec.plan.rbac import EMPTY, Grant, Key, Rbac, Role
from cubec.plan.rights import Rights
from cubec.plan.state import Cluster, State
from cubec.plan.who import Who

GAINS, LOSES, UNTIL = "gains", "loses", "until"

_Identity = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class AccessChange:
    """What changes for one person, or one group of the provider, in one namespace of one cluster.

    ``namespace`` is empty where it is the whole cluster. ``rights`` are those that come or go, none where something else
    gives them, too; ``whole`` says that they are all that the role has. ``was`` is the role that this one replaces, or that
    replaces it; ``until`` the last day, of what is lost the last day that it had. ``flags`` are what a review must not
    overlook in ``rights``.
    """

    kind: str
    who: Who
    cluster: str
    namespace: str
    group: str
    role: str
    was: str
    rights: Rights
    whole: bool
    because: str
    position: Position | None
    until: date | None
    was_until: date | None
    flags: tuple[str, ...]
    of_role: bool = False  # everybody who has the role is concerned, as it is the role that was changed


@dataclass(frozen=True, slots=True)
class _Place:
    """One subject in one namespace, before and after."""

    old: State
    new: State
    cluster: str
    namespace: str
    who: Who
    before: tuple[Grant, ...]  # here
    after: tuple[Grant, ...]
    wide_before: tuple[Role, ...]  # everywhere
    wide_after: tuple[Role, ...]

    @property
    def had(self) -> tuple[Role, ...]:
        return (*(grant.role for grant in self.before), *self.wide_before)

    @property
    def has(self) -> tuple[Role, ...]:
        return (*(grant.role for grant in self.after), *self.wide_after)


def compare(before: Model, after: Model) -> tuple[AccessChange, ...]:
    """All that changes, cluster by cluster, people first."""
    old, new = state.of(before), state.of(after)
    found: list[AccessChange] = []
    for name in sorted({*old.clusters, *new.clusters}):
        changes = _of_cluster(old, new, name)
        found += sorted(changes, key=_order)
    return tuple(found)


def _order(change: AccessChange) -> tuple[object, ...]:
    kind, name, login = change.who.order
    return kind, name, change.namespace, change.kind, change.role, login


def _of_cluster(old: State, new: State, name: str) -> Iterator[AccessChange]:
    was, now = old.clusters.get(name), new.clusters.get(name)
    before, after = was.rbac if was else EMPTY, now.rbac if now else EMPTY
    changed = frozenset(_changed(before, after))
    for key in {**before.grants, **after.grants}:
        given, gives = before.grants.get(key, {}), after.grants.get(key, {})
        for namespace in {**given, **gives}:
            place = _Place(
                old=old,
                new=new,
                cluster=name,
                namespace=namespace,
                who=_who(key, now if key in after.grants else was, was),
                before=given.get(namespace, ()),
                after=gives.get(namespace, ()),
                wide_before=_roles(given.get("", ())) if namespace else (),
                wide_after=_roles(gives.get("", ())) if namespace else (),
            )
            yield from _of_place(place, changed)


def _who(key: Key, first: Cluster | None, second: Cluster | None) -> Who:
    known = first or second
    if known is None:
        raise AssertionError("a grant without a cluster")
    return known.who(key)


def _roles(grants: Iterable[Grant]) -> tuple[Role, ...]:
    return tuple(grant.role for grant in grants)


def _changed(before: Rbac, after: Rbac) -> Iterator[_Identity]:
    for identity in before.roles.keys() & after.roles.keys():
        if before.roles[identity].rules != after.roles[identity].rules:
            yield identity


def _of_place(place: _Place, changed: frozenset[_Identity]) -> Iterator[AccessChange]:
    had = {grant.role.identity: grant for grant in place.before}
    has = {grant.role.identity: grant for grant in place.after}
    gone = [grant for identity, grant in had.items() if identity not in has]
    come = [grant for identity, grant in has.items() if identity not in had]
    if gone or come:
        yield from _exchanged(place, gone, come)
    for identity in had.keys() & has.keys():
        if identity in changed:
            yield from _rewritten(place, had[identity], has[identity])
        yield from _dated(place, had[identity], has[identity])


def _exchanged(place: _Place, gone: Sequence[Grant], come: Sequence[Grant]) -> Iterator[AccessChange]:
    """Roles that come, and roles that go. Of one in place of another only the difference is told."""
    gains = [(grant, rights.beyond((grant.role,), place.had)) for grant in come]
    losses = [(grant, rights.beyond((grant.role,), place.has)) for grant in gone]
    silent = not any(given for _, given in (*gains, *losses))
    for grant, given in gains:
        if given or silent or not gone:
            cause = causes.of_gain(place.old, place.new, place.cluster, grant, place.who)
            yield _change(place, GAINS, grant, given, cause, was=_listed(gone))
    for grant, given in losses:
        if given or not come:
            cause = causes.of_loss(place.old, place.new, place.cluster, grant, place.who)
            yield _change(place, LOSES, grant, given, cause, was=_listed(come))


def _rewritten(place: _Place, before: Grant, after: Grant) -> Iterator[AccessChange]:
    """A role that has other rules now."""
    cause = causes.of_rules(place.old, place.new, place.cluster, after)
    more, less = rights.beyond((after.role,), place.had), rights.beyond((before.role,), place.has)
    if more:
        yield replace(_change(place, GAINS, after, more, cause), of_role=True)
    if less:
        yield replace(_change(place, LOSES, after, less, cause), of_role=True)


def _dated(place: _Place, before: Grant, after: Grant) -> Iterator[AccessChange]:
    """The same access, until another day."""
    was, now = place.old.until(before, place.who), place.new.until(after, place.who)
    if was != now:
        cause = causes.of_day(place.new, after, place.who)
        yield _change(place, UNTIL, after, (), cause, was_until=was)


def _listed(grants: Iterable[Grant]) -> str:
    return ", ".join(grant.role.preset for grant in grants)


def _change(
    place: _Place,
    kind: str,
    grant: Grant,
    given: Rights,
    cause: Cause,
    *,
    was: str = "",
    was_until: date | None = None,
) -> AccessChange:
    holder = place.old if kind == LOSES and grant in place.before else place.new
    membership = holder.membership(grant)
    return AccessChange(
        kind=kind,
        who=place.who,
        cluster=place.cluster,
        namespace=place.namespace,
        group=membership.group.name if membership else "",
        role=grant.role.preset,
        was=was,
        rights=given,
        whole=bool(given) and given == rights.of(grant.role),
        because=cause.because,
        position=cause.position,
        until=holder.until(grant, place.who),
        was_until=was_until,
        flags=rights.flags(given, everywhere=not place.namespace),
    )
