"""A container that states nothing would not fit into its namespace.

Containers that do not say how much cpu and memory they need get the platform's defaults (defaults.container). Where a namespace
has less than that, such a container never starts. A namespace that states no share of a resource which its placement limits
has none of it, so nothing starts there at all.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev2
    spec:
      gid: 10002
      volumes: [{volume: department1}]
      placements:
        - cluster: ack
          pools: [gpu-t4]
          quota: {cpu: 100m}

Good:
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev2
    spec:
      gid: 10002
      volumes: [{volume: department1}]
      placements:
        - cluster: ack
          pools: [gpu-t4]
          quota: {cpu: 2}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model import written
from cubec.model.model import Model, Namespace, Placement
from cubec.model.quantity import ZERO, Quantity, parse

RULE = Rule(
    "defaults-over-quota", Severity.WARNING, "the platform's defaults are more than a namespace has", __doc__ or ""
)

_SMALLEST = parse("1Mi")  # nobody means a quota below it


def check(model: Model) -> Iterator[Diagnostic]:
    for placement in model.placements:
        if placement.group.state == "active":
            for namespace in placement.namespaces:
                yield from _judge(placement, namespace)


def _judge(placement: Placement, namespace: Namespace) -> Iterator[Diagnostic]:
    platform, kueue = placement.site.platform, placement.site.kueue
    borrow = namespace.share.borrow
    for resource in ("cpu", "memory"):
        nominal = getattr(namespace.share, resource)
        # a namespace that says 0 itself is meant to run nothing
        if nominal is None or (not nominal and written.value(namespace.share.origin, resource) is not None):
            continue
        default = getattr(platform.container, resource)
        # where Kueue queues the work, the namespace's quota speaks of requests only
        kind, gets = ("requests", default.request) if kueue else ("limits", default.limit)
        if gets > nominal + ((borrow and getattr(borrow, resource)) or ZERO):
            place = platform.origin.at("spec", "defaults", "container", kind, resource)
            yield RULE.at(
                namespace.share.origin.at(resource),
                f"a container that states no {resource} gets {gets}, and {_has(placement, namespace, nominal)}",
                hint=_hint(resource, nominal, f"{gets} or more, or lower defaults.container.{kind}.{resource}"),
                related=[Related(place, f"the platform's default of {resource} is {gets}")],
            )


def _hint(resource: str, nominal: Quantity, more: str) -> str:
    if resource == "memory" and ZERO < nominal < _SMALLEST:
        return "write the unit that is meant, such as 60Gi; memory without one is bytes"
    return f"give the namespace {resource} {more}"


def _has(placement: Placement, namespace: Namespace, nominal: Quantity) -> str:
    if nominal:
        return f'namespace "{namespace.name}" has {nominal}'
    return f'namespace "{namespace.name}" has no share of what cluster "{placement.site.cluster.name}" gives the group'
