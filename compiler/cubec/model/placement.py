"""Follow a group's names: what it may use on one cluster, by namespace, and who may use it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from cubec.model import cards, written
from cubec.model.gpu import Gpu
from cubec.model.model import Binding, Claim, Namespace, Placement, Share, Site
from cubec.model.quantity import ZERO, Quantity
from cubec.model.quotas import Quota
from cubec.model.tenants import Group, JobTemplate, PlacementSpec, Registry, User, Volume
from cubec.model.types import NodePool

_EMPTY = Decimal(0)


def resolve(
    site: Site,
    group: Group,
    spec: PlacementSpec,
    *,
    pools: Mapping[str, NodePool],
    users: Mapping[str, User],
    volumes: Mapping[str, Volume],
    registries: Sequence[Registry],
    templates: Sequence[JobTemplate],
    as_of: date,
) -> Placement:
    """What ``group`` has on ``site``. Names that lead nowhere, and memberships that have ended, are left out."""
    own = _pools(site, group, spec, pools)
    return Placement(
        site=site,
        group=group,
        spec=spec,
        pools=own,
        default_pool=next((pool for pool in own if spec.default_pool in ("", pool.name)), None),
        namespaces=tuple(_namespaces(group, spec.quota, own)),
        bindings=tuple(_bindings(group, users, as_of)),
        claims=tuple(_claims(site, group, volumes)),
        registries=tuple(item for item in registries if item.all_groups or group.name in item.groups),
        templates=tuple(
            item for item in templates if item.released and (group.all_templates or item.name in group.templates)
        ),
    )


def _pools(site: Site, group: Group, spec: PlacementSpec, pools: Mapping[str, NodePool]) -> tuple[NodePool, ...]:
    """The pools that the placement lists; where it lists none, every pool of the cluster that is open to the group."""
    if not spec.pools:
        return tuple(pool for pool in site.pools if pool.groups is None or group.name in pool.groups)
    return tuple(pools[name] for name in spec.pools if name in pools and pools[name].cluster == site.cluster.name)


def _bindings(group: Group, users: Mapping[str, User], as_of: date) -> Iterator[Binding]:
    for member in group.members:
        user = users.get(member.user)
        ends = [day for day in (member.expires, user and user.expires) if day]
        if any(day < as_of for day in ends) or (member.user and user is None):
            continue
        yield Binding(member, user)


def _claims(site: Site, group: Group, volumes: Mapping[str, Volume]) -> Iterator[Claim]:
    for use in group.volumes:
        volume = volumes.get(use.volume)
        if volume is None or (volume.clusters is not None and site.cluster.name not in volume.clusters):
            continue
        for grant in volume.grants:
            if grant.group == group.name and use.claim in ("", grant.claim):
                yield Claim(volume, grant.claim, use.mount, grant.read_only, use.origin)


def _namespaces(group: Group, whole: Quota, pools: Sequence[NodePool]) -> Iterator[Namespace]:
    """Each namespace with its share; cards that one namespace was given are not given to the next."""
    taken: cards.Spread = {}
    single = len(group.namespaces) == 1
    for namespace in group.namespaces:
        own = (namespace.quota or whole) if single else (namespace.quota or Quota(namespace.origin))
        share = _share(own, whole, pools, taken, single=single)
        for pool, count in share.cards.items():
            taken[pool] = taken.get(pool, _EMPTY) + count
        yield Namespace(namespace, share)


def _share(own: Quota, whole: Quota, pools: Sequence[NodePool], taken: cards.Spread, *, single: bool) -> Share:
    """The namespace's part of ``whole``: what the placement limits and the namespace does not state is 0, or, alone, all."""

    def amount(mine: Quantity | None, all_of_it: Quantity | None, rest: Quantity | None) -> Quantity | None:
        return mine if mine is not None else rest if single else None if all_of_it is None else ZERO

    def count(mine: int | None, all_of_it: int | None, rest: int | None) -> int | None:
        return mine if mine is not None else rest if single else None if all_of_it is None else 0

    def stated(field: str) -> bool:
        """Whether the namespace has a word of its own on a field that is never unlimited; 0 is one."""
        return not single or own is whole or written.value(own.origin, field) is not None

    gpu = own.gpu if stated("gpu") else whole.gpu
    borrow = own.borrow or (whole.borrow if single else None)
    lend = own.lend or whole.lend
    laid, _ = cards.spread(offered(gpu, pools), pools, taken)
    lent = cards.spread(offered(lend.gpu, pools), pools, room=laid)[0] if lend and lend.gpu is not None else None
    borrowed = offered(borrow.gpu, pools) if borrow and borrow.gpu else ()
    return Share(
        origin=own.origin,
        per_pod=own.per_pod or whole.per_pod,
        borrow=borrow,
        lend=lend,
        weight=own.weight if own.weight is not None else whole.weight,
        cpu=amount(own.cpu, whole.cpu, whole.cpu),
        memory=amount(own.memory, whole.memory, whole.memory),
        ephemeral_storage=amount(own.ephemeral_storage, whole.ephemeral_storage, whole.ephemeral_storage),
        storage=amount(own.storage, whole.storage, whole.storage),
        claims=count(own.claims, whole.claims, whole.claims),
        pods=count(own.pods, whole.pods, whole.pods),
        services=count(own.services, whole.services, whole.services),
        config_maps=count(own.config_maps, whole.config_maps, whole.config_maps),
        secrets=count(own.secrets, whole.secrets, whole.secrets),
        node_ports=own.node_ports if stated("nodePorts") else whole.node_ports,
        load_balancers=own.load_balancers if stated("loadBalancers") else whole.load_balancers,
        jobs={**{kind: (whole.jobs[kind] if single else 0) for kind in whole.jobs}, **own.jobs},
        cards=laid,
        borrowed=cards.spread(borrowed, pools, taken=laid)[0],
        lent=lent,
    )


def offered(items: Sequence[Gpu], pools: Sequence[NodePool]) -> tuple[Gpu, ...]:
    """Those of a namespace's cards whose model these pools have: a share is one for all clusters, models are not."""
    models = cards.models(pools)
    return tuple(item for item in items if not item.model or item.model in models)
