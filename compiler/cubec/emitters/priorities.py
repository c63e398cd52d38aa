"""How important pods are, and, where Kueue is there, jobs that wait in a queue.

Kubernetes never changes the value or the preemption of a class that exists: another value is another object.
"""

from collections.abc import Iterator

from cubec.manifest import Manifest
from cubec.model import names
from cubec.model.model import Site

FILE = "platform/priorities.yaml"


def emit(site: Site) -> Iterator[Manifest]:
    for priority in site.platform.priorities:
        asked = names.source(site.platform.origin, "priorities", priority.name)
        body = {
            "value": priority.value,
            **({"globalDefault": True} if priority.default else {}),
            "preemptionPolicy": "PreemptLowerPriority" if priority.preempts else "Never",
            "description": f"priority {priority.name} of platform {site.platform.name}",
        }
        yield Manifest("PriorityClass", priority.name, "", asked, body)
        if site.kueue:
            queued = {"value": priority.value, "description": body["description"]}
            yield Manifest("WorkloadPriorityClass", priority.name, "", asked, queued)
