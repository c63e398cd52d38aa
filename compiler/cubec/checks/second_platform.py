"""There is more than one document of kind Platform.

The Platform holds what is true for all groups: which names are reserved, what pods may do, who may be removed. Of two, one
would silently not count, and with it the protection that it describes.

Bad:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata: {name: research}
    spec: {podSecurity: restricted}
    ---
    apiVersion: cubec.io/v1
    kind: Platform
    metadata: {name: production}
    spec: {podSecurity: baseline}

Good:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata: {name: research}
    spec:
      podSecurity: restricted
      templateCategories: [{name: training}]
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model

RULE = Rule("second-platform", Severity.ERROR, "there is more than one document of kind Platform", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for double in model.doubles:
        if double.kind == "Platform":
            yield RULE.at(
                double.second.at("metadata", "name"),
                f'"{double.name}" is a second Platform, and there can be only one',
                hint="move what it says into the other one, and remove this document",
                related=[Related(double.first.at("metadata", "name"), "first Platform stands")],
            )
