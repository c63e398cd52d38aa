"""Free ports of the loopback address."""

import random
import socket
from pathlib import Path

LOWEST = 15000


def free_ports(count: int) -> list[int]:
    """Ports that nothing uses now, outside of the range from which the kernel serves outgoing connections.

    A port of that range could be taken as the source of a connection between this moment and the start of its process.
    """
    highest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0]) - 1
    source = random.SystemRandom()
    found: list[int] = []
    while len(found) < count:
        port = source.randint(LOWEST, max(highest, LOWEST + 10000))
        if port not in found and _is_free(port):
            found.append(port)
    return found


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
