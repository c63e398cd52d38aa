"""A registry's login cannot reach a cluster where a group needs it.

Each cluster says under `secrets` how logins reach it, and the registry must have the login in that form: `remote`,
the key in the secret store, for external-secrets; under `sealed` a text for each namespace for sealed-secrets, or one
for the cluster for sops. Otherwise the Secret cannot be made, and the group's pods cannot pull images. `cubec seal`
writes the encrypted forms; a password itself never stands in these files.

Bad:
    apiVersion: cubec.io/v1
    kind: Registry
    metadata:
      name: hub
    spec:
      server: registry.example.com
      allGroups: true

Good:
    apiVersion: cubec.io/v1
    kind: Registry
    metadata:
      name: hub
    spec:
      server: registry.example.com
      allGroups: true
      credentials:
        remote: registries/hub
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Position, Related, Rule, Severity
from cubec.model.model import Model
from cubec.model.registries import mode, reach, unsealed
from cubec.model.tenants import Registry
from cubec.model.types import Cluster

RULE = Rule("registry-credentials", Severity.ERROR, "a registry's login cannot reach a cluster", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for (name, site), namespaces in reach(model).items():
        registry, cluster = model.registries[name], model.clusters[site]
        missing = _missing(registry, cluster, namespaces)
        if missing:
            yield RULE.at(
                _place(registry, cluster),
                f'registry "{name}" has {missing[0]} for cluster "{site}", which needs it in mode {mode(cluster)}',
                hint=missing[1],
                related=[Related(cluster.origin.at("spec", "secrets", "mode"), "the mode is chosen")],
                excerpt=False,
            )


def _missing(registry: Registry, cluster: Cluster, namespaces: tuple[str, ...]) -> tuple[str, str] | None:
    """What is not there, and how to add it."""
    way = mode(cluster)
    if way == "external-secrets" and not registry.remote:
        return "no credentials.remote", "write credentials.remote: the key under which the store holds the login"
    open_ = unsealed(registry, cluster, namespaces)
    if not open_:
        return None
    more = f" and {len(open_) - 1} more namespaces" if len(open_) > 1 else ""
    what = "text for sops" if way == "sops" else f'sealed text for "{open_[0]}"{more}'
    return (
        f"no {what}",
        f"run cubec seal {registry.name} --cluster {cluster.name}, and put what it prints where it says",
    )


def _place(registry: Registry, cluster: Cluster) -> Position:
    spec = registry.origin.document.value["spec"]
    if "credentials" not in spec:
        return registry.origin.at("spec", "server")
    sealed = cluster.name in spec["credentials"].get("sealed", {})
    return registry.origin.key("spec", "credentials", *(("sealed", cluster.name) if sealed else ()))
