"""What a task wants done: values first, so that a dry run and a real one say the same."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol, TypeVar

from cubec.cluster import Cluster, ClusterError, Object

Verb = Literal["apply", "create", "delete", "patch", "replace"]
Told = Mapping[str, Any]
"""What the compiler tells a task: its entry of the ConfigMap ``desired-state``."""

MANAGER = "cubec-upkeep"
"""Our field manager: what it applied is ours, and nothing else is."""

_Value = TypeVar("_Value")


class JobError(ClusterError):
    """The run could not begin: what the task needs to know is missing or is not what the compiler writes."""


@dataclass(frozen=True, slots=True)
class Action:
    """One request that changes something. ``about`` names the object for people, ``why`` says what is not as it should be.

    A delete carries the uid of what was seen, a patch or replacement its resourceVersion in the body: what changed in the
    meantime is left to the next run. An apply creates what is not there; where it must not, the body carries the uid.
    ``private`` says that the body holds a secret, so that not even the server's words about it are repeated.
    ``notice`` is what the task's webhook is told once the action was done. ``entry`` is the key of the task's record that holds
    only if the action was done.
    """

    verb: Verb
    where: str
    about: str
    why: str
    body: Object | None = field(default=None, repr=False)
    uid: str = ""
    version: str = ""
    private: bool = False
    notice: Object | None = field(default=None, repr=False)
    entry: str = ""

    def __post_init__(self) -> None:
        if self.verb == "delete" and not self.uid:
            raise ValueError(f"{self.about}: a delete without the uid of what was seen")
        if self.verb in ("patch", "replace") and not (self.body or {}).get("metadata", {}).get("resourceVersion"):
            raise ValueError(f"{self.about}: a {self.verb} without the resourceVersion of what was seen")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that people should know and the task leaves alone. An ``error`` is what the task could not find out.

    Could not look is never clean: with an error the run fails, after everything else was done.
    """

    about: str
    text: str
    warning: bool = False
    error: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Actions in the order in which they are to be done; each of them leaves a consistent state."""

    actions: tuple[Action, ...] = ()
    findings: tuple[Finding, ...] = ()


class Task(Protocol):
    NAME: str

    def observe(self, cluster: Cluster, told: Told) -> Any: ...

    def plan(self, told: Told, seen: Any, now: datetime) -> Plan: ...


def capped(actions: Sequence[Action], most: int, what: str) -> Plan:
    """The first ``most`` of ``actions``; of the others it is only said that they wait. ``what`` they are, in the plural."""
    kept, waiting = tuple(actions[:most]), actions[most:]
    if not waiting:
        return Plan(kept)
    text = f"{len(actions)} {what}, and one run makes {most} at most: the others wait for the next runs"
    return Plan(
        kept, (Finding(what, text, warning=True), *(Finding(one.about, f"waits: {one.why}") for one in waiting))
    )


def read(told: Told, parse: Callable[[Told], _Value]) -> _Value:
    """What ``parse`` makes of what the task was told; JobError where that has another shape than the compiler writes."""
    try:
        return parse(told)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise JobError(
            f"the desired state is not what the compiler writes ({type(error).__name__}: {error}); nothing was done"
        ) from error
