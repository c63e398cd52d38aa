"""What is pasted into the registry's document for each cluster, and where."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cubec.diagnostics import Position
from cubec.model.tenants import Registry
from cubec.sealing import controller, sops
from cubec.sealing.targets import Target
from cubec.yaml_text import fragment as written

Entry = dict[str, Any]  # what stands below a cluster's name
Random = Callable[[int], bytes]
Sealer = Callable[[bytes], Entry]


@dataclass(frozen=True, slots=True)
class Fragment:
    """Lines that belong right below the key at ``position``, indented for it; ``braced`` where braces follow the key there."""

    text: str
    below: str
    position: Position
    braced: bool


def sealer(target: Target, now: datetime, random: Random) -> Sealer:
    """What encrypts a login for one cluster."""
    secrets = target.cluster.secrets
    if secrets is None:
        raise AssertionError("a target takes encrypted logins")
    server, name = target.registry.server, target.registry.secret_name
    if secrets.mode == "sops":
        receivers = sops.receivers(secrets.recipients)
        moment = f"{now:%Y-%m-%dT%H:%M:%SZ}"
        return lambda content: {"server": server, "sops": sops.seal(receivers, content, moment, random)}
    key = controller.public_key(secrets.certificate, now)

    def seal(content: bytes) -> Entry:
        texts = {space: controller.seal(key, space, name, content, random) for space in target.wanted}
        return {"server": server, "secretName": name, "namespaces": _with_those_that_stay(target, texts)}

    return seal


def _with_those_that_stay(target: Target, texts: Mapping[str, str]) -> Mapping[str, str]:
    """Texts of namespaces that nothing is encrypted for now, unless they were for another server or name."""
    registry, cluster = target.registry, target.cluster.name
    server, name = registry.sealed_for.get(cluster, (None, None))
    same = server in (None, registry.server) and name in (None, registry.secret_name)
    before = registry.sealed.get(cluster, {}) if same else {}
    both = {**{space: "".join(text.split()) for space, text in before.items()}, **texts}
    return {space: both[space] for space in target.reached if space in both}


def fragment(registry: Registry, entries: Mapping[str, Entry]) -> Fragment:
    """The entries of clusters, with the keys around them that the document does not have yet."""
    spec = registry.origin.document.value["spec"]
    way: Sequence[str] = ("spec", "credentials", "sealed")
    value: dict[str, Any] = dict(entries)
    if "sealed" not in spec.get("credentials", {}):
        value, way = {"sealed": value}, way[:2]
    if "credentials" not in spec:
        value, way = {"credentials": value}, way[:1]
    position = registry.origin.key(*way)
    braced = registry.origin.at(*way).line == position.line
    return Fragment(written(value, " " * (position.column + 1)), way[-1], position, braced)
