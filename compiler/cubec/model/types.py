"""The typed form of the documents that describe a platform: what stands in each, defaults filled in, names not yet followed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from cubec.model.gpu import Gpu
from cubec.model.quantity import Quantity
from cubec.source.document import Origin

Strings = tuple[str, ...]
StringMap = Mapping[str, str]


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Limits:
    """An amount of each compute resource: the largest single pod, or how much may be borrowed or lent."""

    cpu: Quantity | None = None
    memory: Quantity | None = None
    gpu: tuple[Gpu, ...] | None = None


@dataclass(frozen=True, slots=True)
class Range:
    """What a container is sure to get, and what it may use at most."""

    request: Quantity
    limit: Quantity


@dataclass(frozen=True, slots=True)
class Compute:
    """What a container gets that states nothing itself."""

    cpu: Range
    memory: Range


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class RolePreset:
    name: str
    rules: tuple[PolicyRule, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Task:
    """One task of the upkeep job. ``settings`` are the task's own fields, text as written, defaults filled in."""

    name: str
    schedule: str
    suspend: bool
    dry_run: bool
    settings: StringMap
    origin: Origin


@dataclass(frozen=True, slots=True)
class Upkeep:
    image: str
    time_zone: str
    tasks: tuple[Task, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Guard:
    max_removals: int
    max_removal_share: int  # per cent
    max_total_share: int  # per cent


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Delivery:
    engine: str  # argocd, flux or none
    repository: str
    branch: str
    path: str


@dataclass(frozen=True, slots=True)
class Identity:
    mode: str  # serviceaccount or oidc
    issuer: str = ""
    client_id: str = ""
    username_claim: str = ""
    username_prefix: str = ""
    groups_claim: str = ""
    groups_prefix: str = ""


@dataclass(frozen=True, slots=True)
class SecretMode:
    mode: str  # external-secrets, sops, sealed-secrets or sync
    store_name: str = ""
    store_kind: str = ""
    recipients: Strings = ()
    certificate: str = ""
    namespace: str = ""


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Nfs:
    server: str
    path: str


@dataclass(frozen=True, slots=True)
class Csi:
    driver: str
    volume_handle: str
    attributes: StringMap
    secret: str


@dataclass(frozen=True, slots=True)
class HostPath:
    path: str


@dataclass(frozen=True, slots=True)
class Dynamic:
    """A StorageClass makes the volume."""

    storage_class: str


Source = Nfs | Csi | HostPath | Dynamic


@dataclass(frozen=True, slots=True)
class Grant:
    group: str
    read_only: bool
    claim: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Volume:
    name: str
    description: str
    owner: str
    clusters: Strings | None  # None: all
    capacity: Quantity
    access_modes: Strings
    migration_until: date | None
    migration_reason: str
    source: Source
    share_of: str
    mount_options: Strings
    grants: tuple[Grant, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class SopsData:
    """What SOPS wrote of one value: the ciphertext and what its metadata block needs."""

    data: str
    age: tuple[tuple[str, str], ...]  # recipient, encrypted data key
    last_modified: str
    mac: str
    version: str


@dataclass(frozen=True, slots=True)
class Registry:
    """``sealed`` holds ciphertext by cluster and namespace, ``sops`` by cluster; neither is ever printed."""

    name: str
    server: str
    secret_name: str
    groups: Strings
    all_groups: bool
    remote: str
    sealed: Mapping[str, StringMap]
    sops: Mapping[str, SopsData]
    origin: Origin


@dataclass(frozen=True, slots=True)
class User:
    name: str
    uid: int
    display_name: str
    email: str
    expires: date | None
    platform_role: str
    subject: str  # the OIDC user name, without prefix
    origin: Origin


@dataclass(frozen=True, slots=True)
class Member:
    """A user, or a group of the OIDC provider; one of the two names is empty."""

    user: str
    oidc_group: str
    role: str
    expires: date | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class GroupNamespace:
    name: str
    workloads: Strings
    quota: Quota | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class PlacementSpec:
    """Where a group runs, as its document says it; pools are names."""

    cluster: str
    pools: Strings
    default_pool: str
    quota: Quota
    origin: Origin


@dataclass(frozen=True, slots=True)
class VolumeUse:
    volume: str
    claim: str
    mount: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    description: str
    owners: Strings
    gid: int
    previously: Strings
    state: str  # active, suspended or decommissioned
    until: date | None
    reason: str
    members: tuple[Member, ...]
    namespaces: tuple[GroupNamespace, ...]
    placements: tuple[PlacementSpec, ...]
    envelope: Quota | None
    volumes: tuple[VolumeUse, ...]
    templates: Strings
    all_templates: bool
    network_mode: str  # empty: the platform's
    allow_from: Strings
    allow_to: Strings
    pod_security: str  # empty: the platform's
    origin: Origin


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    type: str
    default: object  # None: there is none
    required: bool
    choices: tuple[object, ...]
    describe: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Mount:
    """``kind`` is claim, memory, configmap, secret or hostpath; ``source`` its name, size or path."""

    kind: str
    source: str
    path: str
    read_only: bool
    personal: bool
    origin: Origin


@dataclass(frozen=True, slots=True)
class JobTemplate:
    name: str
    description: str
    category: str
    index: float
    help_url: str
    released: bool
    image: str
    workdir: str
    command: Strings
    parameters: tuple[Parameter, ...]
    cpu: Range | None  # None: what the namespace gives a container that states nothing
    memory: Range | None
    gpu: Gpu | None
    no_resource_check: bool  # opted out of right-sizing recommendations
    env: StringMap
    mounts: tuple[Mount, ...]
    host_aliases: tuple[tuple[str, Strings], ...]
    account: str
    kind: str
    origin: Origin
