"""A group's network mode is less strict than the platform's.

The platform says how far groups are kept apart: `open` (not at all), `isolated` (nobody from outside gets in) or
`strict` (nothing gets out, either). A group may choose more, never less: its own file would otherwise open what the
platform closes.

Bad:
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev2
    spec:
      gid: 10002
      placements:
        - {cluster: ack, pools: [gpu-t4]}
      volumes:
        - volume: department1
      network:
        mode: open

Good:
    apiVersion: cubec.io/v1
    kind: Group
    metadata:
      name: dev2
    spec:
      gid: 10002
      placements:
        - {cluster: ack, pools: [gpu-t4]}
      volumes:
        - volume: department1
      network:
        mode: strict
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model import written
from cubec.model.model import Model

RULE = Rule(
    "network-weaker", Severity.ERROR, "a group's network mode is less strict than the platform's", __doc__ or ""
)

_ORDER = ("open", "isolated", "strict")


def check(model: Model) -> Iterator[Diagnostic]:
    least = model.platform.network
    for group in model.groups.values():
        if group.network_mode and _ORDER.index(group.network_mode) < _ORDER.index(least):
            enough = " or ".join(_ORDER[_ORDER.index(least) :])
            yield RULE.at(
                group.origin.at("spec", "network", "mode"),
                f'"{group.network_mode}" is less strict than the platform\'s "{least}"',
                hint=f"write {enough}, or take mode away; single namespaces are let in with allowFrom",
                related=_stated(model),
            )


def _stated(model: Model) -> list[Related]:
    origin = model.platform.origin.child("spec", "defaults", "network")
    return [Related(origin.at(), "the platform's mode is chosen")] if written.value(origin) else []
