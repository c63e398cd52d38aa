"""The typed form of the documents about the platform, its clusters and their pools: defaults filled in, names not yet followed."""

from collections.abc import Mapping
from dataclasses import dataclass

from cubec.model.quantity import Quantity
from cubec.model.quotas import Compute, StringMap, Strings
from cubec.source.document import Origin


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Priority:
    name: str
    value: int
    default: bool
    preempts: bool
    origin: Origin


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """An RBAC rule, in RBAC's own terms."""

    api_groups: Strings
    resources: Strings
    verbs: Strings
    resource_names: Strings = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RolePreset:
    name: str
    rules: tuple[PolicyRule, ...]
    origin: Origin


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Task:
    """One task of the upkeep job. ``settings`` are the task's own fields, text as written, defaults filled in."""

    name: str
    schedule: str
    suspend: bool
    dry_run: bool
    settings: StringMap
    origin: Origin


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Upkeep:
    image: str
    time_zone: str
    tasks: tuple[Task, ...]
    origin: Origin


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Guard:
    max_removals: int
    max_removal_share: int  # per cent
    max_total_share: int  # per cent


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Platform:
    name: str
    description: str
    identity_namespace: str
    system_namespace: str
    pod_security: str
    reserved_namespaces: Strings
    namespace_labels: StringMap
    container: Compute
    network: str
    linux_identity: str
    retired_uids: frozenset[int]
    priorities: tuple[Priority, ...]
    roles: tuple[RolePreset, ...]
    host_path_allow: Strings
    profiles: frozenset[str]
    template_categories: tuple[tuple[str, int], ...]
    upkeep: Upkeep | None
    guard: Guard
    currency: str
    prices: Mapping[str, float]  # per card and hour
    origin: Origin


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Delivery:
    engine: str  # argocd, flux or none
    repository: str
    branch: str
    path: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Identity:
    mode: str  # serviceaccount or oidc
    issuer: str = ""
    client_id: str = ""
    username_claim: str = ""
    username_prefix: str = ""
    groups_claim: str = ""
    groups_prefix: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SecretMode:
    mode: str  # external-secrets, sops, sealed-secrets or sync
    store_name: str = ""
    store_kind: str = ""
    recipients: Strings = ()
    certificate: str = ""
    namespace: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Cluster:
    name: str
    description: str
    version: str  # "1.36"
    minor: int
    server: str
    certificate_authority: str
    delivery: Delivery
    control: bool
    identity: Identity
    secrets: SecretMode | None
    capabilities: frozenset[str]
    ingress_namespaces: Strings
    monitoring_namespaces: Strings
    origin: Origin


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Accelerator:
    """``count`` cards of ``model`` on each node, offered as ``resource``, or as ``per_card`` slices of ``slice_resource``."""

    model: str
    count: int
    resource: str
    slice_resource: str = ""
    per_card: int = 0


@dataclass(frozen=True, slots=True)
class Taint:
    key: str
    value: str
    effect: str


@dataclass(frozen=True, slots=True, eq=False)  # one document, one pool: what follows from it can be kept by it
class NodePool:
    name: str
    description: str
    cluster: str
    node_names: Strings
    node_selector: StringMap
    count: int  # of nodes
    cpu: Quantity  # of one node, as the three below
    memory: Quantity
    ephemeral_storage: Quantity | None
    pods: int | None
    accelerator: Accelerator | None
    workloads: Strings
    label_key: str
    label_value: str
    own_label: bool  # the upkeep job sets it; false where the nodes come with a label of their own
    groups: Strings | None  # None: every group
    reserved: bool
    overcommit_gpu: int  # per cent
    overcommit_cpu: int | None
    overcommit_memory: int | None
    components: Strings
    labels: StringMap
    taints: tuple[Taint, ...]
    origin: Origin
