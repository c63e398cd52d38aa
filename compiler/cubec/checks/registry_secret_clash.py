"""Two registries would put their logins into one Secret.

The login of a registry reaches a group's namespaces as a Secret with the name `secretName`, by default the registry's
name. Two registries that reach one group under one name would overwrite each other, and images of one of them could
not be pulled, sometimes. Some names are taken by Kubernetes or its tools.

Bad:
    apiVersion: cubec.io/v1
    kind: Registry
    metadata:
      name: mirror
    spec:
      server: mirror.example.com
      secretName: hub
      groups: [dev1]
      credentials:
        remote: registries/mirror

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

from cubec.diagnostics import Diagnostic, Position, Related, Rule, Severity
from cubec.model.model import Model
from cubec.model.tenants import Registry

RULE = Rule("registry-secret-clash", Severity.ERROR, "two registries have one Secret", __doc__ or "")

_TAKEN = ("default-token", "default-dockercfg", "sh.helm.release.", "bootstrap-token", "bind-")


def check(model: Model) -> Iterator[Diagnostic]:
    told: set[tuple[str, str]] = set()
    for placement in model.placements:
        seen: dict[str, Registry] = {}
        for registry in placement.registries:
            first = seen.setdefault(registry.secret_name, registry)
            if first is not registry and (first.name, registry.name) not in told:
                told.add((first.name, registry.name))
                yield _clash(placement.group.name, first, registry)
    for registry in model.registries.values():
        taken = next((prefix for prefix in _TAKEN if registry.secret_name.startswith(prefix)), None)
        if taken:
            yield RULE.at(
                _place(registry),
                f'names of Secrets that begin with "{taken}" are taken by Kubernetes and its tools',
                hint="choose another secretName, such as the registry's name",
            )


def _clash(group: str, first: Registry, second: Registry) -> Diagnostic:
    return RULE.at(
        _place(second),
        f'registries "{first.name}" and "{second.name}" both reach group "{group}" as Secret "{second.secret_name}"',
        hint="give one of them another secretName",
        related=[Related(_place(first), f'Secret "{first.secret_name}" of registry "{first.name}" is named')],
    )


def _place(registry: Registry) -> Position:
    stated = "secretName" in registry.origin.document.value["spec"]
    return registry.origin.at("spec", "secretName") if stated else registry.origin.at("metadata", "name")
