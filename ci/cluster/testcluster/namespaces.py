"""Run a process in Linux namespaces of its own, so that it sees a different /etc, or a network that nobody else reaches."""

import os
import shutil

from testcluster.processes import ClusterError


def unshare(*kinds: str) -> list[str]:
    """The command that puts what follows it into new namespaces; without root a user namespace lends the right to do so."""
    binary = shutil.which("unshare")
    if not binary:
        raise ClusterError("the command 'unshare' is missing: install util-linux")
    rights = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    return [binary, *rights, *(f"--{kind}" for kind in kinds)]
