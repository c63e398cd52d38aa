"""The model to Kubernetes objects: one module per concern, each a pure function of one group on one cluster, or of one cluster."""

from collections.abc import Iterable
from typing import Protocol

from cubec.emitters import (
    admission,
    clients_arena,
    clients_cube_studio,
    clients_cube_studio_clusters,
    clients_kubeconfig,
    clients_sysusers,
    delivery_argocd,
    delivery_bootstrap,
    delivery_flux,
    delivery_group,
    identities,
    namespace,
    network,
    platform_arena,
    platform_namespaces,
    platform_rbac,
    priorities,
    queues,
    quota,
    rbac,
    scheduling,
    secrets,
    templates,
    upkeep_accounts,
    upkeep_jobs,
    upkeep_network,
    upkeep_state,
    volumes,
)
from cubec.manifest import Manifest
from cubec.model.model import Placement, Site


class GroupEmitter(Protocol):
    """Objects of a group's own, in ``groups/<group>/FILE``."""

    FILE: str

    def emit(self, placement: Placement) -> Iterable[Manifest]: ...


class SiteEmitter(Protocol):
    """Objects of the platform on one cluster, in ``FILE``."""

    FILE: str

    def emit(self, site: Site) -> Iterable[Manifest]: ...


class AboutGroup(Protocol):
    """Objects of the platform about one group, in ``FOLDER/<group>.yaml``."""

    FOLDER: str

    def emit(self, placement: Placement) -> Iterable[Manifest]: ...


class SiteTexts(Protocol):
    """Files below ``clients/`` that are not Kubernetes objects: name and text."""

    def texts(self, site: Site) -> Iterable[tuple[str, str]]: ...


class GroupTexts(Protocol):
    """The same about one group."""

    def texts(self, placement: Placement) -> Iterable[tuple[str, str]]: ...


GROUP_EMITTERS: tuple[GroupEmitter, ...] = (
    namespace,
    quota,
    rbac,
    network,
    volumes,
    secrets,
    templates,
    scheduling,
)

SITE_EMITTERS: tuple[SiteEmitter, ...] = (
    platform_namespaces,
    platform_rbac,
    identities,
    platform_arena,
    priorities,
    admission,
    queues,
    upkeep_accounts,
    upkeep_jobs,
    upkeep_state,
    upkeep_network,
    delivery_bootstrap,
    delivery_argocd,
    delivery_flux,
)

ABOUT_GROUP: tuple[AboutGroup, ...] = (delivery_group,)

CLIENT_TEXTS: tuple[SiteTexts, ...] = (clients_arena, clients_cube_studio_clusters)

GROUP_TEXTS: tuple[GroupTexts, ...] = (clients_sysusers, clients_kubeconfig, clients_cube_studio)
