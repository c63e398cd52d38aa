"""Run a process in Linux namespaces of its own: with a different /etc, or a network that nobody else reaches."""

import os
import shutil

from testcluster.processes import ClusterError


def unshare(*kinds: str) -> list[str]:
    """The command that runs what follows it in new namespaces; a user namespace stands in for root's rights."""
    binary = shutil.which("unshare")
    if not binary:
        raise ClusterError("the command 'unshare' is missing: install util-linux")
    rights = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    return [binary, *rights, *(f"--{kind}" for kind in kinds)]
