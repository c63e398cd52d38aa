"""The typed form of the documents about people, groups and what they have: defaults filled in, names not yet followed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cubec.model.gpu import Gpu
from cubec.model.quantity import Quantity
from cubec.model.quotas import Quota, Range, StringMap, Strings
from cubec.source.document import Origin


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


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Grant:
    group: str
    read_only: bool
    claim: str
    origin: Origin


@dataclass(frozen=True, slots=True, eq=False, repr=False)
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


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SopsData:
    """What SOPS wrote of one value: the ciphertext and what its metadata block needs."""

    data: str
    age: tuple[tuple[str, str], ...]  # recipient, encrypted data key
    last_modified: str
    mac: str
    version: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Registry:
    """``sealed`` holds ciphertext by cluster and namespace, ``sops`` by cluster; neither is ever printed.

    ``sealed_for`` says, by cluster, for which server and name that was; None where the document does not.
    """

    name: str
    server: str
    secret_name: str
    groups: Strings
    all_groups: bool
    remote: str
    sealed: Mapping[str, StringMap]
    sops: Mapping[str, SopsData]
    sealed_for: Mapping[str, tuple[str | None, str | None]]
    origin: Origin


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class User:
    name: str
    uid: int
    display_name: str
    email: str
    expires: date | None
    platform_role: str
    subject: str  # the OIDC user name, without prefix
    origin: Origin


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Member:
    """A user, or a group of the OIDC provider; one of the two names is empty."""

    user: str
    oidc_group: str
    role: str
    expires: date | None
    origin: Origin


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class GroupNamespace:
    name: str
    workloads: Strings
    quota: Quota | None
    origin: Origin


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PlacementSpec:
    """Where a group runs, as its document says it; pools are names."""

    cluster: str
    pools: Strings
    default_pool: str
    quota: Quota
    origin: Origin


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class VolumeUse:
    volume: str
    claim: str
    mount: str
    origin: Origin


@dataclass(frozen=True, slots=True, eq=False, repr=False)
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


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Parameter:
    name: str
    type: str
    default: object  # None: there is none
    required: bool
    choices: tuple[object, ...]
    describe: str
    origin: Origin


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Mount:
    """``kind`` is claim, memory, configmap, secret or hostpath; ``source`` its name, size or path."""

    kind: str
    source: str
    path: str
    read_only: bool
    personal: bool
    origin: Origin


# A template with one of these ignores what its user asks for; the names are cube-studio's, matched whole, not as substrings.
FIXED: StringMap = {"cpu": "TASK_RESOURCE_CPU", "memory": "TASK_RESOURCE_MEMORY", "gpu": "TASK_RESOURCE_GPU"}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
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
