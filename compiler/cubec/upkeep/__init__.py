"""The upkeep job: what a cluster should be, what it is, and the requests in between.

A task is a module with ``NAME``, ``observe`` and ``plan``: ``observe`` reads from the cluster, ``plan`` is a pure function of
what the task was told, what it saw and the time, to the actions. ``job`` runs them. Registered here, nowhere else.
"""

from cubec.upkeep import finished, nodes, notebooks, pull_secrets, right_sizing
from cubec.upkeep.plan import Task

TASKS: dict[str, Task] = {task.NAME: task for task in (finished, nodes, notebooks, pull_secrets, right_sizing)}
