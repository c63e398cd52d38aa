"""Exit statuses, the same for every command."""

CLEAN = 0
INPUT = 1  # the input has errors
USAGE = 2
GUARD = 3  # refused by the guard
STALE = 4  # the output is not what a build would make
ENVIRONMENT = 5  # files, network, cluster
NO = 6  # the answer is no
BUG = 70
INTERRUPTED = 130
BROKEN_PIPE = 141
TERMINATED = 143
