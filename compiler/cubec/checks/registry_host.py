"""A registry's server is not a registry's host name.

`server` is the host name of the registry, with a port if needed, and exactly what stands before the first slash of an
image's name; the login is sent to that host. A name that leads to the machine itself, or to the address where a cloud
hands out the machine's own credentials, would send the login, or fetch images, from where nobody looks.

Bad:
    apiVersion: cubec.io/v1
    kind: Registry
    metadata:
      name: hub
    spec:
      server: localhost:5000
      allGroups: true
      credentials:
        remote: registries/hub

Good:
    apiVersion: cubec.io/v1
    kind: Registry
    metadata:
      name: hub
    spec:
      server: registry.example.com:5000
      allGroups: true
      credentials:
        remote: registries/hub
"""

import ipaddress
import re
from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model

RULE = Rule("registry-host", Severity.ERROR, "a registry's server is not a registry's host name", __doc__ or "")

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_NUMBERS = re.compile(r"[0-9.]+", re.ASCII)
_OWN = frozenset({"localhost", "metadata.google.internal", "metadata", "100.100.100.200"})
_LAST_PORT = 65535


def check(model: Model) -> Iterator[Diagnostic]:
    for registry in model.registries.values():
        problem = _problem(registry.server)
        if problem:
            yield RULE.at(
                registry.origin.at("spec", "server"),
                f'"{registry.server}" {problem}',
                hint="write the registry's host name, with a port if needed: registry.example.com:5000",
            )


def _problem(server: str) -> str | None:
    host, colon, port = server.partition(":")
    if colon and not (port.isascii() and port.isdecimal() and 0 < int(port) <= _LAST_PORT):
        return f"has a port outside 1 to {_LAST_PORT}"
    if host in _OWN or host.endswith(".localhost"):
        return "is an address of the machine itself"
    if _NUMBERS.fullmatch(host):
        return _address(host)
    return None if all(map(_LABEL.fullmatch, host.split("."))) else "is not a host name"


def _address(host: str) -> str | None:
    try:
        address = ipaddress.IPv4Address(host)
    except ValueError:
        return "is not an address"
    if address.is_loopback or address.is_link_local or address.is_unspecified or address.is_multicast:
        return "is an address of the machine itself"
    return None
