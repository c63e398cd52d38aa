"""The compiler on one screen: text to documents to the model to objects to files, with diagnostics all along."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from cubec import schema
from cubec.checks import CHECKS
from cubec.diagnostics import Diagnostic, Position, Rule, Severity, has_errors
from cubec.emitters import ABOUT_GROUP, CLIENT_TEXTS, GROUP_EMITTERS, GROUP_TEXTS, SITE_EMITTERS, readme
from cubec.manifest import Manifest, Owner
from cubec.model import build
from cubec.model.model import Model, Placement, Site
from cubec.plan import objects, slices
from cubec.plan.objects import ObjectChange
from cubec.source.documents import load_all
from cubec.writer import tree

PLATFORM_MISSING = Rule(
    "platform-missing",
    Severity.ERROR,
    "no document says what the platform is",
    """
Exactly one document of kind Platform names the platform and sets what holds for all groups. Without it there is nothing
to build, and an empty tree must never be taken for a platform that has no groups: it would remove everything.

Bad:
    (tenants/ holds groups and users, and no Platform)

Good:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec: {}
""",
)

Part = tuple[str, Owner, Iterable[Manifest]]  # a file of the output, whose its objects are, and the objects


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the sources mean, and all that is wrong with them, in order. ``model`` is None where nothing could be built."""

    model: Model | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def failed(self) -> bool:
        return self.model is None or has_errors(self.diagnostics)


def analyse(files: Iterable[tuple[str, bytes]], found: Iterable[Diagnostic], as_of: date) -> Analysis:
    """Check files. ``found`` is what reading them has already reported."""
    diagnostics = list(found)
    documents, problems, complete = load_all(files)
    complete = complete and not has_errors(diagnostics)
    diagnostics += problems
    valid, problems = schema.check(documents)
    diagnostics += _without_echoes(problems, diagnostics)
    complete = complete and len(valid) == len(documents)
    model, problems = build.build(valid, as_of=as_of, complete=complete)
    diagnostics += problems
    if model is None and complete:
        hint = "add tenants/platform.yaml, or run the command in the folder of a platform"
        diagnostics.append(PLATFORM_MISSING.at(Position("tenants"), "no document of kind Platform", hint=hint))
    if model is not None:
        for check in CHECKS:
            diagnostics += check.check(model)
    return Analysis(model, tuple(sorted(set(diagnostics))))


def _without_echoes(found: Iterable[Diagnostic], before: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Leave out what is only said because the loader has already reported the same value."""
    places = {item.position for item in before}
    return (item for item in found if item.position not in places)


def emit(model: Model) -> Iterator[tuple[str, bytes]]:
    """Every file of the output, path below ``output/`` and content. The model must be free of errors."""
    yield "README.md", readme.text(model).encode()
    for site in model.sites.values():
        yield from emit_site(site)
    for placement in model.placements:
        yield from emit_placement(placement)


def emit_site(site: Site) -> Iterator[tuple[str, bytes]]:
    yield from _written(site_parts(site))
    for client in CLIENT_TEXTS:
        for name, text in client.texts(site):
            yield f"{site.cluster.name}/clients/{name}", text.encode()


def emit_placement(placement: Placement) -> Iterator[tuple[str, bytes]]:
    """One group on one cluster: nothing else of the model has a part in these files."""
    yield from _written(placement_parts(placement))
    for client in GROUP_TEXTS:
        for name, text in client.texts(placement):
            yield f"{placement.site.cluster.name}/clients/{name}", text.encode()


def site_parts(site: Site) -> Iterator[Part]:
    """The platform's own objects on one cluster, file by file."""
    owner, folder = _platform_owner(site), site.cluster.name
    return ((f"{folder}/{emitter.FILE}", owner, emitter.emit(site)) for emitter in SITE_EMITTERS)


def placement_parts(placement: Placement) -> Iterator[Part]:
    """The objects of one group on one cluster, and those that tell the GitOps engine about it."""
    site, group = placement.site, placement.group.name
    folder = site.cluster.name
    own = frozenset(namespace.name for namespace in placement.namespaces)
    owner = Owner(site.platform.name, folder, site.cluster.delivery.engine, own, group)
    for emitter in GROUP_EMITTERS:
        yield f"{folder}/groups/{group}/{emitter.FILE}", owner, emitter.emit(placement)
    for about in ABOUT_GROUP:
        yield f"{folder}/{about.FOLDER}/{group}.yaml", _platform_owner(site), about.emit(placement)


def _platform_owner(site: Site) -> Owner:
    return Owner(site.platform.name, site.cluster.name, site.cluster.delivery.engine, site.platform_namespaces)


def _written(parts: Iterable[Part]) -> Iterator[tuple[str, bytes]]:
    for path, owner, manifests in parts:
        content = tree.file(owner, manifests)
        if content:
            yield path, content


def compile_tree(model: Model) -> Mapping[str, bytes]:
    return dict(emit(model))


def objects_of(model: Model, cluster: str) -> objects.Objects:
    """Every object that one cluster is to have."""
    parts = [site_parts(model.sites[cluster])]
    parts += [placement_parts(placement) for placement in model.placements if placement.site.cluster.name == cluster]
    return objects.gather(part for found in parts for part in found)


def changed_objects(before: Model, after: Model) -> tuple[ObjectChange, ...]:
    """What differs between the objects of two models that are free of errors; what no change touched is not compiled at all."""
    touched = slices.changed(before, after)
    old, new = (objects.gather(_touched(model, touched)) for model in (before, after))
    return objects.compare(old, new, after.clusters)


def _touched(model: Model, documents: frozenset[tuple[str, str]]) -> Iterator[Part]:
    for site in slices.sites(model, documents):
        yield from site_parts(site)
    for placement in slices.placements(model, documents):
        yield from placement_parts(placement)
