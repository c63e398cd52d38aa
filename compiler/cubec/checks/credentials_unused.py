"""A login of a registry stands here for nobody.

An encrypted login is for one cluster, and with sealed-secrets for one namespace of it. Where that cluster or
namespace does not get the registry, or gets its logins in another way, the text is of no use, and one day somebody
will wonder whether it still opens something.

Bad:
    apiVersion: cubec.io/v1
    kind: Registry
    metadata:
      name: mirror
    spec:
      server: mirror.example.com
      groups: [dev1]
      credentials:
        remote: registries/mirror
        sealed:
          ack:
            namespaces:
              dev1: AgBy3i4OJSWK

Good:
    apiVersion: cubec.io/v1
    kind: Registry
    metadata:
      name: mirror
    spec:
      server: mirror.example.com
      groups: [dev1]
      credentials:
        remote: registries/mirror
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model
from cubec.model.registries import reach
from cubec.model.tenants import Registry

RULE = Rule("credentials-unused", Severity.WARNING, "a login of a registry stands here for nobody", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    if not model.complete:
        return
    reached: dict[str, dict[str, tuple[str, ...]]] = {}
    for (name, cluster), namespaces in reach(model).items():
        reached.setdefault(name, {})[cluster] = namespaces
    for registry in model.registries.values():
        for pointer, message in _unused(model, registry, reached.get(registry.name, {})):
            place = registry.origin.key("spec", "credentials", *pointer)
            yield RULE.at(place, message, hint="take it out", excerpt=False)


def _unused(
    model: Model, registry: Registry, clusters: dict[str, tuple[str, ...]]
) -> Iterator[tuple[tuple[str, ...], str]]:
    modes = {name: secrets.mode for name in clusters if (secrets := model.clusters[name].secrets)}
    if registry.remote and clusters and len(modes) == len(clusters) and "external-secrets" not in modes.values():
        yield ("remote",), f'no cluster that registry "{registry.name}" reaches has mode external-secrets'
    for mode, texts in (("sops", registry.sops), ("sealed-secrets", registry.sealed)):
        for cluster in texts:
            if cluster in model.clusters and modes.get(cluster) != mode:
                yield ("sealed", cluster), f'cluster "{cluster}" does not get this login in mode {mode}'
    for cluster, sealed in registry.sealed.items():
        for namespace in sealed if modes.get(cluster) == "sealed-secrets" else ():
            if namespace not in clusters[cluster]:
                message = f'registry "{registry.name}" does not reach namespace "{namespace}" of cluster "{cluster}"'
                yield ("sealed", cluster, "namespaces", namespace), message
