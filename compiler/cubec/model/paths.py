"""Paths of folders that hold data: compared component by component, never as text.

``/nas/dev`` is no parent of ``/nas/dev1``. A path that two readers could understand differently is never accepted, but it
is compared nevertheless, in the form in which a file server would read it, so that a detour hides nothing.
"""

import posixpath
import re
from collections.abc import Iterable
from urllib.parse import unquote

Parts = tuple[str, ...]

_STRAIGHT = re.compile(r"(?:/[A-Za-z0-9_@+-][A-Za-z0-9_@+.-]*)+", re.ASCII)  # most paths, and nothing is odd in them
_ODD = re.compile(r"[\s\x00-\x1f\x7f\\]")
_ENCODED = re.compile(r"%[0-9A-Fa-f]{2}", re.ASCII)

# Folders of a node whose owner is the node: who can write there, or only read, owns the node and all that runs on it.
SYSTEM = (
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/lib",
    "/lib64",
    "/proc",
    "/root",
    "/run",
    "/sbin",
    "/sys",
    "/usr",
    "/var/lib/cni",
    "/var/lib/containerd",
    "/var/lib/containers",
    "/var/lib/docker",
    "/var/lib/dockershim",
    "/var/lib/etcd",
    "/var/lib/kubelet",
    "/var/log",
    "/var/run",
)


def parts(path: str) -> Parts:
    """The components of ``path`` after detours are followed and encoded characters are decoded."""
    if _STRAIGHT.fullmatch(path):
        return tuple(path[1:].split("/"))
    return tuple(part for part in posixpath.normpath("/" + unquote(path)).split("/") if part)


def inside(inner: Parts, outer: Parts) -> bool:
    """Whether ``inner`` is ``outer``, or a folder below it."""
    return inner[: len(outer)] == outer


def oddity(path: str) -> str | None:
    """Why ``path`` is not written canonically, in words that follow the quoted path; None where it is."""
    if _STRAIGHT.fullmatch(path):
        return None
    below = path.split("/")[1:] if path != "/" else []
    tests = (
        (not path.startswith("/"), "does not begin with /"),
        (_ODD.search(path), "has a space, a control character or a backslash in it"),
        (_ENCODED.search(path), "has a character written as % and two digits"),
        ("." in below or ".." in below, "goes through . or .."),
        ("" in below[:-1], "has two slashes in a row"),
        ("" in below, "ends with a slash"),
    )
    return next((problem for found, problem in tests if found), None)


def canonical(path: str) -> str:
    """The way to write ``path`` that everybody understands alike."""
    return "/" + "/".join(part.strip() for part in parts(path))


def of_the_node(path: str) -> str | None:
    """The system folder that ``path`` lies in or holds; None where it touches none."""
    own = parts(path)
    if not own:
        return "/"
    for system in SYSTEM:
        folder = parts(system)
        if inside(own, folder) or inside(folder, own):
            return system
    return None


def allowed(path: str, roots: Iterable[str]) -> bool:
    """Whether ``path`` is one of ``roots`` or lies below one."""
    own = parts(path)
    return any(inside(own, parts(root)) for root in roots)
