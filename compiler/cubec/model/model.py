"""The whole of what the documents mean, and what follows from it for one group on one cluster."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cubec.model.quantity import Quantity
from cubec.model.quotas import Limits
from cubec.model.tenants import Group, GroupNamespace, JobTemplate, Member, PlacementSpec, Registry, User, Volume
from cubec.model.types import Cluster, NodePool, Platform
from cubec.source.document import Document, Origin

ARENA_NAMESPACE = "arena-system"  # where the Arena CLI looks for its configuration


@dataclass(frozen=True, slots=True, eq=False)  # so that what follows from it can be kept by it
class Site:
    """One cluster of the platform with its pools, in order of name: all that the platform's side of it depends on."""

    platform: Platform
    cluster: Cluster
    pools: tuple[NodePool, ...]
    users: tuple[User, ...]  # those who have not expired
    registries: tuple[Registry, ...]
    templates: tuple[JobTemplate, ...]

    @property
    def platform_namespaces(self) -> frozenset[str]:
        """The namespaces that the platform's own objects may stand in."""
        engines = {"argocd": "argocd", "flux": "flux-system"}
        names = {self.platform.identity_namespace, self.platform.system_namespace}
        if "arena" in self.platform.profiles:
            names.add(ARENA_NAMESPACE)
        if self.cluster.secrets and self.cluster.secrets.namespace:
            names.add(self.cluster.secrets.namespace)
        return frozenset(names | {engines[e] for e in (self.cluster.delivery.engine,) if e in engines})

    @property
    def kueue(self) -> bool:
        return "kueue" in self.cluster.capabilities


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Share:
    """What one namespace may use on one cluster. None means unlimited; cards are never unlimited.

    ``cards`` and ``borrowed`` are cards by pool.
    """

    origin: Origin  # of the quota that the namespace has, its own or the placement's
    per_pod: Limits | None
    borrow: Limits | None
    lend: Limits | None
    weight: Quantity | None
    cpu: Quantity | None
    memory: Quantity | None
    ephemeral_storage: Quantity | None
    storage: Quantity | None
    claims: int | None
    pods: int | None
    services: int | None
    config_maps: int | None
    secrets: int | None
    node_ports: int
    load_balancers: int
    jobs: Mapping[str, int]
    cards: Mapping[str, Decimal]
    borrowed: Mapping[str, Decimal]
    lent: Mapping[str, Decimal] | None  # None: whatever is idle


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Namespace:
    """A namespace of a group on one cluster."""

    spec: GroupNamespace
    share: Share

    @property
    def name(self) -> str:
        return self.spec.name


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Binding:
    """A membership that is in force: who, as which role. ``user`` is None for a group of the OIDC provider."""

    member: Member
    user: User | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Claim:
    """A volume as a group sees it: under which name, where it is mounted, and whether it may be written."""

    volume: Volume
    name: str
    mount: str
    read_only: bool
    origin: Origin


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Placement:
    """One group on one cluster, every name followed: the slice of the model that the group's objects depend on."""

    site: Site
    group: Group
    spec: PlacementSpec
    pools: tuple[NodePool, ...]  # in the order in which the document lists them
    default_pool: NodePool | None
    namespaces: tuple[Namespace, ...]
    bindings: tuple[Binding, ...]
    claims: tuple[Claim, ...]
    registries: tuple[Registry, ...]
    templates: tuple[JobTemplate, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Double:
    """A second document of one kind and name."""

    kind: str
    name: str
    second: Origin
    first: Origin


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Model:
    """Every document by kind and name.

    ``complete`` is false where a file could not be read or a document was refused, so that a name that is not here may
    still be somebody's: a check of references then keeps quiet about it.
    """

    platform: Platform
    clusters: Mapping[str, Cluster]
    pools: Mapping[str, NodePool]
    volumes: Mapping[str, Volume]
    registries: Mapping[str, Registry]
    users: Mapping[str, User]
    groups: Mapping[str, Group]
    templates: Mapping[str, JobTemplate]
    as_of: date
    complete: bool
    doubles: tuple[Double, ...]
    sites: Mapping[str, Site]
    placements: tuple[Placement, ...]  # in order of cluster and group; a placement on an unknown cluster is left out
    documents: tuple[Document, ...]  # as they were written, those that were left out for a value included

    def expired(self, last_day: date | None) -> bool:
        """Whether the last valid day has passed."""
        return last_day is not None and last_day < self.as_of
