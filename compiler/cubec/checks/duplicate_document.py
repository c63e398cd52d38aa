"""Two documents have one kind and one name.

A document's kind and name say what it is, wherever its file lies. If two files could describe one user or one group, the
compiler would have to pick one of them, and a new file could quietly take the place of an old one.

Bad:
    apiVersion: cubec.io/v1
    kind: User
    metadata: {name: amy}
    spec: {uid: 20003}
    ---
    apiVersion: cubec.io/v1
    kind: User
    metadata: {name: amy}
    spec: {uid: 20004}

Good:
    apiVersion: cubec.io/v1
    kind: User
    metadata: {name: amy}
    spec: {uid: 20003}
    ---
    apiVersion: cubec.io/v1
    kind: User
    metadata: {name: amy-2}
    spec: {uid: 20004}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Related, Rule, Severity
from cubec.model.model import Model

RULE = Rule("duplicate-document", Severity.ERROR, "two documents have one kind and one name", __doc__ or "")


def check(model: Model) -> Iterator[Diagnostic]:
    for double in model.doubles:
        if double.kind != "Platform":
            yield RULE.at(
                double.second.at("metadata", "name"),
                f'there is already a {double.kind} named "{double.name}"',
                hint="remove one of the two documents, or give this one another name",
                related=[Related(double.first.at("metadata", "name"), "first document stands")],
            )
