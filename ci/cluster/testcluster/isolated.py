"""Run a program that listens on every address where nobody reaches it: in a network of its own.

Usage: python -m testcluster.isolated PORT[,PORT...] COMMAND...

The program's network has nothing but a loopback device, and on it the ports given, which lead to the same ports of
the loopback device out here. The listening sockets are made in there and handed out here, where their connections
are served.
"""

import asyncio
import ctypes
import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Awaitable, Callable

from testcluster.namespaces import unshare

LOOPBACK = "127.0.0.1"
SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1  # linux/sockios.h, linux/if.h
PR_SET_PDEATHSIG = 1  # linux/prctl.h
CHUNK = 65536
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def main() -> int:
    if sys.argv[1] == "--inside":
        enter(int(sys.argv[2]), ports_of(sys.argv[3]), sys.argv[4:])
    return outside(sys.argv[1], sys.argv[2:])


def ports_of(text: str) -> list[int]:
    return [int(port) for port in text.split(",")]


def enter(handover: int, ports: list[int], command: list[str]) -> None:
    """Inside: raise the loopback device, hand the listening sockets out, become the program."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # nothing is left when the outer process ends
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh", b"lo", IFF_UP))
    listening = [socket.create_server((LOOPBACK, port)) for port in ports]
    with socket.socket(fileno=handover) as channel:
        socket.send_fds(channel, [b"."], [one.fileno() for one in listening])
    os.execvp(command[0], command)


def outside(ports: str, command: list[str]) -> int:
    """Out here: start the inner half, then serve its sockets until it ends."""
    ours, theirs = socket.socketpair()
    inner = [sys.executable, "-m", "testcluster.isolated", "--inside", str(theirs.fileno()), ports, *command]
    process = subprocess.Popen([*unshare("net"), *inner], pass_fds=[theirs.fileno()])
    theirs.close()
    _, handles, _, _ = socket.recv_fds(ours, 1, len(ports_of(ports)))
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    servers = [(socket.socket(fileno=handle), port) for handle, port in zip(handles, ports_of(ports), strict=True)]
    asyncio.run(relay(servers, process))
    return process.returncode


async def relay(servers: list[tuple[socket.socket, int]], process: "subprocess.Popen[bytes]") -> None:
    for listening, port in servers:
        await asyncio.start_server(_to(port), sock=listening)
    await asyncio.to_thread(process.wait)


def _to(port: int) -> Handler:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(LOOPBACK, port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))

    return serve


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copy until the reader's end; either side may break off at any time, and the other then learns of it."""
    try:
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


if __name__ == "__main__":
    sys.exit(main())
