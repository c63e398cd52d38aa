"""What a group may reach: each entry of ``allowTo`` is a namespace or a range of addresses."""

import ipaddress
import re

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_ADDRESS = re.compile(r"[0-9.]+|.*[:/].*", re.ASCII)


def is_address(entry: str) -> bool:
    """Whether the entry is meant as addresses: no namespace has a colon or a slash, or is made of numbers and dots."""
    return _ADDRESS.fullmatch(entry) is not None


def network(entry: str) -> Network | None:
    """The range that the entry is or lies in; None where it is no address at all."""
    try:
        return ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return None
