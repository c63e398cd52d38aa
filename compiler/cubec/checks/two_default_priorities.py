"""Two priorities are the default.

A priority decides who goes first where there is not room for all. Pods that name none get the default. Of two
defaults Kubernetes refuses one, whichever comes second, and with it all that is applied after it.

Bad:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      priorities:
        - {name: normal, value: 1000, default: true}
        - {name: high, value: 2000, default: true}

Good:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      priorities:
        - {name: normal, value: 1000, default: true}
        - {name: high, value: 2000}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model

RULE = Rule("two-default-priorities", Severity.ERROR, "two priorities are the default", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    defaults = [item for item in model.platform.priorities if item.default]
    for other in defaults[1:]:
        first = defaults[0]
        yield RULE.at(
            other.origin.at("default"),
            f'"{first.name}" is the default already',
            hint="write default: true at one priority only",
            related=[Related(first.origin.at("default"), f'"{first.name}" is made the default')],
        )
