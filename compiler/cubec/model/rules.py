"""The diagnostics of reading values that a schema cannot judge: amounts, cards, dates and mounts."""

from cubec.diagnostics import Rule, Severity

BAD_QUANTITY = Rule(
    "bad-quantity",
    Severity.ERROR,
    "an amount is not in Kubernetes' grammar",
    """
An amount is a number, or a number with one unit. For cpu, 1 is a core and 500m is half of one. For memory and storage,
Gi, Mi and Ti count in powers of 1024 (60Gi), G, M and T in powers of 1000 (what cube-studio writes, 4G). Units are
case-sensitive, there is no space before them, and nothing is negative: a wrong unit would be a quota that nobody meant.

Bad:
    memory: 60 GB

Good:
    memory: 60Gi
""",
)

BAD_GPU = Rule(
    "bad-gpu",
    Severity.ERROR,
    "the number of cards is not in GPU notation",
    """
Cards are written as a number, and with the model in parentheses where the pools offer several: 2, 2(T4), 0.5(T4). A list
asks for cards of several models: [2(T4), 1(V100)]. A text that is not of this form would have been read as no card at
all by cube-studio, so that a typing error silently became a job on the processor; here it is refused.

Bad:
    gpu: 2(T4

Good:
    gpu: 2(T4)
""",
)

BAD_DATE = Rule(
    "bad-date",
    Severity.ERROR,
    "a date does not exist",
    """
Dates are written as year, month and day, 2026-11-22, and must exist in the calendar. A date that is given as the last
valid day of something includes that day.

Bad:
    expires: 2026-02-30

Good:
    expires: 2026-02-28
""",
)

BAD_MOUNT = Rule(
    "bad-mount",
    Severity.ERROR,
    "a mount is not of the form source(type):/path",
    """
A mount says what is mounted, of which type, and where: kubeflow-user-workspace(pvc):/mnt. The types are pvc (each user
sees the sub-directory of their own name), storage (the whole claim), hostpath, memory (4G(memory):/dev/shm), configmap and
secret. Several are joined by a comma. cube-studio dropped what it did not understand, so that a job ran without its
data; here it is refused, as are two mounts on one path.

Bad:
    mounts: kubeflow-user-workspace:/mnt

Good:
    mounts: kubeflow-user-workspace(pvc):/mnt
""",
)

REQUEST_OVER_LIMIT = Rule(
    "request-over-limit",
    Severity.ERROR,
    "a request is larger than its limit",
    """
A request is what a container is sure to get, a limit is what it may use at most, so the request cannot be the larger
one; the API server refuses such a pod. 2~4 means a request of 2 and a limit of 4.

Bad:
    cpu: 4~2

Good:
    cpu: 2~4
""",
)

RULES = (BAD_QUANTITY, BAD_GPU, BAD_DATE, BAD_MOUNT, REQUEST_OVER_LIMIT)
