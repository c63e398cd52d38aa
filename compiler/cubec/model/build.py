"""Documents to the model: every document read, every name followed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from operator import attrgetter
from typing import Any

from cubec.diagnostics import Diagnostic, has_errors
from cubec.model.kinds import cluster, group, jobtemplate, nodepool, platform, registry, user, volume
from cubec.model.model import Double, Model, Placement, Site
from cubec.model.placement import resolve
from cubec.model.reader import Reader
from cubec.model.tenants import User
from cubec.model.types import Cluster, Platform
from cubec.source.document import Document, Origin

READERS: Mapping[str, Callable[[Reader], Any]] = {
    "Cluster": cluster.read,
    "Group": group.read,
    "JobTemplate": jobtemplate.read,
    "NodePool": nodepool.read,
    "Platform": platform.read,
    "Registry": registry.read,
    "User": user.read,
    "Volume": volume.read,
}

Named = dict[str, Any]


def build(documents: Iterable[Document], *, as_of: date, complete: bool) -> tuple[Model | None, list[Diagnostic]]:
    """Make the model of documents that have passed their schemas; None where no Platform is among them.

    A document with a value that cannot be read is left out of the model, which then is not ``complete``.
    """
    kinds: dict[str, Named] = {kind: {} for kind in READERS}
    diagnostics: list[Diagnostic] = []
    doubles: list[Double] = []
    documents = tuple(
        sorted(documents, key=attrgetter("path"))
    )  # which of two is the first must not depend on the reader
    for document in documents:
        kind = document.value["kind"]
        reader = Reader(document)
        value = READERS[kind](reader)
        diagnostics += reader.diagnostics
        if reader.diagnostics and has_errors(reader.diagnostics):
            complete = False
        elif value.name in kinds[kind]:
            doubles.append(Double(kind, value.name, Origin(document), kinds[kind][value.name].origin))
        else:
            kinds[kind][value.name] = value
    if not kinds["Platform"]:
        return None, diagnostics
    return _follow(kinds, documents, as_of=as_of, complete=complete, doubles=tuple(doubles)), diagnostics


def _follow(
    kinds: Mapping[str, Named],
    documents: tuple[Document, ...],
    *,
    as_of: date,
    complete: bool,
    doubles: tuple[Double, ...],
) -> Model:
    first, *others = kinds["Platform"].values()
    doubles += tuple(Double("Platform", other.name, other.origin, first.origin) for other in others)
    model = Model(
        platform=first,
        clusters=_sorted(kinds["Cluster"]),
        pools=_sorted(kinds["NodePool"]),
        volumes=_sorted(kinds["Volume"]),
        registries=_sorted(kinds["Registry"]),
        users=_sorted(kinds["User"]),
        groups=_sorted(kinds["Group"]),
        templates=_sorted(kinds["JobTemplate"]),
        as_of=as_of,
        complete=complete,
        doubles=doubles,
        sites={},
        placements=(),
        documents=documents,
    )
    active = tuple(item for item in model.users.values() if not model.expired(item.expires))
    sites = {name: _site(first, item, model, active) for name, item in model.clusters.items()}
    return replace(model, sites=sites, placements=tuple(_placements(model, sites)))


def _site(first: Platform, item: Cluster, model: Model, active: tuple[User, ...]) -> Site:
    pools = tuple(pool for pool in model.pools.values() if pool.cluster == item.name)
    return Site(first, item, pools, active, tuple(model.registries.values()), tuple(model.templates.values()))


def _placements(model: Model, sites: Mapping[str, Site]) -> Sequence[Placement]:
    registries = tuple(model.registries.values())
    templates = tuple(sorted(model.templates.values(), key=attrgetter("category", "index", "name")))
    found = [
        resolve(
            sites[spec.cluster],
            owner,
            spec,
            pools=model.pools,
            users=model.users,
            volumes=model.volumes,
            registries=registries,
            templates=templates,
            as_of=model.as_of,
        )
        for owner in model.groups.values()
        for spec in owner.placements
        if spec.cluster in sites
    ]
    return sorted(found, key=lambda placement: (placement.site.cluster.name, placement.group.name))


def _sorted(named: Named) -> Named:
    return dict(sorted(named.items()))
