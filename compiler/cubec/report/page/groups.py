"""A group as its members see it: who is in it, what it may use where, what it costs, and how to submit."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cubec.model.model import Model, Namespace, Placement
from cubec.model.phrase import cards
from cubec.model.tenants import Group
from cubec.report.access import at
from cubec.report.page.limits import Limit, envelope, limits
from cubec.report.page.submit import Submit, submit


@dataclass(frozen=True, slots=True)
class Member:
    """``ended`` says that it gives nothing any more."""

    name: str
    kind: str
    role: str
    until: date | None
    ended: bool
    line: str


@dataclass(frozen=True, slots=True)
class Space:
    """A namespace on one cluster."""

    name: str
    workloads: str
    limits: tuple[Limit, ...]


@dataclass(frozen=True, slots=True)
class Place:
    cluster: str
    pools: tuple[str, ...]
    default: str
    spaces: tuple[Space, ...]
    claims: tuple[tuple[str, str, bool], ...]  # name, path, read-only
    templates: tuple[str, ...]
    submit: Submit


@dataclass(frozen=True, slots=True)
class Section:
    group: Group
    cards: str
    members: tuple[Member, ...]
    places: tuple[Place, ...]
    envelope: tuple[Limit, ...]
    network: str
    month: Decimal | None


def sections(model: Model, months: Mapping[str, Decimal]) -> tuple[Section, ...]:
    """Every group, in order of name. ``months`` are their costs."""
    placed: dict[str, list[Placement]] = {}
    for placement in model.placements:
        placed.setdefault(placement.group.name, []).append(placement)
    return tuple(
        Section(
            group=group,
            cards=_cards(placed.get(group.name, ())),
            members=tuple(_members(placed.get(group.name, ()), model, group)),
            places=tuple(_place(placement) for placement in placed.get(group.name, ())),
            envelope=tuple(envelope(group.envelope)) if group.envelope else (),
            network=group.network_mode or model.platform.network,
            month=months.get(group.name),
        )
        for group in sorted(model.groups.values(), key=lambda group: group.name)
    )


def _cards(placements: Iterable[Placement]) -> str:
    """All guaranteed cards, by model."""
    found: dict[str, Decimal] = {}
    for placement in placements:
        models = {pool.name: pool.accelerator.model for pool in placement.pools if pool.accelerator}
        for namespace in placement.namespaces:
            for pool, count in namespace.share.cards.items():
                found[models[pool]] = found.get(models[pool], Decimal(0)) + count
    return ", ".join(cards(count, model) for model, count in sorted(found.items()) if count) or "no cards"


def _members(placements: Iterable[Placement], model: Model, group: Group) -> Iterator[Member]:
    for member in group.members:
        user = model.users.get(member.user)
        days = [day for day in (member.expires, user.expires if user else None) if day]
        last = min(days, default=None)
        kind = "user" if member.user else "group"
        name = member.user or member.oidc_group
        yield Member(name, kind, member.role, last, model.expired(last), at(member.origin.at()))


def _place(placement: Placement) -> Place:
    several = len(placement.pools) > 1
    return Place(
        cluster=placement.site.cluster.name,
        pools=tuple(pool.name for pool in placement.pools),
        default=placement.default_pool.name if placement.default_pool and several else "",
        spaces=tuple(_space(placement, namespace) for namespace in placement.namespaces),
        claims=tuple((claim.name, claim.mount, claim.read_only) for claim in placement.claims),
        templates=tuple(template.name for template in placement.templates),
        submit=submit(placement),
    )


def _space(placement: Placement, namespace: Namespace) -> Space:
    return Space(namespace.name, ", ".join(namespace.spec.workloads), tuple(limits(placement, namespace.share)))
