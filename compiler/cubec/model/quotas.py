"""Quotas as documents state them, limits of a pod, and what a container gets."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cubec.model.gpu import Gpu
from cubec.model.quantity import Quantity
from cubec.source.document import Origin

Strings = tuple[str, ...]
StringMap = Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Quota:
    """What a placement, a namespace or an envelope may use. None means that the document does not limit it."""

    origin: Origin
    cpu: Quantity | None = None
    memory: Quantity | None = None
    ephemeral_storage: Quantity | None = None
    gpu: tuple[Gpu, ...] = ()  # no item: no cards at all
    storage: Quantity | None = None
    claims: int | None = None
    pods: int | None = None
    services: int | None = None
    node_ports: int = 0
    load_balancers: int = 0
    config_maps: int | None = None
    secrets: int | None = None
    jobs: Mapping[str, int] = field(default_factory=dict)  # "plural.group" to a count
    per_pod: "Limits | None" = None
    borrow: "Limits | None" = None
    lend: "Limits | None" = None
    weight: Quantity | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Limits:
    """An amount of each compute resource: the largest single pod, or how much may be borrowed or lent."""

    cpu: Quantity | None = None
    memory: Quantity | None = None
    gpu: tuple[Gpu, ...] | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Range:
    """What a container is sure to get, and what it may use at most."""

    request: Quantity
    limit: Quantity


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Compute:
    """What a container gets that states nothing itself."""

    cpu: Range
    memory: Range
