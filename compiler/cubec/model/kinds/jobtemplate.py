"""JobTemplate documents."""

from collections.abc import Mapping
from typing import Any

from cubec.model import mounts
from cubec.model.quotas import Range, Strings
from cubec.model.reader import Reader
from cubec.model.tenants import FIXED, JobTemplate, Parameter


def read(reader: Reader) -> JobTemplate:
    spec = reader.spec
    env = {key: _text(value) for key, value in spec.get("env", {}).items()}
    cards = _cards(reader, env)
    return JobTemplate(
        name=reader.name,
        description=spec.get("description", ""),
        category=spec.get("category", ""),
        index=spec.get("index", 0),
        help_url=spec.get("helpUrl", ""),
        released=spec.get("version", "Release") == "Release",
        image=spec["image"],
        workdir=spec.get("workdir", ""),
        command=_words(spec.get("command", ())),
        parameters=tuple(_parameter(reader, n, item) for n, item in enumerate(spec.get("parameters", ()))),
        cpu=_range(reader, env, "cpu"),
        memory=_range(reader, env, "memory"),
        gpu=cards[0] if cards else None,
        no_resource_check=env.get("NO_RESOURCE_CHECK", "false").lower() == "true",
        env=env,
        mounts=mounts.read(reader, spec.get("mounts", ()), "spec", "mounts"),
        host_aliases=_aliases(spec.get("hostAliases", ())),
        account=spec.get("account", "workload"),
        kind=spec.get("kind", "job"),
        origin=reader.origin,
    )


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _words(value: Any) -> Strings:
    return tuple(value.split()) if isinstance(value, str) else tuple(value)


def _stated(reader: Reader, env: Mapping[str, str], resource: str) -> tuple[Any, tuple[str, ...]]:
    if FIXED[resource] in env:
        return env[FIXED[resource]], ("spec", "env", FIXED[resource])
    return reader.spec.get("resources", {}).get(resource), ("spec", "resources", resource)


def _range(reader: Reader, env: Mapping[str, str], resource: str) -> Range | None:
    value, place = _stated(reader, env, resource)
    return None if value is None else reader.range(value, *place)


def _cards(reader: Reader, env: Mapping[str, str]) -> tuple[Any, ...]:
    value, place = _stated(reader, env, "gpu")
    return () if value is None else reader.gpu(value, *place)


def _parameter(reader: Reader, n: int, item: Mapping[str, Any]) -> Parameter:
    return Parameter(
        name=item["name"],
        type=item.get("type", "str"),
        default=item.get("default"),
        required=item.get("required", True),
        choices=tuple(item.get("choices", ())),
        describe=item.get("describe", ""),
        origin=reader.origin.child("spec", "parameters", n),
    )


def _aliases(value: Any) -> tuple[tuple[str, Strings], ...]:
    """Lines ``ip host…``; the hosts of one address are gathered, as a pod lists each address once."""
    hosts: dict[str, list[str]] = {}
    for line in value.splitlines() if isinstance(value, str) else value:
        address, *names = line.split()
        hosts.setdefault(address, []).extend(names)
    return tuple((address, tuple(names)) for address, names in hosts.items())
