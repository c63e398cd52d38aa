"""Platform documents."""

from collections.abc import Mapping
from typing import Any

from cubec.model.quotas import Compute
from cubec.model.reader import Reader, strings
from cubec.model.types import Guard, Platform, PolicyRule, Priority, RolePreset, Task, Upkeep
from cubec.source.document import Origin

# What a container gets that states nothing, where the platform says nothing either: small enough to fit anywhere.
_CONTAINER = {"requests": {"cpu": "250m", "memory": "256Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}}

_TASKS: Mapping[str, Mapping[str, str]] = {
    "nodes": {"schedule": "*/5 * * * *"},
    "pullSecrets": {"schedule": "*/10 * * * *"},
    "notebooks": {"schedule": "1 4 * * *", "ttl": "72h", "reminder": "24h", "webhook": ""},
    "finished": {"schedule": "1 * * * *", "ttl": "3h", "nightly": "23:30", "maxRuntime": "48h"},
    "rightSizing": {
        "schedule": "10 * * * *",
        "minRuns": "10",
        "maxCpu": "150",
        "maxMemory": "350Gi",
        "prometheus": "",
    },
}


def read(reader: Reader) -> Platform:
    spec, defaults = reader.spec, reader.spec.get("defaults", {})
    return Platform(
        name=reader.name,
        description=spec.get("description", ""),
        identity_namespace=spec.get("identityNamespace", "cubec-users"),
        system_namespace=spec.get("systemNamespace", "cubec-system"),
        pod_security=spec.get("podSecurity", "baseline"),
        reserved_namespaces=strings(spec, "reservedNamespaces"),
        namespace_labels=spec.get("namespaceLabels", {}),
        container=_container(reader, defaults.get("container", {})),
        network=defaults.get("network", "isolated"),
        linux_identity=spec.get("linuxIdentity", "checked"),
        retired_uids=frozenset(spec.get("retiredUids", ())),
        priorities=tuple(_priority(reader, n, item) for n, item in enumerate(spec.get("priorities", ()))),
        roles=tuple(_role(reader, n, item) for n, item in enumerate(spec.get("roles", ()))),
        host_path_allow=strings(spec, "hostPathAllow"),
        profiles=frozenset(spec.get("profiles", ())),
        template_categories=tuple((item["name"], item.get("index", 0)) for item in spec.get("templateCategories", ())),
        upkeep=_upkeep(reader),
        guard=_guard(spec.get("guard", {})),
        currency=spec.get("prices", {}).get("currency", "USD"),
        prices=spec.get("prices", {}).get("perCardHour", {}),
        origin=reader.origin,
    )


def _container(reader: Reader, values: Mapping[str, Any]) -> Compute:
    ranges = []
    for resource in ("cpu", "memory"):
        amounts = []
        for side in ("requests", "limits"):
            stated = values.get(side, {}).get(resource, _CONTAINER[side][resource])
            amounts.append(reader.quantity(stated, "spec", "defaults", "container", side, resource))
        ranges.append(reader.ordered(amounts[0], amounts[1], "spec", "defaults", "container", "limits", resource))
    return Compute(ranges[0], ranges[1])


def _priority(reader: Reader, n: int, item: Mapping[str, Any]) -> Priority:
    return Priority(
        name=item["name"],
        value=int(item["value"]),
        default=item.get("default", False),
        preempts=item.get("preemption", "never") == "lower",
        origin=reader.origin.child("spec", "priorities", n),
    )


def _role(reader: Reader, n: int, item: Mapping[str, Any]) -> RolePreset:
    rules = tuple(
        PolicyRule(
            strings(rule, "apiGroups", ("",)),
            strings(rule, "resources"),
            strings(rule, "verbs"),
            strings(rule, "resourceNames"),
        )
        for rule in item["rules"]
    )
    return RolePreset(item["name"], rules, reader.origin.child("spec", "roles", n))


def _upkeep(reader: Reader) -> Upkeep | None:
    values = reader.spec.get("upkeep")
    if values is None:
        return None
    tasks = tuple(_task(reader, name, values[name]) for name in _TASKS if name in values)
    return Upkeep(values["image"], values.get("timeZone", "Etc/UTC"), tasks, reader.origin.child("spec", "upkeep"))


def _task(reader: Reader, name: str, values: Mapping[str, Any]) -> Task:
    settings = {key: str(values.get(key, default)) for key, default in _TASKS[name].items() if key != "schedule"}
    for key in ("maxCpu", "maxMemory"):
        if key in settings:
            settings[key] = str(reader.quantity(settings[key], "spec", "upkeep", name, key))
    return Task(
        name=name,
        schedule=values.get("schedule", _TASKS[name]["schedule"]),
        suspend=values.get("suspend", False),
        dry_run=values.get("dryRun", True),
        settings=settings,
        origin=Origin(reader.document, ("spec", "upkeep", name)),
    )


def _guard(values: Mapping[str, Any]) -> Guard:
    return Guard(
        max_removals=values.get("maxRemovals", 3),
        max_removal_share=int(values.get("maxRemovalShare", "10%").rstrip("%")),
        max_total_share=int(values.get("maxTotalShare", "25%").rstrip("%")),
    )
