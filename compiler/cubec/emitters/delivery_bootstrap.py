"""The one set of objects that an administrator applies by hand: it points the GitOps engine at the cluster's folder."""

from collections.abc import Iterator

from cubec.manifest import NAMESPACED, Manifest
from cubec.model import argocd, flux, names
from cubec.model.model import Site

FILE = "bootstrap.yaml"

_NAME = "cubec"
_FOLDER = "delivery"


def emit(site: Site) -> Iterator[Manifest]:
    asked = names.source(site.cluster.origin, "delivery")
    if site.cluster.delivery.engine == "argocd":
        yield from _argocd(site, asked)
    elif site.cluster.delivery.engine == "flux":
        yield Manifest("GitRepository", flux.SOURCE, flux.NAMESPACE, asked, flux.source(site))
        yield Manifest("Kustomization", _NAME, flux.NAMESPACE, asked, flux.kustomization(site, _FOLDER))


def _argocd(site: Site, asked: str) -> Iterator[Manifest]:
    """A project that may hold nothing but projects and applications, and the application that makes all the others."""
    kinds = [argocd.kind(NAMESPACED[kind], kind) for kind in ("AppProject", "Application")]
    what = f"where the output for cluster {site.cluster.name} is"
    body = argocd.project(site, what, (argocd.NAMESPACE,), [], kinds)
    yield Manifest("AppProject", _NAME, argocd.NAMESPACE, asked, body, finalizers=(argocd.FINALIZER,))
    application = argocd.application(site, _FOLDER, _NAME, argocd.NAMESPACE)
    yield Manifest("Application", _NAME, argocd.NAMESPACE, asked, application)
