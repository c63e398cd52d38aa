"""What a task wants done: values first, so that a dry run and a real one say the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from cubec.cluster import Cluster, Object

Verb = Literal["apply", "create", "delete", "patch", "replace"]
Told = Mapping[str, Any]
"""What the compiler tells a task: its entry of the ConfigMap ``desired-state``."""


@dataclass(frozen=True, slots=True)
class Action:
    """One request that changes something. ``about`` names the object for people, ``why`` says what is not as it should be.

    A delete carries the uid of what was seen, a patch or replacement its resourceVersion in the body: what changed in the
    meantime is left to the next run.
    """

    verb: Verb
    where: str
    about: str
    why: str
    body: Object | None = None
    uid: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that people should know and the task leaves alone."""

    about: str
    text: str
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Actions in the order in which they are to be done; each of them leaves a consistent state."""

    actions: tuple[Action, ...] = ()
    findings: tuple[Finding, ...] = ()


class Task(Protocol):
    NAME: str

    def observe(self, cluster: Cluster, told: Told) -> Any: ...

    def plan(self, told: Told, seen: Any, now: datetime) -> Plan: ...
