"""A mount option is not one of those that are known to be harmless.

Mount options go to the node's mount command as they are. Some change who may read the data (sec=, uid=), run programs
from it (suid, dev, exec), so only options from a list are accepted. Folders of a node and volumes that a StorageClass
makes take no options at all: the node refuses the first, the class has its own.

Bad:
    apiVersion: cubec.io/v1
    kind: Volume
    metadata:
      name: archive
    spec:
      capacity: 1Ti
      source:
        nfs: {server: nas-1.example.com, path: /archive}
      mountOptions: [nfsver=4.1]

Good:
    apiVersion: cubec.io/v1
    kind: Volume
    metadata:
      name: archive
    spec:
      capacity: 1Ti
      source:
        nfs: {server: nas-1.example.com, path: /archive}
      mountOptions: [nfsvers=4.1]
"""

import re
from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model
from cubec.model.tenants import Csi, Nfs
from cubec.near import near_miss

RULE = Rule("mount-option", Severity.ERROR, "a mount option is not on the list", __doc__ or "")

_FLAGS = frozenset(
    {
        *("ro", "nosuid", "nodev", "noexec", "noatime", "nodiratime", "relatime", "sync", "async", "discard"),
        *("hard", "soft", "softerr", "intr", "tcp", "noresvport", "resvport", "lock", "nolock", "acl", "noacl"),
        *("cto", "nocto", "ac", "noac", "rdirplus", "nordirplus", "sharecache", "nosharecache"),
    }
)
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_COUNTS = (
    *("rsize", "wsize", "timeo", "retrans", "retry", "port", "mountport", "nconnect", "max_connect"),
    *("acregmin", "acregmax", "acdirmin", "acdirmax", "actimeo"),
)
_VALUES = {
    "vers": re.compile(r"3|4|4\.[0-2]", re.ASCII),
    "nfsvers": re.compile(r"3|4|4\.[0-2]", re.ASCII),
    "minorversion": re.compile(r"[0-2]", re.ASCII),
    "proto": re.compile(r"tcp6?|udp6?|rdma6?", re.ASCII),
    "mountproto": re.compile(r"tcp6?|udp6?", re.ASCII),
    "lookupcache": re.compile(r"all|none|pos|positive", re.ASCII),
    "local_lock": re.compile(r"all|flock|posix|none", re.ASCII),
    **dict.fromkeys(_COUNTS, _NUMBER),
}


def check(model: Model) -> Iterator[Diagnostic]:
    for volume in model.volumes.values():
        taken = isinstance(volume.source, Nfs | Csi)
        for n, option in enumerate(volume.mount_options):
            problem = _problem(option) if taken else None
            place = volume.origin.at("spec", "mountOptions", n)
            if not taken:
                yield RULE.at(place, "this sort of volume takes no mount options", hint="take mountOptions away")
            elif problem:
                yield RULE.at(place, f'"{option}" {problem[0]}', hint=problem[1])


def _problem(option: str) -> tuple[str, str] | None:
    key, equals, value = option.partition("=")
    if not equals and key in _FLAGS:
        return None
    if equals and key in _VALUES:
        if _VALUES[key].fullmatch(value):
            return None
        return f'has a value that "{key}" does not take', f"write {key}= and a value from the manual page of nfs"
    near = near_miss(key, {*_FLAGS, *_VALUES})
    meant = f'; did you mean "{near}"?' if near else ""
    return "is not a mount option from the list", f"use one such as nfsvers=4.1, hard, noatime, rsize=1048576{meant}"
